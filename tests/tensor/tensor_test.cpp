#include "tensor/tensor.h"

#include <gtest/gtest.h>

#include "support/expect_error.h"
#include "tensor/cuda/cuda_backend.h"
#include "tensor/ops.h"

namespace posthoc {
namespace {

using testing::fails_with;

Tensor one_to_six() { return Tensor::from<float>({1, 2, 3, 4, 5, 6}, {2, 3}); }

TEST(Tensor, CopiesAndViewsShareTheElements) {
  Tensor a = one_to_six();
  const Tensor copy = a;
  const Tensor tall = a.reshape({3, 2});
  const Tensor last_row = a.rows(1, 2);
  EXPECT_FALSE(a.unique());
  a.mutable_values<float>()[3] = -4.0F;
  EXPECT_EQ(copy.values<float>()[3], -4.0F);
  EXPECT_EQ(tall.values<float>()[3], -4.0F);
  EXPECT_EQ(last_row.to_vector(), (std::vector<double>{-4, 5, 6}));
  EXPECT_EQ(last_row.rows(0, 1).reshape({3}).to_vector(), (std::vector<double>{-4, 5, 6}));
}

TEST(Tensor, ACloneHasElementsOfItsOwn) {
  Tensor a = one_to_six();
  const Tensor clone = a.clone();
  const Tensor row = a.rows(1, 2).clone();
  EXPECT_TRUE(clone.unique());
  a.mutable_values<float>()[3] = 0.0F;
  EXPECT_EQ(clone.to_vector(), (std::vector<double>{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(row.to_vector(), (std::vector<double>{4, 5, 6}));
}

TEST(Tensor, AViewOutlivesItsTensor) {
  Tensor row;
  {
    const Tensor a = one_to_six();
    row = a.rows(1, 2);
  }
  EXPECT_TRUE(row.unique());
  EXPECT_EQ(row.to_vector(), (std::vector<double>{4, 5, 6}));
}

TEST(Tensor, ConvertsBetweenDtypes) {
  const Tensor a = Tensor::from<double>({1.5, -2.75, 0.1}, {3});
  EXPECT_EQ(a.to(Dtype::float32).to_vector()[2], static_cast<double>(0.1F));
  EXPECT_EQ(a.to(Dtype::int64).to_vector(), (std::vector<double>{1, -2, 0}));
  EXPECT_EQ(a.to(Dtype::float64).address(), a.address());
  EXPECT_EQ(a.to(Device::cpu()).address(), a.address());
  EXPECT_EQ(Tensor::full({2}, 3.0, Dtype::int64).values<std::int64_t>()[1], 3);
}

TEST(Tensor, HoldsScalarsAndNothing) {
  EXPECT_EQ(Tensor::full({}, 2.5).item(), 2.5);
  EXPECT_EQ(Tensor::full({1, 1}, 2.5).item(), 2.5);
  const Tensor none = Tensor::zeros({0, 3});
  EXPECT_TRUE(none.to_vector().empty());
  EXPECT_TRUE(none.clone().rows(0, 0).reshape({3, 0, 7}).values<float>().empty());
}

TEST(Tensor, ErrorsSayWhatWasExpectedAndWhatCame) {
  const Tensor a = one_to_six();
  EXPECT_TRUE(fails_with([&] { return a.values<double>(); }, {"the tensor is float32, not float64"}));
  EXPECT_TRUE(fails_with([&] { return a.item(); }, {"expected one element, the shape is [2, 3]"}));
  EXPECT_TRUE(fails_with([&] { return a.reshape({4}); }, {"reshape: [2, 3] has 6 elements, [4] has 4"}));
  EXPECT_TRUE(fails_with([&] { return a.rows(1, 3); }, {"rows: [1, 3) is not within the 2 rows of [2, 3]"}));
  EXPECT_TRUE(fails_with([&] { return a.rows(2, 1); }, {"rows: [2, 1)"}));
  EXPECT_TRUE(fails_with([&] { return a.rows(-1, 1); }, {"rows: [-1, 1)"}));
  EXPECT_TRUE(fails_with([] { return Tensor::full({}, 1.0).rows(0, 1); }, {"rows: the tensor is a scalar"}));
  EXPECT_TRUE(fails_with([] { Tensor::from<float>({1, 2}, {3}); }, {"2 values do not fill the shape [3]"}));
}

TEST(Tensor, AnUndefinedOneIsRefused) {
  const Tensor none;
  EXPECT_FALSE(none.defined());
  EXPECT_TRUE(fails_with([&] { return none.device(); }, {"the tensor is undefined"}));
  EXPECT_TRUE(fails_with([&] { return none.values<float>(); }, {"the tensor is undefined"}));
  EXPECT_TRUE(fails_with([&] { return none.item(); }, {"the tensor is undefined"}));
  EXPECT_TRUE(fails_with([&] { return none.clone(); }, {"the tensor is undefined"}));
  EXPECT_TRUE(fails_with([&] { return add(none, none); }, {"add: the tensor is undefined"}));
  EXPECT_TRUE(fails_with([&] { return sum(none); }, {"sum: the tensor is undefined"}));
  EXPECT_TRUE(fails_with([&] { return gather_rows(none, none); }, {"gather_rows: the tensor is undefined"}));
  EXPECT_TRUE(fails_with([&] { sum_to(none, {1}); }, {"sum_to: the tensor is undefined"}));
}

TEST(Tensor, ADeviceThatIsNotThereIsNamed) {
  EXPECT_EQ(Device::cuda(1).name(), "cuda:1");
  EXPECT_TRUE(fails_with([] { Tensor::zeros({2}, Dtype::float32, Device::cuda(1000)); }, {"cuda:1000: "}));
  if (cuda_device_count() > 0) return;
  EXPECT_TRUE(fails_with([] { return one_to_six().to(Device::cuda()); }, {"cuda:0", "use the CPU"}));
#ifndef POSTHOC_HAVE_CUDA
  EXPECT_TRUE(fails_with([] { return one_to_six().to(Device::cuda()); }, {"built without CUDA; configure with"}));
#endif
}

TEST(Tensor, ADeviceHasAName) {
  EXPECT_EQ(parse_device("cpu"), Device::cpu());
  for (const char* name : {"", "gpu", "CPU", "cuda:", "cuda:x", "cuda:-1", "cuda:1x", "cuda0", "cpu:0"}) {
    EXPECT_TRUE(fails_with([&] { return parse_device(name); }, {"is no device; expected cpu, cuda, cuda:N"})) << name;
  }
  EXPECT_TRUE(fails_with([] { return parse_device("cuda:1000"); }, {"cuda:1000: "}));
  if (cuda_device_count() > 0) {
    EXPECT_EQ(parse_device("cuda"), Device::cuda(0));
    EXPECT_EQ(parse_device("cuda:0"), Device::cuda(0));
    EXPECT_EQ(parse_device("auto"), Device::cuda(0));
  } else {
    EXPECT_EQ(parse_device("auto"), Device::cpu());
    EXPECT_TRUE(fails_with([] { return parse_device("cuda"); }, {"cuda:0: ", "use the CPU"}));
  }
}

}  // namespace
}  // namespace posthoc
