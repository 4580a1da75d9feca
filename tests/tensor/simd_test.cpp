#include <bit>
#include <gtest/gtest.h>
#include <hwy/targets.h>

#include "support/use_instructions.h"
#include "tensor/cpu/kernels.h"
#include "tensor/naive.h"
#include "tensor/ops.h"

// The vectorised kernels of float32 against the plain ones, on sizes around their tiles and vectors, with each set of
// instructions that this processor has.

namespace posthoc {
namespace {

using testing::noise;

const std::vector<std::int64_t> kSizes = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  11, 12, 13, 15,
                                          16, 17, 23, 24, 25, 31, 32, 33, 48, 64, 65, 98, 129};

Tensor noise32(const Shape& shape, std::uint32_t seed) { return noise(shape, seed, Dtype::float32); }

// A random size of the list and one of the others: all pairs of three would take long.
std::int64_t some_size(std::uint32_t number, std::uint64_t axis) {
  const auto u = random_uniform_at({7, purpose("sizes"), number}, axis);
  return kSizes[static_cast<std::size_t>(u * static_cast<float>(kSizes.size()))];
}

double largest_difference(const Tensor& a, const Tensor& b) {
  EXPECT_EQ(a.shape(), b.shape());
  const std::vector<double> x = a.to_vector();
  const std::vector<double> y = b.to_vector();
  double largest = 0.0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double difference = std::abs(x[i] - y[i]);
    largest = difference <= largest ? largest : difference;  // takes a NaN over
  }
  return largest;
}

// The same value in every element; 0 and -0 are one, NaN is like NaN.
bool same(const Tensor& a, const Tensor& b) {
  if (a.shape() != b.shape()) return false;
  const std::vector<double> x = a.to_vector();
  const std::vector<double> y = b.to_vector();
  return std::equal(x.begin(), x.end(), y.begin(),
                    [](double p, double q) { return p == q || (std::isnan(p) && std::isnan(q)); });
}

class Simd : public ::testing::TestWithParam<std::int64_t> {
 private:
  posthoc::testing::UseInstructions these_{GetParam()};
};

std::vector<std::int64_t> targets_here() {
  std::vector<std::int64_t> all = {HWY_SCALAR};
  for (const std::int64_t target : {HWY_SSE4, HWY_AVX2, HWY_AVX3, HWY_NEON}) {
    if ((hwy::SupportedTargets() & target) != 0) all.push_back(target);
  }
  return all;
}

INSTANTIATE_TEST_SUITE_P(Targets, Simd, ::testing::ValuesIn(targets_here()),
                         [](const auto& parameter) { return std::string(hwy::TargetName(parameter.param)); });

// [m, k] [k, n] with the operands as `number` says, beside the plain product.
void expect_product(std::int64_t m, std::int64_t n, std::int64_t k, std::uint32_t number, bool accumulate,
                    double tolerance) {
  const bool ta = number % 2 == 1;
  const bool tb = number % 4 >= 2;
  const Tensor a = noise32(ta ? Shape{k, m} : Shape{m, k}, number);
  const Tensor b = noise32(tb ? Shape{n, k} : Shape{k, n}, number + 1);
  Tensor expected = noise32({m, n}, number + 2);
  Tensor actual = expected.clone();
  cpu::plain::matmul(a, ta, b, tb, accumulate, expected);
  cpu::matmul(a, ta, b, tb, accumulate, actual);
  EXPECT_LE(largest_difference(actual, expected), tolerance)
      << m << " x " << k << " x " << n << (ta ? ", a transposed" : "") << (tb ? ", b transposed" : "");
}

TEST_P(Simd, MatmulMatchesThePlainOne) {
  for (std::uint32_t number = 0; number < 1000; ++number) {
    const std::int64_t m = some_size(number, 0);
    const std::int64_t n = some_size(number, 1);
    const std::int64_t k = some_size(number, 2);
    expect_product(m, n, k, number, number % 8 >= 4, 1e-6 * static_cast<double>(k + 1));
  }
}

