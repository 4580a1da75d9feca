#include <gtest/gtest.h>

#include "support/expect_error.h"
#include "tensor/naive.h"
#include "tensor/ops.h"

namespace posthoc {
namespace {

using testing::fails_with;
using testing::matches;
using testing::noise;

std::vector<double> triple_loop(const Tensor& a, const Tensor& b, bool transpose_a, bool transpose_b, std::int64_t m,
                                std::int64_t n, std::int64_t k) {
  const std::vector<double> x = a.to_vector();
  const std::vector<double> y = b.to_vector();
  std::vector<double> out;
  for (std::int64_t i = 0; i < m; ++i) {
    for (std::int64_t j = 0; j < n; ++j) {
      double total = 0.0;
      for (std::int64_t l = 0; l < k; ++l) {
        total += x[static_cast<std::size_t>(transpose_a ? l * m + i : i * k + l)] *
                 y[static_cast<std::size_t>(transpose_b ? j * k + l : l * n + j)];
      }
      out.push_back(total);
    }
  }
  return out;
}

TEST(Matmul, MatchesATripleLoopForEverySizeAndTranspose) {
  const std::vector<std::int64_t> sizes = {0, 1, 2, 3, 7, 8, 33};
  for (const Dtype dtype : {Dtype::float32, Dtype::float64}) {
    // A sum of k products of order 1, each rounded: k times the precision is a safe bound.
    const double precision = dtype == Dtype::float32 ? 6e-8 : 1.2e-16;
    for (const std::int64_t m : sizes) {
      for (const std::int64_t n : sizes) {
        for (const std::int64_t k : sizes) {
          for (const bool ta : {false, true}) {
            for (const bool tb : {false, true}) {
              const Tensor a = noise(ta ? Shape{k, m} : Shape{m, k}, 1, dtype);
              const Tensor b = noise(tb ? Shape{n, k} : Shape{k, n}, 2, dtype);
              EXPECT_TRUE(matches(matmul(a, b, ta, tb), {m, n}, triple_loop(a, b, ta, tb, m, n, k), precision,
                                  4 * precision * static_cast<double>(k)))
                  << m << " x " << k << " x " << n << (ta ? ", a transposed" : "") << (tb ? ", b transposed" : "");
            }
          }
        }
      }
    }
  }
}

TEST(Matmul, LinearAddsTheBias) {
  for (const std::int64_t n : {0, 1, 5}) {
    const Tensor x = noise({n, 3}, 1);
    const Tensor weight = noise({4, 3}, 2);
    const Tensor bias = noise({4}, 3);
    const Tensor expected = add(matmul(x, weight, false, true), bias);
    EXPECT_TRUE(matches(linear(x, weight, bias), {n, 4}, expected.to_vector(), 1e-14, 1e-14));
  }
  EXPECT_EQ(linear(Tensor::zeros({2, 0}), Tensor::zeros({2, 0}), Tensor::full({2}, 7.0)).to_vector(),
            (std::vector<double>{7, 7, 7, 7}));
}

TEST(Matmul, ShapesThatDoNotFitAreNamed) {
  const Tensor a = Tensor::zeros({64, 98});
  const Tensor b = Tensor::zeros({32, 32});
  EXPECT_TRUE(fails_with([&] { matmul(a, b); }, {"matmul: inner dimensions differ: a is [64, 98], b is [32, 32]"}));
  EXPECT_TRUE(fails_with([&] { matmul(a, b, true); }, {"a is [64, 98] transposed"}));
  EXPECT_TRUE(fails_with([&] { matmul(a, Tensor::zeros({98})); }, {"expected two matrices"}));
  EXPECT_TRUE(fails_with([&] { matmul(a, a.to(Dtype::float64)); }, {"matmul: dtypes differ"}));
  EXPECT_TRUE(fails_with([&] { linear(a, b, Tensor::zeros({32})); },
                         {"linear: x is [64, 98] but weight [32, 32] takes 32 features"}));
  EXPECT_TRUE(fails_with([&] { linear(b, b, Tensor::zeros({31})); }, {"linear: weight is [32, 32] but bias is [31]"}));
  EXPECT_TRUE(fails_with([&] { linear(b, b, b); }, {"linear: expected x [n, in]"}));
}

}  // namespace
}  // namespace posthoc
