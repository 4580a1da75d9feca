#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>

#include "debias/small_network.h"
#include "support/close.h"

// Every method on a network and rows that lie on the device, against the same on the host. Scores differ by rounding,
// so on rows whose scores are not nearly equal every decision, and every measure of counts, is the same.

namespace posthoc::debias {
namespace {

SmallProblem moved(SmallProblem small, Device device) {
  small.model->to(device);
  small.features = small.features.to(device);
  small.scores = nn::scores(*small.model, small.features);
  return small;
}

MethodOptions small_options() {
  MethodOptions options;
  options.random = {.trials = 20, .sigma = 0.3};
  options.layerwise = {.calls = 12, .initial_points = 5, .candidates = 200};
  options.adversarial = {.rounds = 2, .critic_steps = 5, .actor_steps = 5, .batch = 16};
  return options;
}

void expect_near(const fairness::Value& actual, const fairness::Value& expected, double tolerance) {
  ASSERT_EQ(actual.defined(), expected.defined());
  if (!expected.defined()) return;
  EXPECT_TRUE(testing::close(actual.number(), expected.number(), 0.0, tolerance));
}

class CudaMethods : public ::testing::TestWithParam<std::string> {};

TEST_P(CudaMethods, FindWhatTheyFindOnTheHost) {
  const SmallProblem on_host = small_problem();
  const SmallProblem on_device = moved(small_problem(), Device::cuda());
  const Debiased expected = method(GetParam(), small_options())->fit(on_host.problem());
  const Debiased actual = method(GetParam(), small_options())->fit(on_device.problem());

  EXPECT_EQ(actual.best_step, expected.best_step);
  ASSERT_EQ(actual.trace.size(), expected.trace.size());
  for (std::size_t i = 0; i < expected.trace.size(); ++i) {
    EXPECT_EQ(actual.trace[i].step, expected.trace[i].step);
    EXPECT_TRUE(testing::close(actual.trace[i].objective, expected.trace[i].objective, 0.0, 1e-9)) << i;
    EXPECT_TRUE(testing::close(actual.trace[i].threshold, expected.trace[i].threshold, 0.0, 1e-4)) << i;
    expect_near(actual.trace[i].bias, expected.trace[i].bias, 1e-9);
    expect_near(actual.trace[i].performance, expected.trace[i].performance, 1e-9);
  }
  ASSERT_EQ(actual.model == nullptr, expected.model == nullptr);
  if (expected.model == nullptr) return;
  const std::vector<double> scores = nn::scores(*actual.model->clone_classifier(), on_device.features);
  const std::vector<double> reference = nn::scores(*expected.model->clone_classifier(), on_host.features);
  EXPECT_TRUE(testing::all_close(std::span<const double>(scores), std::span<const double>(reference), 0.0, 1e-4));
  for (const auto& parameter : actual.model->parameters()) {
    EXPECT_EQ(parameter.variable.value().device(), Device::cuda());
  }
}

std::vector<std::string> all_methods() {
  std::vector<std::string> names;
  for (const MethodEntry& entry : methods()) names.emplace_back(entry.name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(All, CudaMethods, ::testing::ValuesIn(all_methods()), [](const auto& parameter) {
  std::string name = parameter.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

}  // namespace
}  // namespace posthoc::debias