// Products that are made by panels: around the depth and the width of one, and of few rows.
TEST_P(Simd, LargeMatmulMatchesThePlainOne) {
  const std::vector<std::int64_t> rows = {1, 2, 3, 4, 5, 12, 13, 31, 70};
  const std::vector<std::int64_t> columns = {1, 31, 32, 33, 64, 130, 300};
  const std::vector<std::int64_t> depths = {513, 600, 767, 768, 769};
  std::uint32_t number = 0;
  for (const std::int64_t m : rows) {
    for (const std::int64_t n : columns) {
      for (const std::int64_t k : depths) {
        expect_product(m, n, k, number, number % 3 == 0, 2e-4);
        ++number;
      }
    }
  }
  for (const std::int64_t n : {31, 32, 400}) {  // with a bias, also where b is wide rather than long
    const std::int64_t k = n == 400 ? 401 : 600;
    const Tensor x = noise32({13, k}, 1);
    const Tensor weight = noise32({n, k}, 2);
    const Tensor bias = noise32({n}, 3);
    Tensor expected = Tensor::empty({13, n});
    Tensor actual = expected.empty_like();
    cpu::plain::linear(x, weight, bias, expected);
    cpu::linear(x, weight, bias, actual);
    EXPECT_LE(largest_difference(actual, expected), 2e-4) << n;
  }
}

// What the critic asks for: one row of thousands, and its outer product.
TEST_P(Simd, MatmulOfOneLongRow) {
  for (const std::int64_t k : {2047, 2048, 2051}) {
    const Tensor x = noise32({1, k}, 1);
    const Tensor weight = noise32({33, k}, 2);
    const Tensor g = noise32({1, 33}, 3);
    for (const auto& [a, ta, b, tb] :
         {std::tuple{x, false, weight, true}, {g, false, weight, false}, {g, true, x, false}}) {
      Tensor expected = Tensor::empty({a.size(ta ? 1 : 0), b.size(tb ? 0 : 1)});
      Tensor actual = expected.empty_like();
      cpu::plain::matmul(a, ta, b, tb, false, expected);
      cpu::matmul(a, ta, b, tb, false, actual);
      EXPECT_LE(largest_difference(actual, expected), 2e-4);
    }
  }
}

TEST_P(Simd, LinearMatchesThePlainOneAndEachRowStandsAlone) {
  for (std::uint32_t number = 0; number < 200; ++number) {
    const std::int64_t rows = some_size(number, 0);
    const std::int64_t in = some_size(number, 1);
    const std::int64_t out = some_size(number, 2);
    const Tensor x = noise32({rows, in}, number);
    const Tensor weight = noise32({out, in}, number + 1);
    const Tensor bias = noise32({out}, number + 2);
    Tensor expected = Tensor::empty({rows, out});
    Tensor actual = expected.empty_like();
    cpu::plain::linear(x, weight, bias, expected);
    cpu::linear(x, weight, bias, actual);
    EXPECT_LE(largest_difference(actual, expected), 1e-6 * static_cast<double>(in + 1))
        << rows << ' ' << in << ' ' << out;
    if (rows < 4) continue;
    Tensor last = Tensor::empty({2, out});  // two rows alone: other tiles, the same sums
    cpu::linear(x.rows(rows - 2, rows), weight, bias, last);
    EXPECT_TRUE(same(last, actual.rows(rows - 2, rows)));
  }
}

