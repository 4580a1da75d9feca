#include <gtest/gtest.h>

#include "support/expect_error.h"
#include "tensor/backend.h"
#include "tensor/ops.h"

namespace posthoc {
namespace {

using testing::fails_with;

Tensor index(const std::vector<std::int64_t>& rows) {
  return Tensor::from(rows, {static_cast<std::int64_t>(rows.size())});
}

TEST(Rows, GatherTakesThemInOrder) {
  const Tensor x = Tensor::from<float>({1, 2, 3, 4, 5, 6}, {3, 2});
  EXPECT_EQ(gather_rows(x, index({2, 0, 2})).to_vector(), (std::vector<double>{5, 6, 1, 2, 5, 6}));
  EXPECT_EQ(gather_rows(x, index({2, 0, 2})).shape(), (Shape{3, 2}));
  EXPECT_EQ(gather_rows(x, index({})).shape(), (Shape{0, 2}));
  EXPECT_EQ(gather_rows(x.reshape({3, 2, 1, 1}), index({1})).shape(), (Shape{1, 2, 1, 1}));
  EXPECT_EQ(gather_rows(x.to(Dtype::int64), index({1})).to_vector(), (std::vector<double>{3, 4}));
  EXPECT_EQ(gather_rows(Tensor::zeros({3, 0}), index({1, 1})).shape(), (Shape{2, 0}));
  EXPECT_EQ(gather_rows(index({7, 8, 9}), index({2})).to_vector(), (std::vector<double>{9}));
}

TEST(Rows, ScatterAddsEveryOccurrence) {
  Tensor out = Tensor::full({3, 2}, 1.0, Dtype::float64);
  const Tensor in = Tensor::from<double>({1, 2, 3, 4, 5, 6}, {3, 2});
  backend(Device::cpu()).scatter_add_rows(in, index({2, 0, 2}), out);
  EXPECT_EQ(out.to_vector(), (std::vector<double>{4, 5, 1, 1, 7, 9}));
  backend(Device::cpu()).scatter_add_rows(Tensor::zeros({0, 2}, Dtype::float64), index({}), out);
  EXPECT_EQ(out.to_vector(), (std::vector<double>{4, 5, 1, 1, 7, 9}));
}

TEST(Rows, AnIndexOutsideIsRefused) {
  const Tensor x = Tensor::zeros({3, 2});
  EXPECT_TRUE(fails_with(
      [&] {
        gather_rows(x, index({0, 3}));
      },
      {"gather_rows: row 3 is outside the 3 rows of [3, 2]"}));
  EXPECT_TRUE(fails_with([&] { gather_rows(x, index({-1})); }, {"gather_rows: row -1"}));
  EXPECT_TRUE(fails_with([&] { gather_rows(Tensor::zeros({0, 2}), index({0})); }, {"outside the 0 rows"}));
  EXPECT_TRUE(fails_with([&] { gather_rows(x, x); }, {"expected an int64 index of rank 1, got float32 [3, 2]"}));
  EXPECT_TRUE(fails_with([&] { gather_rows(Tensor::zeros({}), index({0})); }, {"gather_rows: x is a scalar"}));
}

}  // namespace
}  // namespace posthoc
