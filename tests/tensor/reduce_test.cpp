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

// Every subset of axes of a shape, some of them counted from the last.
std::vector<std::vector<int>> subsets(const Shape& shape) {
  std::vector<std::vector<int>> all;
  for (int mask = 1; mask < (1 << shape.rank()); ++mask) {
    std::vector<int> axes;
    for (int axis = 0; axis < shape.rank(); ++axis) {
      if ((mask >> axis & 1) != 0) axes.push_back(mask % 2 == 0 ? axis : axis - shape.rank());
    }
    all.push_back(axes);
  }
  return all;
}

std::vector<double> naive(const Tensor& x, const Shape& kept, double start, double (*f)(double, double)) {
  std::vector<double> result(static_cast<std::size_t>(kept.elements()), start);
  const std::vector<double> values = x.to_vector();
  for (std::int64_t i = 0; i < x.elements(); ++i) {
    double& to = result[broadcast_offset(kept, index_of(x.shape(), i))];
    to = f(to, values[static_cast<std::size_t>(i)]);
  }
  return result;
}

TEST(Reduce, SumMeanAndMaxMatchANaiveLoop) {
  for (const Dtype dtype : {Dtype::float32, Dtype::float64}) {
    // Accumulated in double: the result is rounded once, whatever the length; cancellation is in the absolute part.
    const double tolerance = dtype == Dtype::float32 ? 1e-7 : 1e-14;
    for (std::uint32_t number = 0; number < 60; ++number) {
      const Tensor x = noise(testing::random_shape(number, 5), number, dtype);
      for (const std::vector<int>& axes : subsets(x.shape())) {
        const Shape kept = reduced_shape(x.shape(), axes, true, "test");
        const Shape dropped = reduced_shape(x.shape(), axes, false, "test");
        const auto total = naive(x, kept, 0.0, [](double a, double b) { return a + b; });
        EXPECT_TRUE(matches(sum(x, axes, true), kept, total, tolerance, 1e-14));
        EXPECT_TRUE(matches(sum(x, axes), dropped, total, tolerance, 1e-14));
        if (x.elements() == 0) continue;
        const auto greatest = naive(x, kept, -INFINITY, [](double a, double b) { return std::fmax(a, b); });
        EXPECT_TRUE(matches(max(x, axes), dropped, greatest, 0.0));
        std::vector<double> average = total;
        const double share = static_cast<double>(kept.elements()) / static_cast<double>(x.elements());
        for (double& value : average) value *= share;
        EXPECT_TRUE(matches(mean(x, axes, true), kept, average, 2 * tolerance, 1e-14));
      }
    }
  }
}

TEST(Reduce, VarianceMatchesItsDefinition) {
  for (const Dtype dtype : {Dtype::float32, Dtype::float64}) {
    const double tolerance = dtype == Dtype::float32 ? 1e-6 : 1e-14;
    for (std::uint32_t number = 0; number < 60; ++number) {
      const Tensor x = noise(testing::random_shape(number, 5), number, dtype);
      if (x.elements() == 0) continue;
      const std::vector<double> values = x.to_vector();
      for (const std::vector<int>& axes : subsets(x.shape())) {
        const Shape kept = reduced_shape(x.shape(), axes, true, "test");
        const auto n = static_cast<double>(x.elements() / kept.elements());
        const auto total = naive(x, kept, 0.0, [](double a, double b) { return a + b; });
        std::vector<double> squares(total.size(), 0.0);
        for (std::int64_t i = 0; i < x.elements(); ++i) {
          const std::size_t to = broadcast_offset(kept, index_of(x.shape(), i));
          squares[to] += std::pow(values[static_cast<std::size_t>(i)] - total[to] / n, 2);
        }
        for (double& square : squares) square /= n;
        EXPECT_TRUE(matches(variance(x, axes, Divisor::n, true), kept, squares, tolerance, tolerance));
        if (n < 2) continue;
        for (double& square : squares) square *= n / (n - 1);
        EXPECT_TRUE(
            matches(variance(x, axes), reduced_shape(x.shape(), axes, false, "test"), squares, tolerance, tolerance));
      }
    }
  }
}

TEST(Reduce, VarianceOfTooFewIsRefused) {
  const Tensor one = Tensor::full({3, 1}, 2.0);
  EXPECT_EQ(variance(one, {1}, Divisor::n).to_vector(), (std::vector<double>{0, 0, 0}));
  EXPECT_TRUE(fails_with([&] { variance(one, {1}); },
                         {"variance: 1 elements of the shape [3, 1] are too few; expected at least 2"}));
  EXPECT_TRUE(fails_with(
      [] {
        variance(Tensor::zeros({2, 0}), {1}, Divisor::n);
      },
      {"variance: 0 elements", "at least 1"}));
  EXPECT_EQ(variance(Tensor::zeros({0, 3}), {1}).shape(), Shape{0});
}

