#include "autograd/op_cases.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>

#include "autograd/gradcheck.h"
#include "autograd/losses.h"
#include "autograd/ops.h"
#include "support/close.h"
#include "support/expect_error.h"
#include "tensor/random.h"

namespace posthoc {
namespace {

using testing::all_close;
using testing::fails_with;
using testing::inputs_of;
using testing::op_cases;

// The output and the gradients of every input, for a random cotangent.
std::vector<Tensor> results(const testing::OpCase& op, Dtype dtype) {
  const std::vector<Variable> inputs = inputs_of(op, dtype);
  const Variable output = op.function(inputs);
  output.backward(random_normal(output.shape(), {6, purpose("cotangent"), 0}, dtype));
  std::vector<Tensor> all = {output.value()};
  for (const Variable& input : inputs) all.push_back(input.grad());
  return all;
}

TEST(OpCases, Float32AgreesWithFloat64) {
  for (const testing::OpCase& op : op_cases()) {
    const std::vector<Tensor> expected = results(op, Dtype::float64);
    const std::vector<Tensor> actual = results(op, Dtype::float32);
    ASSERT_EQ(actual.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      EXPECT_EQ(actual[i].shape(), expected[i].shape()) << op.name;
      const std::vector<double> values = actual[i].to_vector();
      const auto reference = expected[i].values<double>();
      double largest = 0.0;
      for (const double value : reference) largest = std::max(largest, std::abs(value));
      EXPECT_TRUE(all_close(std::span<const double>(values), reference, 0.0, op.tolerance * largest))
          << op.name << (i == 0 ? ", output" : ", gradient of input ") << i;
    }
  }
}

TEST(OpCases, GradientsAgreeWithCentralDifferences) {
  for (const testing::OpCase& op : op_cases()) {
    EXPECT_EQ(gradcheck(op.function, inputs_of(op, Dtype::float64)), "") << op.name;
  }
}

TEST(OpCases, OnlyTheGradientsThatAreWantedAreComputed) {
  for (const testing::OpCase& op : op_cases()) {
    for (std::size_t wanted = 0; wanted < op.shapes.size(); ++wanted) {
      std::vector<Variable> inputs = inputs_of(op, Dtype::float64);
      for (std::size_t i = 0; i < inputs.size(); ++i) inputs[i].set_requires_grad(i == wanted);
      EXPECT_EQ(gradcheck(op.function, inputs), "") << op.name;
      op.function(inputs).backward(op.function(inputs).value());
      for (std::size_t i = 0; i < inputs.size(); ++i) EXPECT_EQ(inputs[i].has_grad(), i == wanted) << op.name;
    }
  }
}

TEST(Ops, GradientsAtAKinkArePyTorchs) {
  const Variable x(Tensor::zeros({1}), true);
  add(relu(x), abs(x)).backward();
  EXPECT_EQ(x.grad().item(), 0.0);
}

TEST(Ops, BatchNormMovesTheRunningStatistics) {
  const Variable x(Tensor::from<double>({1, 10, 3, 10}, {2, 2}));
  const Variable one(Tensor::full({2}, 1.0, Dtype::float64));
  Tensor mean = Tensor::full({2}, 1.0, Dtype::float64);
  Tensor variance = Tensor::full({2}, 1.0, Dtype::float64);
  const BatchNormRunning running{mean, variance, 0.25};
  batch_norm_train(x, one, one, 1e-5, &running);
  EXPECT_EQ(mean.to_vector(), (std::vector<double>{0.75 + 0.25 * 2, 0.75 + 0.25 * 10}));
  EXPECT_EQ(variance.to_vector(), (std::vector<double>{0.75 + 0.25 * 2, 0.75}));  // unbiased: 2, 0
}

TEST(Ops, ArgumentsThatDoNotFitAreNamed) {
  const Variable x(Tensor::zeros({2, 3}));
  const Variable one(Tensor::zeros({1, 3}));
  const Variable c(Tensor::zeros({3}));
  const Tensor two = Tensor::zeros({2});
  EXPECT_TRUE(fails_with([&] { batch_norm_train(one, c, c, 1e-5); }, {"at least 2 rows to normalise by, got 1"}));
  EXPECT_TRUE(fails_with([&] { batch_norm_train(c, c, c, 1e-5); }, {"batch_norm: expected x [n, c], got [3]"}));
  EXPECT_TRUE(fails_with([&] { batch_norm_train(x, Variable(two), c, 1e-5); }, {"x is [2, 3] but gamma is [2]"}));
  EXPECT_TRUE(fails_with([&] { batch_norm_eval(x, c, c, two, c.value(), 1e-5); }, {"but mean is [2]"}));
  EXPECT_TRUE(fails_with([&] { mean_squared_error(x, two); }, {"predictions are [2, 3], targets [2]"}));
  EXPECT_TRUE(fails_with([&] { binary_cross_entropy(x, x.value().to(Dtype::float64)); }, {"dtypes differ"}));
  EXPECT_TRUE(fails_with([] { mean_squared_error(Variable(Tensor::zeros({0})), Tensor::zeros({0})); },
                         {"mean: nothing to average"}));
  EXPECT_TRUE(fails_with([&] { softmax(x, 2); }, {"softmax: axis 2 is outside the shape [2, 3]"}));
  EXPECT_TRUE(fails_with([&] { log_softmax(x, -3); }, {"log_softmax: axis -3"}));
  EXPECT_TRUE(fails_with([&] { dropout(x, 1.0, {}); }, {"dropout: the probability must lie in [0, 1), got 1"}));
  EXPECT_TRUE(fails_with([&] { linear_relu_dropout(x, x, x, 0.5, {}); }, {"linear: expected x [n, in]"}));
  EXPECT_TRUE(fails_with([&] { matmul(x, x); }, {"matmul: inner dimensions differ"}));
  EXPECT_TRUE(fails_with([&] { add(x, Variable()); }, {"the variable is undefined"}));
}

}  // namespace
}  // namespace posthoc
