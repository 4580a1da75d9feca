#include "optim/logistic_regression.h"

#include <cmath>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <vector>

#include "autograd/ops.h"
#include "support/close.h"
#include "support/expect_error.h"
#include "support/json_file.h"

namespace posthoc::optim {
namespace {

using testing::all_close;
using testing::close;
using testing::fails_with;

TEST(Lbfgs, FindsTheMinimumOfAQuadraticForm) {  // sum_i (i + 1) (x_i - i)^2: the condition number is 50
  const std::int64_t n = 50;
  std::vector<double> weights;
  std::vector<double> centres;
  for (int i = 0; i < n; ++i) {
    weights.push_back(i + 1.0);
    centres.push_back(i);
  }
  const Variable x(Tensor::zeros({n}, Dtype::float64), true);
  const Variable w(Tensor::from(weights, {n}));
  const Variable c(Tensor::from(centres, {n}));
  const auto loss = [&] { return sum(mul(w, mul(sub(x, c), sub(x, c)))); };
  const LbfgsResult found = minimize_lbfgs({{"x", x}}, loss, {.gradient_tolerance = 1e-7});
  EXPECT_TRUE(found.converged);
  EXPECT_LT(found.iterations, 60);
  EXPECT_TRUE((all_close<double, double>(x.value().to_vector(), centres, 1e-8, 1e-8)));
}

TEST(Lbfgs, FindsRosenbrocksValleyFromTheUsualStart) {  // (1 - x)^2 + 100 (y - x^2)^2, minimum at (1, 1)
  const Variable x(Tensor::from<double>({-1.2}, {1}), true);
  const Variable y(Tensor::from<double>({1.0}, {1}), true);
  const Variable one(Tensor::from<double>({1.0}, {1}));
  const auto loss = [&] {
    const Variable a = sub(one, x);
    const Variable b = sub(y, mul(x, x));
    return add(mul(a, a), mul(mul(b, b), 100.0));
  };
  const LbfgsResult found = minimize_lbfgs({{"x", x}, {"y", y}}, loss, {.memory = 5});
  EXPECT_TRUE(found.converged);
  EXPECT_TRUE(close(x.value().item(), 1.0, 1e-7));
  EXPECT_TRUE(close(y.value().item(), 1.0, 1e-7));
  EXPECT_TRUE(close(found.loss, 0.0, 0.0, 1e-14));
}

TEST(Lbfgs, SaysWhereItEndedWhenItMayNotGoOn) {
  const Variable x(Tensor::from<double>({3.0}, {1}), true);
  const auto loss = [&] { return mul(x, x); };
  const LbfgsResult found = minimize_lbfgs({{"x", x}}, loss, {.max_iterations = 0});
  EXPECT_FALSE(found.converged);
  EXPECT_EQ(found.iterations, 0);
  EXPECT_EQ(found.loss, 9.0);
  EXPECT_EQ(found.gradient, 6.0);
  EXPECT_EQ(x.value().item(), 3.0);
}

TEST(Lbfgs, EndsWhereRoundingLeavesNothingLower) {
  const Variable x(Tensor::from<double>({0.3}, {1}), true);
  const auto loss = [&] { return exp(mul(x, x)); };  // flat within 1e-8 of 0
  const LbfgsResult found = minimize_lbfgs({{"x", x}}, loss, {.gradient_tolerance = 0.0});
  EXPECT_TRUE(close(x.value().item(), 0.0, 0.0, 1e-6));
  EXPECT_LT(found.iterations, 1000);
}

TEST(Lbfgs, RefusesOptionsAndALossWithoutAValue) {
  const Variable x(Tensor::from<double>({-1.0}, {1}), true);
  EXPECT_TRUE(fails_with([&] { minimize_lbfgs({{"x", x}}, [&] { return mul(x, x); }, {.memory = 0}); }, {"memory"}));
  EXPECT_TRUE(fails_with([&] { minimize_lbfgs({{"x", x}}, [&] { return log(x); }); }, {"not finite"}));
}

TEST(LogisticRegression, AgreesWithScikitLearn) {
  const nlohmann::json golden = testing::read_json("tests/golden/small_classifiers.json");
  for (const auto& c : golden.at("logistic_regression")) {
    SCOPED_TRACE(c.at("name").get<std::string>());
    const auto labels = c.at("y").get<std::vector<std::uint8_t>>();
    const auto n = static_cast<std::int64_t>(labels.size());
    const Tensor x = Tensor::from(c.at("x").get<std::vector<double>>(), {n, c.at("features")});
    const LogisticRegressionFit fit =
        fit_logistic_regression({x, labels}, {.inverse_regularisation = c.at("inverse_regularisation")});
    // Near its minimum the loss is flat: a gradient of 1e-8 leaves the weights of two features that are nearly one
    // within 1e-5.
    const auto expected = c.at("coefficients").get<std::vector<double>>();
    EXPECT_TRUE((all_close<double, double>(fit.model->weight().to_vector(), expected, 1e-5, 1e-7)));
    EXPECT_TRUE(close(fit.model->bias().item(), c.at("intercept"), 1e-6, 1e-7));
    EXPECT_TRUE(close(fit.search.loss, c.at("objective"), 1e-12));
    const auto p = c.at("p").get<std::vector<double>>();
    EXPECT_TRUE((all_close<double, double>(nn::scores(*fit.model, x), p, 1e-6, 1e-9)));
  }
}

TEST(LogisticRegression, IsANetworkLikeAnother) {
  nn::LogisticRegression model(3);
  const Tensor x = Tensor::from<float>({1, 2, 3, -1, 0, 0.5}, {2, 3});
  EXPECT_EQ(nn::scores(model, x), (std::vector<double>{0.5, 0.5}));
  model.load_state_dict(
      {{"out.weight", Tensor::from<float>({1, -1, 2}, {1, 3})}, {"out.bias", Tensor::from<float>({-5}, {1})}});
  EXPECT_EQ(model.logits(Variable(x)).value().to_vector(), (std::vector<double>{0, -5}));
  const std::shared_ptr<nn::Classifier> copy = model.clone_classifier();
  EXPECT_EQ(nn::scores(*copy, x), nn::scores(model, x));
  EXPECT_EQ(copy->inputs(), 3);
  ASSERT_TRUE(copy->chain());
  EXPECT_EQ(copy->chain()->size(), 1U);
  EXPECT_EQ(copy->parameters().size(), 2U);
}

TEST(LogisticRegression, RefusesWhatDoesNotFit) {
  const Tensor x = Tensor::from<float>({1, 2, 3, 4}, {2, 2});
  const std::vector<std::uint8_t> labels{0, 1};
  const std::vector<std::uint8_t> three{0, 1, 1};
  const std::vector<std::uint8_t> bad{0, 3};
  EXPECT_TRUE(fails_with([&] { fit_logistic_regression({x, three}); }, {"2 rows but 3 labels"}));
  EXPECT_TRUE(fails_with([&] { fit_logistic_regression({x, bad}); }, {"0 or 1"}));
  EXPECT_TRUE(fails_with([&] { fit_logistic_regression({Tensor(), labels}); }, {"got nothing"}));
  EXPECT_TRUE(fails_with(
      [&] {
        fit_logistic_regression({x, labels}, {.inverse_regularisation = 0.0});
      },
      {"C", "got 0"}));
  EXPECT_TRUE(fails_with(
      [&] {
        fit_logistic_regression({x, labels}, {.search = {.max_iterations = 1}});
      },
      {"ended after 1 iterations"}));
  EXPECT_TRUE(fails_with([&] { nn::LogisticRegression(0); }, {"at least 1 input"}));
}

}  // namespace
}  // namespace posthoc::optim