TEST_P(Simd, BatchNormHasThePlainOnesBits) {
  for (std::uint32_t number = 0; number < 200; ++number) {
    const std::int64_t n = std::max<std::int64_t>(1, some_size(number, 0));
    const std::int64_t c = some_size(number, 1);
    const Tensor x = noise32({n, c}, number);
    const Tensor gamma = noise32({c}, number + 1);
    const Tensor beta = noise32({c}, number + 2);
    const Tensor g = noise32({n, c}, number + 3);
    const BatchNormStatistics expected = cpu::plain::batch_norm_statistics(x, 1e-5);
    const BatchNormStatistics actual = cpu::batch_norm_statistics(x, 1e-5);
    EXPECT_TRUE(same(actual.mean, expected.mean));
    EXPECT_TRUE(same(actual.variance, expected.variance));
    EXPECT_TRUE(same(actual.inverse_deviation, expected.inverse_deviation));
    Tensor expected_y = x.empty_like();
    Tensor actual_y = x.empty_like();
    cpu::plain::batch_norm_apply(x, expected, gamma, beta, expected_y);
    cpu::batch_norm_apply(x, expected, gamma, beta, actual_y);
    EXPECT_TRUE(same(actual_y, expected_y));
    for (const bool batch : {false, true}) {
      const BatchNormGradients expected_d = cpu::plain::batch_norm_backward(x, expected, gamma, g, batch);
      const BatchNormGradients actual_d = cpu::batch_norm_backward(x, expected, gamma, g, batch);
      EXPECT_TRUE(same(actual_d.x, expected_d.x)) << n << " x " << c;
      EXPECT_TRUE(same(actual_d.gamma, expected_d.gamma)) << n << " x " << c;
      EXPECT_TRUE(same(actual_d.beta, expected_d.beta)) << n << " x " << c;
    }
  }
}

TEST_P(Simd, ColumnSumsHaveThePlainOnesBits) {
  for (std::uint32_t number = 0; number < 100; ++number) {
    const Tensor x = noise32({some_size(number, 0), some_size(number, 1)}, number);
    Tensor expected = Tensor::empty({1, x.size(1)});
    Tensor actual = expected.empty_like();
    cpu::plain::reduce(ReduceOp::sum, x, expected);
    cpu::reduce(ReduceOp::sum, x, actual);
    EXPECT_TRUE(same(actual, expected)) << x.shape().text();
  }
}

TEST_P(Simd, ReluHasThePlainOnesBits) {
  for (const std::int64_t n : kSizes) {
    Tensor x = noise32({n}, 1);
    if (n > 3) {
      x.mutable_values<float>()[1] = std::numeric_limits<float>::quiet_NaN();
      x.mutable_values<float>()[2] = -std::numeric_limits<float>::infinity();
    }
    Tensor expected = x.empty_like();
    Tensor actual = x.empty_like();
    cpu::plain::unary(UnaryOp::relu, x, expected);
    cpu::unary(UnaryOp::relu, x, actual);
    EXPECT_TRUE(same(actual, expected)) << n;
  }
}

TEST_P(Simd, DropoutHasThePlainOnesBits) {
  // Draws that begin within a block, and counters that pass 2^32 and 2^34.
  for (const std::uint64_t first : {0ULL, 1ULL, 2ULL, 3ULL, 4ULL, 2048ULL, (1ULL << 32) - 9, (1ULL << 34) - 50}) {
    for (const std::int64_t n : {0, 1, 2, 3, 4, 5, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100, 127, 128, 129, 2048}) {
      for (const double p : {0.0, 0.2, 0.5, 0.999}) {
        const RandomStream stream{0x123456789ABCDEFULL, purpose("dropout"), 3};
        Tensor expected = Tensor::empty({n});
        Tensor actual = Tensor::empty({n});
        cpu::plain::dropout_mask(stream, first, p, expected);
        cpu::dropout_mask(stream, first, p, actual);
        EXPECT_TRUE(same(actual, expected)) << first << ' ' << n << ' ' << p;
        Tensor x = noise32({n}, 5);
        if (n > 2) x.mutable_values<float>()[2] = std::numeric_limits<float>::quiet_NaN();
        cpu::plain::relu_dropout(x, stream, first, p, expected);
        cpu::relu_dropout(x, stream, first, p, actual);
        EXPECT_TRUE(same(actual, expected));
        const Tensor y = actual.clone();
        const Tensor g = noise32({n}, 6);
        cpu::plain::relu_dropout_backward(y, p, g, expected);
        cpu::relu_dropout_backward(y, p, g, actual);
        EXPECT_TRUE(same(actual, expected));
      }
    }
  }
}

