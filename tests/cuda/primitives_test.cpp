#include <cmath>
#include <cstring>
#include <gtest/gtest.h>

#include "cuda/primitive_cases.h"
#include "support/expect_error.h"
#include "tensor/cpu/cpu_backend.h"
#include "tensor/cuda/cuda_backend.h"
#include "tensor/format.h"
#include "tensor/ops.h"
#ifdef POSTHOC_EMULATED
#include "cuda_emulator/orders.h"
#endif

// Every primitive of the CUDA backend against the host's. Linked with the emulator's stand-ins the device is emulated,
// else it is the first one of this machine.

namespace posthoc {
namespace {

using testing::Nearness;
using testing::PrimitiveCase;

#ifdef POSTHOC_EMULATED
constexpr bool kEmulated = true;
// Threads in ascending, descending and random order; what a sanitizer slows down sees a part of the cases.
#if defined(POSTHOC_EMULATED_tsan)
constexpr std::size_t kEvery = 12;
#elif defined(POSTHOC_EMULATED_asan)
constexpr std::size_t kEvery = 5;
#else
constexpr std::size_t kEvery = 1;
#endif
template <typename Run>
void in_every_order(Run run) {
  testing::in_all_orders([&] { run(emulator::options().seed == 0 ? kEvery : 10 * kEvery); });
}
#else
constexpr bool kEmulated = false;
template <typename Run>
void in_every_order(Run run) {
  run(1);  // the device has its own
}
#endif

// A tensor on the device within a larger one, whose other elements must stay what they are: a kernel that writes beside
// its output is seen.
class Guarded {
 public:
  explicit Guarded(const Tensor& host) {
    const std::int64_t n = host.elements();
    around_ = Tensor::full({n + 2 * kGuard}, kValue, host.dtype());
    Tensor inside = around_.rows(kGuard, kGuard + n);
    backend(Device::cpu()).convert(host, inside);
    around_ = around_.to(Device::cuda());
    tensor_ = around_.rows(kGuard, kGuard + n).reshape(host.shape());
  }

  [[nodiscard]] Tensor& tensor() { return tensor_; }
  [[nodiscard]] bool intact() const {
    const std::vector<double> all = around_.to_vector();
    const auto n = static_cast<std::size_t>(tensor_.elements());
    for (std::size_t i = 0; i < all.size(); ++i) {
      if ((i < kGuard || i >= kGuard + n) && all[i] != kValue) return false;
    }
    return true;
  }

 private:
  static constexpr std::int64_t kGuard = 64;
  static constexpr double kValue = 12345.0;

