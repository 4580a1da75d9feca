#include <cmath>
#include <gtest/gtest.h>
#include <limits>

#include "autograd/ops.h"
#include "optim/adam.h"
#include "optim/sgd.h"
#include "support/close.h"
#include "support/expect_error.h"

namespace posthoc::optim {
namespace {

using posthoc::testing::close;
using posthoc::testing::fails_with;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::vector<nn::NamedParameter> two_scalars() {
  return {{"a", Variable(Tensor::full({}, 1.0, Dtype::float64), true)},
          {"b", Variable(Tensor::full({}, 1.0, Dtype::float64), true)}};
}

// Collects the gradient 2 in each parameter that wants one.
void collect(const std::vector<nn::NamedParameter>& parameters) {
  for (const nn::NamedParameter& parameter : parameters) {
    if (parameter.variable.requires_grad()) mul(parameter.variable, 2.0).backward();
  }
}

TEST(Optimizer, FrozenParametersAndThoseWithoutAGradientStay) {
  for (const bool use_adam : {false, true}) {
    std::vector<nn::NamedParameter> parameters = two_scalars();
    parameters.push_back({"frozen", Variable(Tensor::full({}, 1.0, Dtype::float64), true)});
    std::unique_ptr<Optimizer> optimizer;
    if (use_adam) {
      optimizer = std::make_unique<Adam>(parameters, AdamOptions{.learning_rate = 0.1});
    } else {
      optimizer = std::make_unique<Sgd>(parameters, SgdOptions{.learning_rate = 0.1, .momentum = 0.9});
    }
    collect({parameters[0], parameters[2]});
    parameters[2].variable.set_requires_grad(false);
    for (int step = 0; step < 3; ++step) optimizer->step();
    EXPECT_LT(parameters[0].variable.value().item(), 1.0);
    EXPECT_EQ(parameters[1].variable.value().item(), 1.0);
    EXPECT_EQ(parameters[2].variable.value().item(), 1.0);
    optimizer->zero_grad();
    EXPECT_FALSE(parameters[0].variable.has_grad());
  }
}

TEST(Optimizer, AdamCountsTheStepsOfEachParameter) {
  // A parameter that joins later starts with the bias correction of a first step: lr * g / |g|.
  const std::vector<nn::NamedParameter> parameters = two_scalars();
  Adam adam(parameters, {.learning_rate = 0.1});
  collect({parameters[0]});
  adam.step();
  collect({parameters[1]});
  adam.step();
  EXPECT_TRUE(close(parameters[1].variable.value().item(), 1.0 - 0.1, 1e-8));
}

TEST(Optimizer, SgdWithoutMomentumIsAPlainStep) {
  const std::vector<nn::NamedParameter> parameters = two_scalars();
  Sgd sgd(parameters, {.learning_rate = 0.25});
  collect(parameters);
  sgd.step();
  sgd.step();
  EXPECT_EQ(parameters[0].variable.value().item(), 0.0);
}

TEST(Optimizer, WeightDecayPullsTowardsZeroAndLeavesTheGradient) {
  const std::vector<nn::NamedParameter> parameters = two_scalars();
  Sgd sgd({parameters[0]}, {.learning_rate = 0.5, .weight_decay = 0.25});
  collect(parameters);
  sgd.step();
  EXPECT_EQ(parameters[0].variable.value().item(), 1.0 - 0.5 * (2.0 + 0.25 * 1.0));
  EXPECT_EQ(parameters[0].variable.grad().item(), 2.0);
  Adam adam({parameters[1]}, {.learning_rate = 0.5, .weight_decay = 0.25});
  adam.step();
  EXPECT_EQ(parameters[1].variable.grad().item(), 2.0);
}

TEST(Optimizer, OptionsAreChecked) {
  for (const double rate : {0.0, -1.0, std::nan("")}) {
    EXPECT_TRUE(fails_with([&] { Adam({}, {.learning_rate = rate}); }, {"Adam: the learning rate must be positive"}));
    EXPECT_TRUE(fails_with([&] { Sgd({}, {.learning_rate = rate}); }, {"Sgd: the learning rate must be positive"}));
  }
  EXPECT_TRUE(fails_with([] { Adam({}, {.learning_rate = kInfinity}); }, {"expected a finite rate"}));
  EXPECT_TRUE(fails_with([] { Sgd({}, {.learning_rate = kInfinity}); }, {"expected a finite rate"}));
  EXPECT_TRUE(fails_with([] { Adam({}, {.beta1 = 1.0}); }, {"Adam: beta1 and beta2 must lie in [0, 1)"}));
  EXPECT_TRUE(fails_with([] { Adam({}, {.beta2 = std::nan("")}); }, {"Adam: beta1 and beta2"}));
  EXPECT_TRUE(fails_with([] { Adam({}, {.eps = -1e-8}); }, {"Adam: eps must not be negative"}));
  EXPECT_TRUE(fails_with([] { Sgd({}, {.momentum = 1.0}); }, {"Sgd: the momentum must lie in [0, 1)"}));
  for (const double decay : {-0.1, std::nan(""), kInfinity}) {
    EXPECT_TRUE(fails_with([&] { Adam({}, {.weight_decay = decay}); }, {"Adam: the weight decay must be finite"}));
    EXPECT_TRUE(fails_with([&] { Sgd({}, {.weight_decay = decay}); }, {"Sgd: the weight decay must be finite"}));
  }
  Sgd sgd({}, {});
  for (const double rate : {-1.0, std::nan(""), kInfinity}) {
    EXPECT_TRUE(fails_with([&] { sgd.set_learning_rate(rate); }, {"set_learning_rate: expected a finite rate"}));
  }
}

}  // namespace
}  // namespace posthoc::optim