TEST_P(Simd, AdamHasThePlainOnesBits) {
  for (const std::int64_t n : kSizes) {
    const Tensor g = noise32({n}, 1);
    Tensor p = noise32({n}, 2);
    Tensor m = noise32({n}, 3);
    Tensor v = mul(g, g);
    Tensor p2 = p.clone();
    Tensor m2 = m.clone();
    Tensor v2 = v.clone();
    const AdamStep step{.rate = 3e-3, .beta1 = 0.9, .beta2 = 0.999, .eps = 1e-8};
    cpu::plain::adam_step(step, g, p, m, v);
    cpu::adam_step(step, g, p2, m2, v2);
    EXPECT_TRUE(same(p2, p));
    EXPECT_TRUE(same(m2, m));
    EXPECT_TRUE(same(v2, v));
  }
}

// p - rate * (m / (sqrt(v) + eps)) with p = 0, rate = -1, m = 1, eps = 0 and moments that stay: 1 / sqrt(v).
bool same_after_adam(const Tensor& v) {
  const AdamStep step{.rate = -1.0, .beta1 = 1.0, .beta2 = 1.0, .eps = 0.0};
  Tensor expected = v.full_like(0.0);
  Tensor actual = v.full_like(0.0);
  const Tensor gradient = v.full_like(0.0);
  Tensor m = v.full_like(1.0);
  Tensor unchanged = v.clone();
  cpu::plain::adam_step(step, gradient, expected, m, unchanged);
  cpu::adam_step(step, gradient, actual, m, unchanged);
  return same(actual, expected) && same(unchanged, v);
}

// Exponents of both parities and all 2^23 fractions: every rounding that there is.
TEST_P(Simd, AdamsSquareRootIsRoundedCorrectly) {
  constexpr std::uint32_t kPart = 1 << 20;
  Tensor v = Tensor::empty({kPart});
  for (const std::uint32_t exponent : {127U, 128U}) {  // [1, 2) and [2, 4)
    for (std::uint32_t begin = 0; begin < 1U << 23; begin += kPart) {
      for (std::uint32_t i = 0; i < kPart; ++i) {
        v.mutable_values<float>()[i] = std::bit_cast<float>((exponent << 23) | (begin + i));
      }
      ASSERT_TRUE(same_after_adam(v)) << exponent << ' ' << begin;
    }
  }
}

TEST_P(Simd, AdamTakesAnySecondMoment) {
  std::vector<float> all;
  for (std::uint32_t exponent = 0; exponent < 256; ++exponent) {  // zeros, subnormals, infinities and NaN among them
    for (const std::uint32_t fraction : {0U, 1U, 0x2AAAAAU, 0x400000U, 0x7FFFFFU}) {
      all.push_back(std::bit_cast<float>((exponent << 23) | fraction));
    }
  }
  EXPECT_TRUE(same_after_adam(Tensor::from(all, {static_cast<std::int64_t>(all.size())})));
  for (const float one : all) {  // and beside others that take the fast way
    std::vector<float> few(16, 0.5F);
    few[5] = one;
    EXPECT_TRUE(same_after_adam(Tensor::from(few, {16}))) << one;
  }
}

TEST_P(Simd, NormalDrawsAreTheirFormula) {
  const RandomStream stream{0x123456789ULL, purpose("test"), 3};
  for (const std::int64_t n : kSizes) {
    const Tensor draws = random_normal({n}, stream, Dtype::float32, Device::cpu(), 5);
    const Tensor perturbed = random_perturb(draws, stream, 0.3, 5);
    for (std::int64_t i = 0; i < n; ++i) {
      const auto at = static_cast<std::size_t>(i);
      const float draw = random_normal_at(stream, 5 + at);
      ASSERT_EQ(draws.values<float>()[at], draw) << i << " of " << n;
      ASSERT_EQ(perturbed.values<float>()[at], random_formulas::perturbed(draw, 0.3F, draw)) << i << " of " << n;
    }
  }
}

}  // namespace
}  // namespace posthoc
