#include <functional>
#include <gtest/gtest.h>

#include "autograd/losses.h"
#include "autograd/ops.h"
#include "support/expect_error.h"

// What each operation says of arguments that it cannot take. Devices: tests/tensor/elementwise_test.cpp.

namespace posthoc {
namespace {

using testing::fails_with;

Variable zeros(const Shape& shape, Dtype dtype = Dtype::float32) { return Variable(Tensor::zeros(shape, dtype), true); }

const Variable x = zeros({2, 3});
const Variable wide = zeros({2, 3}, Dtype::float64);
const Variable other = zeros({4, 2});
const Variable c = zeros({3});
const Variable counts = Variable(Tensor::zeros({2, 3}, Dtype::int64));

struct TwoOperands {
  std::string name;
  std::function<Variable(const Variable&, const Variable&)> function;
};

// Operations of two operands that broadcast.
std::vector<TwoOperands> element_wise() {
  using Two = Variable (*)(const Variable&, const Variable&);
  return {{"add", static_cast<Two>(add)},
          {"sub", static_cast<Two>(sub)},
          {"mul", static_cast<Two>(mul)},
          {"div", static_cast<Two>(div)},
          {"pow", static_cast<Two>(pow)},
          {"maximum", static_cast<Two>(maximum)},
          {"minimum", static_cast<Two>(minimum)},
          {"where", [](const Variable& a, const Variable& b) { return where(a.value(), a, b); }}};
}

// Operations of two operands with rules of their own for shapes.
std::vector<TwoOperands> structured() {
  return {
      {"matmul", [](const Variable& a, const Variable& b) { return matmul(a, b, false, true); }},
      {"linear", [](const Variable& a, const Variable& b) { return linear(a, b, zeros({2}, a.dtype())); }},
      {"concatenate",
       [](const Variable& a, const Variable& b) {
         return concatenate({a, b});
       }},
      {"layer_norm", [](const Variable& a, const Variable& b) { return layer_norm(a, reshape(b, {6}), b, 1e-5); }},
      {"batch_norm",
       [](const Variable& a, const Variable& b) { return batch_norm_train(a, reshape(b, {6}), b, 1e-5); }},
      {"binary_cross_entropy", [](const Variable& a, const Variable& b) { return binary_cross_entropy(a, b.value()); }},
      {"binary_cross_entropy_with_logits",
       [](const Variable& a, const Variable& b) { return binary_cross_entropy_with_logits(a, b.value()); }},
      {"mean_squared_error", [](const Variable& a, const Variable& b) { return mean_squared_error(a, b.value()); }}};
}

TEST(Errors, MixedDtypesAreNamedByTheOperation) {
  std::vector<TwoOperands> all = element_wise();
  for (const TwoOperands& op : structured()) all.push_back(op);
  for (const TwoOperands& op : all) {
    EXPECT_TRUE(fails_with([&] { op.function(x, wide); },
                           {op.name + ": dtypes differ: float32 and float64; convert one with to(Dtype)"}))
        << op.name;
    EXPECT_TRUE(fails_with([&] { op.function(x, Variable()); }, {"the variable is undefined"})) << op.name;
    EXPECT_TRUE(fails_with([&] { op.function(x, Variable(Tensor())); }, {"undefined"})) << op.name;
    EXPECT_TRUE(fails_with([&] { op.function(Variable(), x); }, {"the variable is undefined"})) << op.name;
  }
}

TEST(Errors, ShapesThatDoNotBroadcastAreNamedByTheOperation) {
  for (const TwoOperands& op : element_wise()) {
    EXPECT_TRUE(fails_with([&] { op.function(x, other); }, {op.name + ": shapes [2, 3] and [4, 2] do not broadcast"}));
  }
}

TEST(Errors, OperationsOnIntegersAreRefused) {
  using One = Variable (*)(const Variable&);
  const std::vector<std::pair<std::string, One>> unary_ops = {{"neg", neg},         {"exp", exp},  {"log", log},
                                                              {"sqrt", sqrt},       {"abs", abs},  {"tanh", tanh},
                                                              {"sigmoid", sigmoid}, {"relu", relu}};
  std::vector<std::pair<std::string, std::function<Variable()>>> all;
  for (const auto& [name, op] : unary_ops) all.emplace_back(name, [op = op] { return op(counts); });
  for (const TwoOperands& op : element_wise()) all.emplace_back(op.name, [op] { return op.function(counts, counts); });
  all.emplace_back("mul", [] { return mul(counts, 2.0); });
  all.emplace_back("leaky_relu", [] { return leaky_relu(counts, 0.1); });
  all.emplace_back("clamp", [] { return clamp(counts, 0, 1); });
  all.emplace_back("sum", [] { return sum(counts); });
  all.emplace_back("mean", [] { return mean(counts); });
  all.emplace_back("variance", [] { return variance(counts); });
  all.emplace_back("max", [] { return max(counts); });
  all.emplace_back("softmax", [] { return softmax(counts, 0); });
  all.emplace_back("log_softmax", [] { return log_softmax(counts, 0); });
  all.emplace_back("matmul", [] { return matmul(counts, counts); });
  all.emplace_back("layer_norm", [] { return layer_norm(counts, c, c, 1e-5); });
  all.emplace_back("dropout", [] { return dropout(counts, 0.5, {}); });
  for (const auto& [name, call] : all) {
    EXPECT_TRUE(fails_with(call, {name + ": expected a floating dtype, got int64"})) << name;
  }
}

TEST(Errors, BadAxesAreNamedByTheOperation) {
  const std::vector<std::pair<std::string, std::function<Variable(int)>>> all = {
      {"sum", [](int axis) { return sum(x, {axis}); }},
      {"mean", [](int axis) { return mean(x, {axis}); }},
      {"variance", [](int axis) { return variance(x, {axis}); }},
      {"max", [](int axis) { return max(x, {axis}); }},
      {"softmax", [](int axis) { return softmax(x, axis); }},
      {"log_softmax", [](int axis) { return log_softmax(x, axis); }},
      {"transpose", [](int axis) { return transpose(x, 0, axis); }},
      {"slice", [](int axis) { return slice(x, axis, 0, 1); }},
      {"concatenate", [](int axis) {
         return concatenate({x, x}, axis);
       }}};
  for (const auto& [name, function] : all) {
    for (const int axis : {2, -3}) {
      EXPECT_TRUE(fails_with([&, f = function] { f(axis); },
                             {name + ": axis " + std::to_string(axis) + " is outside the shape [2, 3]"}));
    }
  }
}

TEST(Errors, ShapesThatDoNotFitTheOperationAreNamed) {
  EXPECT_TRUE(fails_with([] { matmul(x, c); }, {"matmul: expected two matrices, a is [2, 3], b is [3]"}));
  EXPECT_TRUE(fails_with([] { matmul(x, x, true, true); },
                         {"matmul: inner dimensions differ: a is [2, 3] transposed, b is [2, 3] transposed"}));
  EXPECT_TRUE(fails_with([] { linear(x, other, c); }, {"linear: x is [2, 3] but weight [4, 2] takes 2 features"}));
  EXPECT_TRUE(fails_with([] { reshape(x, {4}); }, {"reshape: [2, 3] has 6 elements, [4] has 4"}));
  EXPECT_TRUE(fails_with([] { slice(x, 1, 2, 4); }, {"slice: [2, 4) is not within axis 1 of the shape [2, 3]"}));
  EXPECT_TRUE(fails_with([] { concatenate(std::vector<Variable>{}); }, {"concatenate: expected at least one tensor"}));
  EXPECT_TRUE(fails_with([] { concatenate({x, other}); }, {"concatenate: shapes [2, 3] and [4, 2] differ on more"}));
  EXPECT_TRUE(fails_with([] { gather_rows(x, Tensor::from<std::int64_t>({2}, {1})); },
                         {"gather_rows: row 2 is outside the 2 rows of [2, 3]"}));
  EXPECT_TRUE(fails_with([] { gather_rows(x, c.value()); }, {"gather_rows: expected an int64 index of rank 1"}));
  EXPECT_TRUE(fails_with([] { clamp(x, 1, 0); }, {"clamp: expected low <= high, got 1 and 0"}));
  EXPECT_TRUE(fails_with([] { variance(zeros({1})); }, {"variance: 1 elements of the shape [1] are too few"}));
  EXPECT_TRUE(fails_with([] { max(zeros({0})); }, {"max: nothing to reduce in the shape [0]"}));
  EXPECT_TRUE(fails_with([] { layer_norm(x, other, c, 1e-5); }, {"layer_norm: x is [2, 3] but gamma is [4, 2]"}));
  EXPECT_TRUE(fails_with([] { layer_norm(x, c, zeros({2}), 1e-5); }, {"layer_norm: x is [2, 3] but beta is [2]"}));
  EXPECT_TRUE(fails_with([] { layer_norm(zeros({}), c, c, 1e-5); }, {"layer_norm: expected x [.., c]", "got []"}));
  EXPECT_TRUE(fails_with(
      [] {
        layer_norm(zeros({2, 0}), c, c, 1e-5);
      },
      {"layer_norm: expected x [.., c] with c >= 1"}));
}

}  // namespace
}  // namespace posthoc
