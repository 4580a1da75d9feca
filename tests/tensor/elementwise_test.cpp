#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <limits>

#include "support/expect_error.h"
#include "tensor/naive.h"
#include "tensor/ops.h"

namespace posthoc {
namespace {

using testing::broadcast_offset;
using testing::fails_with;
using testing::index_of;
using testing::matches;
using testing::noise;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr std::uint32_t kCases = 200;

// A few roundings of the type, and of the C library's float functions.
double tolerance(Dtype dtype) { return dtype == Dtype::float32 ? 2e-6 : 1e-14; }

struct UnaryCase {
  UnaryOp op;
  double (*reference)(double);
  bool positive;  // whether the operand must be
};

const std::vector<UnaryCase> kUnary = {
    {UnaryOp::neg, [](double x) { return -x; }, false},
    {UnaryOp::exp, [](double x) { return std::exp(x); }, false},
    {UnaryOp::log, [](double x) { return std::log(x); }, true},
    {UnaryOp::sqrt, [](double x) { return std::sqrt(x); }, true},
    {UnaryOp::abs, [](double x) { return std::fabs(x); }, false},
    {UnaryOp::sign, [](double x) { return x > 0   ? 1.0
                                          : x < 0 ? -1.0
                                                  : 0.0; }, false},
    {UnaryOp::tanh, [](double x) { return std::tanh(x); }, false},
    {UnaryOp::sigmoid, [](double x) { return 1.0 / (1.0 + std::exp(-x)); }, false},
    {UnaryOp::relu, [](double x) { return std::fmax(x, 0.0); }, false},
};

struct BinaryCase {
  BinaryOp op;
  double (*reference)(double, double);
  bool probabilities;  // whether the first operand must lie in (0, 1)
};

const std::vector<BinaryCase> kBinary = {
    {BinaryOp::add, [](double a, double b) { return a + b; }, false},
    {BinaryOp::sub, [](double a, double b) { return a - b; }, false},
    {BinaryOp::mul, [](double a, double b) { return a * b; }, false},
    {BinaryOp::div, [](double a, double b) { return a / b; }, false},
    {BinaryOp::pow, [](double x, double e) { return std::exp(e * std::log(x)); }, true},
    {BinaryOp::pow_base, [](double x, double e) { return e * std::exp((e - 1) * std::log(x)); }, true},
    {BinaryOp::pow_exponent, [](double x, double e) { return std::exp(e * std::log(x)) * std::log(x); }, true},
    {BinaryOp::maximum, [](double a, double b) { return std::fmax(a, b); }, false},
    {BinaryOp::minimum, [](double a, double b) { return std::fmin(a, b); }, false},
    {BinaryOp::larger_share, [](double a, double b) { return 0.5 + 0.5 * std::copysign(1.0, a - b); }, false},
    {BinaryOp::eq, [](double a, double b) { return static_cast<double>(a == b); }, false},
    {BinaryOp::ne, [](double a, double b) { return static_cast<double>(a != b); }, false},
    {BinaryOp::lt, [](double a, double b) { return static_cast<double>(a < b); }, false},
    {BinaryOp::le, [](double a, double b) { return static_cast<double>(a <= b); }, false},
    {BinaryOp::gt, [](double a, double b) { return static_cast<double>(a > b); }, false},
    {BinaryOp::ge, [](double a, double b) { return static_cast<double>(a >= b); }, false},
    {BinaryOp::leaky_relu, [](double x, double slope) { return std::fmax(x, 0.0) + slope * std::fmin(x, 0.0); }, false},
    {BinaryOp::leaky_relu_backward, [](double x, double slope) { return x > 0 ? 1.0 : slope; }, false},
    {BinaryOp::tanh_backward, [](double y, double g) { return g * (1 - y * y); }, false},
    {BinaryOp::sigmoid_backward, [](double y, double g) { return g * y * (1 - y); }, false},
    {BinaryOp::relu_backward, [](double y, double g) { return y > 0 ? g : 0.0; }, false},
    {BinaryOp::bce, [](double p, double y) { return -(y * std::log(p) + (1 - y) * std::log(1 - p)); }, true},
    {BinaryOp::bce_backward, [](double p, double y) { return (p - y) / (p * (1 - p)); }, true},
    {BinaryOp::bce_with_logits, [](double z, double y) { return std::log(1 + std::exp(z)) - z * y; }, false},
    {BinaryOp::bce_with_logits_backward, [](double z, double y) { return 1 / (1 + std::exp(-z)) - y; }, false},
};

Tensor logistic(const Tensor& x) { return unary(UnaryOp::sigmoid, x); }

TEST(Elementwise, UnaryOperationsMatchTheirFormulas) {
  for (const UnaryCase& c : kUnary) {
    for (const Dtype dtype : {Dtype::float32, Dtype::float64}) {
      for (std::uint32_t number = 0; number < 30; ++number) {
        const Tensor base = noise(testing::random_shape(number, 5), number, dtype);
        const Tensor x = c.positive ? unary(UnaryOp::exp, base) : base;
        std::vector<double> expected = x.to_vector();
        std::transform(expected.begin(), expected.end(), expected.begin(), c.reference);
        // The absolute part is for log near 1, where a relative error of the operand counts in full.
        EXPECT_TRUE(matches(unary(c.op, x), x.shape(), expected, tolerance(dtype), tolerance(dtype)))
            << "operation " << static_cast<int>(c.op) << ", case " << number;
      }
    }
  }
}

TEST(Elementwise, BinaryOperationsBroadcastEitherSide) {
  for (const BinaryCase& c : kBinary) {
    for (const Dtype dtype : {Dtype::float32, Dtype::float64}) {
      for (std::uint32_t number = 0; number < kCases; ++number) {
        const Shape full = testing::random_shape(number, 5);
        const Tensor left = noise(testing::random_operand(full, number, 0), 2 * number, dtype);
        const Tensor a = c.probabilities ? logistic(left) : left;
        const Tensor b = noise(testing::random_operand(full, number, 1), 2 * number + 1, dtype);
        const Shape shape = broadcast(a.shape(), b.shape(), "test");
        const std::vector<double> x = a.to_vector();
        const std::vector<double> y = b.to_vector();
        std::vector<double> expected;
        for (std::int64_t i = 0; i < shape.elements(); ++i) {
          const auto index = index_of(shape, i);
          expected.push_back(c.reference(x[broadcast_offset(a.shape(), index)], y[broadcast_offset(b.shape(), index)]));
        }
        // Sums of terms of either sign: an error is relative to the terms, which are of order 1 to 10.
        EXPECT_TRUE(matches(binary(c.op, a, b), shape, expected, 10 * tolerance(dtype), 10 * tolerance(dtype)))
            << "operation " << static_cast<int>(c.op) << ": " << a.shape().text() << " and " << b.shape().text();
      }
    }
  }
}

TEST(Elementwise, AddInPlaceWritesOnlyItsTarget) {
  Tensor a = Tensor::from<double>({1, 2, 3, 4}, {2, 2});
  const Tensor b = Tensor::from<double>({10, 20}, {2});
  const Tensor view = a.rows(1, 2);
  add_(a, b);
  EXPECT_EQ(a.to_vector(), (std::vector<double>{11, 22, 13, 24}));
  EXPECT_EQ(view.to_vector(), (std::vector<double>{13, 24}));
  EXPECT_EQ(b.to_vector(), (std::vector<double>{10, 20}));
  add_(a, a);
  EXPECT_EQ(a.to_vector(), (std::vector<double>{22, 44, 26, 48}));
  Tensor row = b.clone();
  EXPECT_TRUE(fails_with([&] { add_(row, a); }, {"add_: [2, 2] does not broadcast to [2]"}));
}

TEST(Elementwise, WhereBroadcastsAllThree) {
  for (const Dtype dtype : {Dtype::float32, Dtype::float64}) {
    for (std::uint32_t number = 0; number < kCases; ++number) {
      const Shape full = testing::random_shape(number, 5);
      const Tensor m = gt(noise(testing::random_operand(full, number, 2), number, dtype), Tensor::zeros({}, dtype));
      const Tensor a = noise(testing::random_operand(full, number, 0), 2 * number, dtype);
      const Tensor b = noise(testing::random_operand(full, number, 1), 2 * number + 1, dtype);
      const Shape shape = broadcast(m.shape(), broadcast(a.shape(), b.shape(), "test"), "test");
      const std::vector<double> mask = m.to_vector();
      const std::vector<double> x = a.to_vector();
      const std::vector<double> y = b.to_vector();
      std::vector<double> expected;
      for (std::int64_t i = 0; i < shape.elements(); ++i) {
        const auto index = index_of(shape, i);
        expected.push_back(mask[broadcast_offset(m.shape(), index)] != 0 ? x[broadcast_offset(a.shape(), index)]
                                                                         : y[broadcast_offset(b.shape(), index)]);
      }
      EXPECT_TRUE(matches(where(m, a, b), shape, expected, 0.0))
          << m.shape().text() << ", " << a.shape().text() << " and " << b.shape().text();
    }
  }
}

TEST(Elementwise, WhereTakesNothingFromTheOtherSide) {
  const Tensor mask = Tensor::from<double>({1, 0, kNaN}, {3});
  const Tensor a = Tensor::from<double>({1, kNaN, 3}, {3});
  const Tensor b = Tensor::from<double>({kNaN, 2, kNaN}, {3});
  EXPECT_EQ(where(mask, a, b).to_vector(), (std::vector<double>{1, 2, 3}));
}

TEST(Elementwise, ComparisonsOfEqualsAndOfNaNs) {
  const Tensor a = Tensor::from<double>({1, kNaN, 1}, {3});
  const Tensor b = Tensor::from<double>({1, kNaN, kNaN}, {3});
  const std::vector<double> first = {1, 0, 0};
  const std::vector<double> none = {0, 0, 0};
  EXPECT_EQ(eq(a, b).to_vector(), first);
  EXPECT_EQ(le(a, b).to_vector(), first);
  EXPECT_EQ(ge(a, b).to_vector(), first);
  EXPECT_EQ(lt(a, b).to_vector(), none);
  EXPECT_EQ(gt(a, b).to_vector(), none);
  EXPECT_EQ(ne(a, b).to_vector(), (std::vector<double>{0, 1, 1}));
  EXPECT_EQ(eq(a.to(Dtype::float32), b.to(Dtype::float32)).dtype(), Dtype::float32);
}

TEST(Elementwise, ClampKeepsWithinItsBounds) {
  const Tensor x = Tensor::from<double>({-3, -1, 0.5, 2, 7}, {5});
  EXPECT_EQ(clamp(x, -1, 2).to_vector(), (std::vector<double>{-1, -1, 0.5, 2, 2}));
  EXPECT_EQ(clamp(x, 1, 1).to_vector(), (std::vector<double>{1, 1, 1, 1, 1}));
  EXPECT_EQ(clamp(x, 0, std::numeric_limits<double>::infinity()).to_vector(), (std::vector<double>{0, 0, 0.5, 2, 7}));
  EXPECT_TRUE(std::isnan(clamp(x.full_like(kNaN), -1, 2).to_vector()[0]));
  EXPECT_TRUE(fails_with([&] { clamp(x, 2, 1); }, {"clamp: expected low <= high, got 2 and 1"}));
  EXPECT_TRUE(fails_with([&] { clamp(x, kNaN, 1); }, {"clamp: expected low <= high, got nan and 1"}));
}

TEST(Elementwise, PowersAtZeroAndBelow) {
  const Tensor x = Tensor::from<double>({0, 0, -2, -8}, {4});
  const Tensor e = Tensor::from<double>({0, 2, 3, 1.0 / 3.0}, {4});
  const std::vector<double> y = pow(x, e).to_vector();
  EXPECT_EQ(std::vector<double>(y.begin(), y.end() - 1), (std::vector<double>{1, 0, -8}));
  EXPECT_TRUE(std::isnan(y[3]));
}

TEST(Elementwise, ANaNIsPassedOn) {
  const Tensor x = Tensor::from<double>({kNaN, 1.0}, {2});
  for (const UnaryCase& c : kUnary) {
    if (c.op == UnaryOp::sign) continue;
    EXPECT_TRUE(std::isnan(unary(c.op, x).to_vector()[0])) << static_cast<int>(c.op);
  }
  for (const BinaryOp op : {BinaryOp::maximum, BinaryOp::minimum}) {
    EXPECT_TRUE(std::isnan(binary(op, x, x.full_like(1.0)).to_vector()[0]));
    EXPECT_TRUE(std::isnan(binary(op, x.full_like(1.0), x).to_vector()[0]));
  }
  EXPECT_TRUE(std::isnan(binary(BinaryOp::bce, x, x.full_like(1.0)).to_vector()[0]));
}

TEST(Elementwise, ExtremeOperandsGiveFiniteLosses) {
  const Tensor p = Tensor::from<float>({0, 1, 0, 1}, {4});
  const Tensor y = Tensor::from<float>({0, 1, 1, 0}, {4});
  EXPECT_EQ(binary(BinaryOp::bce, p, y).to_vector(), (std::vector<double>{0, 0, 100, 100}));
  const Tensor z = Tensor::from<float>({-1000, 1000, -1000, 1000}, {4});
  EXPECT_EQ(binary(BinaryOp::bce_with_logits, z, y).to_vector(), (std::vector<double>{0, 0, 1000, 1000}));
  EXPECT_EQ(unary(UnaryOp::sigmoid, z).to_vector(), (std::vector<double>{0, 1, 0, 1}));
}

TEST(Elementwise, MixedOperandsAreRefused) {
  const Tensor a = Tensor::zeros({2, 3});
  EXPECT_TRUE(fails_with([&] { add(a, a.to(Dtype::float64)); }, {"add: dtypes differ: float32 and float64"}));
  EXPECT_TRUE(
      fails_with([&] { mul(a.to(Dtype::int64), a.to(Dtype::int64)); }, {"mul: expected a floating dtype, got int64"}));
  EXPECT_TRUE(fails_with([&] { sub(a, Tensor::zeros({2})); }, {"sub: shapes [2, 3] and [2] do not broadcast"}));
  EXPECT_TRUE(
      fails_with([&] { unary(UnaryOp::exp, a.to(Dtype::int64)); }, {"exp: expected a floating dtype, got int64"}));
  EXPECT_TRUE(fails_with([&] { unary(UnaryOp::sqrt, Tensor()); }, {"sqrt: the tensor is undefined"}));
  EXPECT_TRUE(fails_with([&] { where(a, a, a.to(Dtype::float64)); }, {"where: dtypes differ: float32 and float64"}));
  EXPECT_TRUE(fails_with([&] { where(a.to(Dtype::int64), a, a); }, {"where: expected a floating dtype, got int64"}));
  EXPECT_TRUE(fails_with([&] { where(Tensor::zeros({4}), a, a); }, {"where: shapes [4] and [2, 3] do not broadcast"}));
  EXPECT_TRUE(fails_with([&] { clamp(a.to(Dtype::int64), 0, 1); }, {"clamp: expected a floating dtype, got int64"}));
  // Every operation that takes two operands asks this; a build without CUDA cannot make a tensor to show it with.
  EXPECT_TRUE(fails_with([] { require_same_device(Device::cpu(), Device::cuda(1), "add"); },
                         {"add: devices differ: cpu and cuda:1; move one with to(Device)"}));
}

TEST(Elementwise, EveryOperationNamesItself) {
  const Tensor a = Tensor::zeros({2});
  const Tensor b = Tensor::zeros({3});
  using Two = Tensor (*)(const Tensor&, const Tensor&);
  const std::vector<std::pair<std::string, Two>> all = {
      {"add", add},         {"sub", sub},         {"mul", mul}, {"div", div}, {"pow", pow},
      {"maximum", maximum}, {"minimum", minimum}, {"eq", eq},   {"ne", ne},   {"lt", lt},
      {"le", le},           {"gt", gt},           {"ge", ge}};
  for (const auto& [name, function] : all) {
    EXPECT_TRUE(fails_with([&, f = function] { f(a, b); }, {name + ": shapes [2] and [3] do not broadcast"}));
    EXPECT_TRUE(fails_with([&, f = function] { f(a, a.to(Dtype::float64)); }, {name + ": dtypes differ"}));
    EXPECT_TRUE(fails_with([&, f = function] { f(a, Tensor()); }, {name + ": the tensor is undefined"}));
  }
}

}  // namespace
}  // namespace posthoc