TEST(Reduce, ArgmaxIsTheFirstOfTheGreatest) {
  for (std::uint32_t number = 0; number < 60; ++number) {
    const Tensor x = noise(testing::random_shape(number, 5), number);
    const std::vector<double> values = x.to_vector();
    for (int axis = 0; axis < x.rank(); ++axis) {
      if (x.size(axis) == 0) continue;
      const Tensor at = argmax(x, axis - x.rank(), true);
      const Tensor greatest = max(x, {axis}, true);
      ASSERT_EQ(at.shape(), greatest.shape());
      EXPECT_EQ(argmax(x, axis).to_vector(), at.to_vector());
      const std::vector<double> index = at.to_vector();
      for (std::int64_t i = 0; i < at.elements(); ++i) {
        std::vector<std::int64_t> element = index_of(at.shape(), i);
        element[static_cast<std::size_t>(axis)] = static_cast<std::int64_t>(index[static_cast<std::size_t>(i)]);
        EXPECT_EQ(values[broadcast_offset(x.shape(), element)], greatest.to_vector()[static_cast<std::size_t>(i)]);
      }
    }
  }
  constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
  const Tensor x = Tensor::from<float>({1, 2, 2, 5, kNaN, kNaN, kNaN, 9, 9}, {3, 3});
  EXPECT_EQ(argmax(x, 1).to_vector(), (std::vector<double>{1, 1, 0}));
  EXPECT_EQ(argmax(x, 0).to_vector(), (std::vector<double>{2, 1, 1}));
  EXPECT_EQ(argmax(x, 1).dtype(), Dtype::int64);
  EXPECT_EQ(argmax(Tensor::zeros({0, 2}), 1).shape(), Shape{0});
  EXPECT_TRUE(fails_with([] { argmax(Tensor::zeros({2, 0}), 1); }, {"argmax: nothing to compare along axis 1"}));
  EXPECT_TRUE(fails_with([&] { argmax(x, 2); }, {"argmax: axis 2 is outside the shape [3, 3]"}));
  EXPECT_TRUE(fails_with([&] { argmax(x.to(Dtype::int64), 0); }, {"argmax: expected a floating dtype, got int64"}));
}

TEST(Reduce, OverAllAxesGivesAScalar) {
  const Tensor x = Tensor::from<float>({1, 2, 3, 4, 5, 6}, {2, 3});
  EXPECT_EQ(sum(x).shape(), Shape{});
  EXPECT_EQ(sum(x).item(), 21.0);
  EXPECT_EQ(mean(x).item(), 3.5);
  EXPECT_EQ(max(x, {}, true).shape(), (Shape{1, 1}));
  EXPECT_EQ(sum(Tensor::full({}, 4.0)).item(), 4.0);
}

TEST(Reduce, AFloat32SumIsRoundedOnce) {
  // 2^24 + 1 + 1 + ...: each 1 alone is lost in float32.
  Tensor x = Tensor::full({1001}, 1.0);
  x.mutable_values<float>()[0] = 16777216.0F;
  EXPECT_EQ(sum(x).item(), 16778216.0);
}

TEST(Reduce, OverNothing) {
  const Tensor none = Tensor::zeros({2, 0});
  EXPECT_EQ(sum(none).item(), 0.0);
  EXPECT_EQ(sum(none, {1}).to_vector(), (std::vector<double>{0, 0}));
  EXPECT_EQ(sum(none, {0}).shape(), Shape{0});
  EXPECT_EQ(max(none, {0}).shape(), Shape{0});
  EXPECT_EQ(mean(none, {0}).shape(), Shape{0});
  EXPECT_TRUE(fails_with([&] { max(none, {1}); }, {"max: nothing to reduce in the shape [2, 0]"}));
  EXPECT_TRUE(fails_with([&] { max(none); }, {"max: nothing to reduce"}));
  EXPECT_TRUE(fails_with([&] { mean(none, {1}); }, {"mean: nothing to average in the shape [2, 0]"}));
  EXPECT_TRUE(fails_with([&] { mean(none); }, {"mean: nothing to average"}));
}

TEST(Reduce, ANaNWins) {
  constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
  const Tensor x = Tensor::from<float>({1, kNaN, 3, kNaN, 2, 1, 5, 6, kNaN}, {3, 3});
  for (const double value : max(x, {1}).to_vector()) EXPECT_TRUE(std::isnan(value));
  EXPECT_TRUE(std::isnan(sum(x).item()));
  EXPECT_TRUE(std::isnan(mean(x).item()));
  EXPECT_EQ(max(Tensor::full({3}, -INFINITY)).item(), -INFINITY);
}

TEST(Reduce, SumToUndoesBroadcasting) {
  for (std::uint32_t number = 0; number < 100; ++number) {
    const Tensor x = noise(testing::random_shape(number, 5), number);
    const Shape operand = testing::random_operand(x.shape(), number, 0);
    std::vector<double> expected(static_cast<std::size_t>(operand.elements()), 0.0);
    const std::vector<double> values = x.to_vector();
    for (std::int64_t i = 0; i < x.elements(); ++i) {
      expected[broadcast_offset(operand, index_of(x.shape(), i))] += values[static_cast<std::size_t>(i)];
    }
    EXPECT_TRUE(matches(sum_to(x, operand), operand, expected, 1e-14, 1e-14));
  }
  EXPECT_TRUE(fails_with([] { sum_to(Tensor::zeros({2, 3}), {2}); }, {"sum_to: shapes [1, 2] and [2, 3]"}));
  EXPECT_TRUE(fails_with([] { sum_to(Tensor::zeros({3}), {2, 3}); }, {"sum_to: [2, 3] was not broadcast to [3]"}));
}

TEST(Reduce, BadAxesAreNamed) {
  const Tensor x = Tensor::zeros({2, 3});
  EXPECT_TRUE(fails_with([&] { sum(x, {2}); }, {"sum: axis 2 is outside the shape [2, 3]"}));
  EXPECT_TRUE(fails_with([&] { max(x, {-3}); }, {"max: axis -3 is outside the shape [2, 3]"}));
  EXPECT_TRUE(fails_with([&] { mean(x.to(Dtype::int64)); }, {"mean: expected a floating dtype, got int64"}));
}

}  // namespace
}  // namespace posthoc