  Tensor around_;
  Tensor tensor_;
};

bool same_bits(double a, double b) {
  return (std::isnan(a) && std::isnan(b)) || (a == b && std::signbit(a) == std::signbit(b));
}

::testing::AssertionResult near(const PrimitiveCase& one, const Tensor& actual, const Tensor& expected) {
  if (actual.shape() != expected.shape() || actual.dtype() != expected.dtype()) {
    return ::testing::AssertionFailure() << "another shape or dtype";
  }
  const std::vector<double> got = actual.to_vector();
  const std::vector<double> wanted = expected.to_vector();
  const bool bits = one.nearness == Nearness::bits || (one.nearness == Nearness::library && kEmulated);
  const double relative = expected.dtype() == Dtype::float32 ? 1e-6 : 1e-14;
  const double absolute = one.nearness == Nearness::sum ? 1e-14 * one.scale : 1e-30;
  for (std::size_t i = 0; i < got.size(); ++i) {
    if (same_bits(got[i], wanted[i])) continue;
    if (!bits && std::abs(got[i] - wanted[i]) <= relative * std::abs(wanted[i]) + absolute) continue;
    return ::testing::AssertionFailure() << "element " << i << " of " << actual.shape().text() << ": got " << got[i]
                                         << ", the host has " << wanted[i];
  }
  return ::testing::AssertionSuccess();
}

void compare(const PrimitiveCase& one) {
  std::vector<Tensor> on_host;
  std::vector<Guarded> guarded;
  std::vector<Tensor> on_device;
  for (const Tensor& tensor : one.tensors) {
    on_host.push_back(tensor.clone());
    guarded.emplace_back(tensor);
    on_device.push_back(guarded.back().tensor());
  }
  const std::vector<Tensor> expected = one.call(cpu_backend(), on_host);
  const std::vector<Tensor> actual = one.call(cuda_backend(0), on_device);
  for (std::size_t i = 0; i < on_host.size(); ++i) {
    EXPECT_TRUE(near(one, on_device[i], on_host[i])) << one.name << ", tensor " << i;
    EXPECT_TRUE(guarded[i].intact()) << one.name << ", beside tensor " << i;
  }
  ASSERT_EQ(actual.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(actual[i].device(), Device::cuda());
    EXPECT_TRUE(near(one, actual[i], expected[i])) << one.name << ", result " << i;
  }
}

TEST(CudaPrimitives, AgreeWithTheHost) {
  const std::vector<PrimitiveCase> cases = testing::primitive_cases();
  in_every_order([&](std::size_t every) {
    for (std::size_t i = 0; i < cases.size() && !HasFailure(); i += every)
      compare(cases[i]);  // one failure says enough
  });
}

// Whatever part of the cases above is run: a block that takes several tiles must not fill its memory with the next one
// while some of its threads still read the last.
TEST(CudaPrimitives, BlocksTakeOneTileAfterAnother) {
  const Tensor matrix = random_normal({70, 100}, {4, 4, 4}, Dtype::float32);  // 12 tiles
  Tensor out = Tensor::zeros({100, 70});
  const PrimitiveCase transpose{
      "transpose of 12 tiles", testing::Nearness::bits, {matrix, out}, [](Backend& backend, std::vector<Tensor>& t) {
        backend.transpose(t[0], 0, 1, t[1]);
        return std::vector<Tensor>();
      }};
  in_every_order([&](std::size_t) { compare(transpose); });
}

TEST(CudaTensor, GoesThereAndComesBack) {
  for (const Dtype dtype : {Dtype::float32, Dtype::float64, Dtype::int64}) {
    for (const std::int64_t n : {0, 1, 1000}) {
      const Tensor host = random_normal({n, 2}, {1, 2, 3}, Dtype::float64).to(dtype);
      const Tensor there = host.to(Device::cuda());
      EXPECT_EQ(there.device(), Device::cuda());
      EXPECT_EQ(there.to_vector(), host.to_vector());
      EXPECT_EQ(there.clone().to(Device::cpu()).to_vector(), host.to_vector());
      if (n == 0) continue;
      EXPECT_EQ(there.rows(0, 1).to_vector(), host.rows(0, 1).to_vector());
    }
  }
}

TEST(CudaTensor, TheHostDoesNotReadDeviceMemory) {
  const Tensor there = Tensor::zeros({2}, Dtype::float32, Device::cuda());
  EXPECT_TRUE(testing::fails_with([&] { return there.values<float>(); }, {"lies on cuda:0; copy it with to(Device"}));
  EXPECT_TRUE(testing::fails_with([&] { return add(there, Tensor::zeros({2})); },
                                  {"add: devices differ: cuda:0 and cpu; move one with to(Device)"}));
  EXPECT_TRUE(testing::fails_with(
      [&] { return gather_rows(Tensor::zeros({2}), Tensor::zeros({1}, Dtype::int64, Device::cuda())); },
      {"gather_rows: devices differ"}));
}

TEST(CudaTensor, RowsAreGatheredByAnIndexOfTheHost) {
  const Tensor x = Tensor::from<double>({1, 2, 3, 4}, {4}).to(Device::cuda());
  const Tensor index = Tensor::from<std::int64_t>({2, 0}, {2});
  EXPECT_EQ(gather_rows(x, index).to_vector(), (std::vector<double>{3, 1}));
  EXPECT_EQ(gather_rows(x, index.to(Device::cuda())).to_vector(), (std::vector<double>{3, 1}));
  EXPECT_TRUE(testing::fails_with([&] { return gather_rows(x, Tensor::from<std::int64_t>({4}, {1})); },
                                  {"row 4 is outside the 4 rows"}));
}

TEST(CudaTensor, MoreAxesThanAKernelTakesAreAnError) {
  const std::vector<std::int64_t> sizes(10, 2);
  std::vector<std::int64_t> thin = sizes;
  for (std::size_t axis = 0; axis < thin.size(); axis += 2) thin[axis] = 1;  // no two axes can be merged
  const Tensor x = Tensor::zeros(Shape(sizes), Dtype::float32, Device::cuda());
  const Tensor y = Tensor::zeros(Shape(thin), Dtype::float32, Device::cuda());
  EXPECT_TRUE(testing::fails_with([&] { return add(x, y); }, {"more than 8 axes that cannot be merged"}));
  EXPECT_EQ(add(x, x).elements(), 1024);
}

TEST(CudaTensor, BlocksAreReused) {
  const auto stats = [] { return cuda_backend(0).allocator().stats(); };
  for (int i = 0; i < 3; ++i) static_cast<void>(Tensor::zeros({1000}, Dtype::float32, Device::cuda()));
  const AllocatorStats before = stats();
  for (int i = 0; i < 10; ++i) static_cast<void>(Tensor::zeros({1000}, Dtype::float32, Device::cuda()));
  EXPECT_EQ(stats().system_allocations, before.system_allocations);
  EXPECT_EQ(stats().requests, before.requests + 10);
  EXPECT_EQ(stats().live_bytes, before.live_bytes);
}

TEST(CudaTensor, ADeviceThatIsNotThereIsNamed) {
  EXPECT_TRUE(
      testing::fails_with([] { cuda_backend(1000); }, {"cuda:1000: there is no such device; the CUDA devices are"}));
  EXPECT_EQ(parse_device("auto"), Device::cuda(0));
  EXPECT_EQ(parse_device("cuda:0"), Device::cuda(0));
}

}  // namespace
}  // namespace posthoc
