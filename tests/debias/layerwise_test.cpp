#include "debias/layerwise.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <limits>

#include "autograd/ops.h"
#include "debias/baselines.h"
#include "debias/small_problem.h"
#include "nn/linear.h"
#include "support/close.h"
#include "support/expect_error.h"

namespace posthoc::debias {
namespace {

using testing::close;
using testing::fails_with;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

double threshold_of(const Debiased& debiased) { return std::get<Threshold>(debiased.rule).threshold; }

LayerwiseOptions quick(std::int64_t calls = 25) { return {.calls = calls, .initial_points = 5, .candidates = 200}; }

double detail(const Debiased& debiased, std::string_view name) {
  for (const Detail& d : debiased.details) {
    if (d.name == name) return d.value.number();
  }
  return kNan;
}

// Names of the tensors in which two networks of the same make differ.
std::vector<std::string> changed(const nn::Module& a, const nn::Module& b) {
  const nn::StateDict left = a.state_dict();
  const nn::StateDict right = b.state_dict();
  std::vector<std::string> names;
  for (const auto& [name, tensor] : left) {
    if (tensor.to_vector() != right.at(name).to_vector()) names.push_back(name);
  }
  return names;
}

// What the trace says of the winner is what the model and its threshold do.
void expect_consistent(const Debiased& fitted, const Problem& problem) {
  const std::vector<double> scores = nn::scores(*fitted.model->clone_classifier(), problem.features);
  const fairness::Outcomes outcomes{scores, problem.validation.labels, problem.validation.groups};
  const TracePoint& best = fitted.trace[static_cast<std::size_t>(fitted.best_step)];
  EXPECT_EQ(best.threshold, threshold_of(fitted));
  EXPECT_EQ(fairness::evaluate(problem.objective, outcomes, best.threshold), best.objective);
  for (const TracePoint& point : fitted.trace) EXPECT_GE(point.objective, best.objective);
}

TEST(Layerwise, ChangesOneStageWithinItsBoxAndIsNoWorseThanTheThreshold) {
  const SmallProblem small = small_problem();
  for (const char* bias : {"spd", "eod", "aod"}) {
    SCOPED_TRACE(bias);
    const Problem problem = small.problem(bias);
    const Debiased threshold = ThresholdOnly().fit(problem);
    const Debiased fitted = Layerwise(quick()).fit(problem);
    expect_consistent(fitted, problem);
    const double tuned = fairness::evaluate(problem.objective, problem.validation, threshold_of(threshold));
    EXPECT_EQ(fitted.trace[0].objective, tuned);
    EXPECT_LT(fitted.trace[static_cast<std::size_t>(fitted.best_step)].objective, tuned);

    const std::vector<nn::Stage> stages = small.model->stages();
    ASSERT_EQ(fitted.trace.size(), 25 * stages.size());
    for (std::size_t i = 0; i < fitted.trace.size(); ++i) {
      EXPECT_EQ(fitted.trace[i].step, static_cast<std::int64_t>(i));
    }
    for (std::size_t i = 0; i < fitted.trace.size(); i += 25) {  // every stage starts with the original weights
      EXPECT_EQ(fitted.trace[i].objective, tuned);
    }
    const auto best_stage = static_cast<std::size_t>(fitted.best_step / 25);
    EXPECT_EQ(detail(fitted, "best_stage"), static_cast<double>(best_stage));
    EXPECT_EQ(detail(fitted, "evaluations"), static_cast<double>(fitted.trace.size()));
    const std::string& name = stages[best_stage].name;
    EXPECT_EQ(fitted.notes, (std::vector<std::string>{fmt::format("the stage {} was changed", name)}));
    for (const std::string& tensor : changed(*small.model, *fitted.model)) {
      EXPECT_TRUE(tensor == name + ".weight" || tensor == name + ".bias") << tensor;
      const std::vector<double> before = small.model->state_dict().at(tensor).to_vector();
      const std::vector<double> after = fitted.model->state_dict().at(tensor).to_vector();
      double mean = 0.0;
      double squares = 0.0;
      for (const double w : before) mean += w / static_cast<double>(before.size());
      for (const double w : before) squares += (w - mean) * (w - mean) / static_cast<double>(before.size());
      for (std::size_t i = 0; i < before.size(); ++i) {
        EXPECT_LE(std::abs(after[i] - before[i]), 2.2 * std::sqrt(squares) * (1 + 1e-6));
      }
    }
    EXPECT_FALSE(changed(*small.model, *fitted.model).empty());
  }
}

TEST(Layerwise, TheOriginalNetworkIsLeftAlone) {
  const SmallProblem small = small_problem();
  const auto copy = small.model->clone_classifier();
  static_cast<void>(Layerwise(quick()).fit(small.problem()));
  EXPECT_EQ(changed(*copy, *small.model), std::vector<std::string>());
  EXPECT_EQ(copy->training(), small.model->training());
}

TEST(Layerwise, SearchesNormalisationOnDemand) {
  const SmallProblem small = small_problem();
  // Weights of one value give no scale, so only those that are made to differ are searched.
  for (nn::NamedParameter& parameter : small.model->parameters()) {
    const auto values = parameter.variable.mutable_value().mutable_values<float>();
    if (parameter.name.find("bn") == 0) {
      for (std::size_t i = 0; i < values.size(); ++i) values[i] += 0.1F * static_cast<float>(i);
    }
  }
  LayerwiseOptions options = quick();
  const Debiased without = Layerwise(options).fit(small.problem());
  options.batch_norm = true;
  const Debiased with = Layerwise(options).fit(small.problem());
  // Three hidden layers of width 6: 4 * 6 + 6 and 2 * (36 + 6), then 6 weights; the last bias is alone and stays.
  EXPECT_EQ(detail(without, "searched_parameters"), 30 + 84 + 6);
  EXPECT_EQ(detail(with, "searched_parameters"), 30 + 84 + 6 + 3 * 12);
  expect_consistent(with, small.problem());
}

TEST(Layerwise, ItsSeedAndAcquisitionDecide) {
  const SmallProblem small = small_problem();
  Problem problem = small.problem();
  const auto objectives = [&](const LayerwiseOptions& options) {
    std::vector<double> all;
    for (const TracePoint& point : Layerwise(options).fit(problem).trace) all.push_back(point.objective);
    return all;
  };
  LayerwiseOptions options = quick(60);
  const std::vector<double> first = objectives(options);
  EXPECT_EQ(objectives(options), first);
  options.acquisition = LayerwiseOptions::Acquisition::expected_improvement;
  EXPECT_NE(objectives(options), first);
  options = quick(60);
  options.local_share = 0.0;
  EXPECT_NE(objectives(options), first);
  options = quick(60);
  problem.seed = 6;
  EXPECT_NE(objectives(options), first);
}

TEST(Layerwise, OneCallIsTheThreshold) {
  const SmallProblem small = small_problem();
  const Problem problem = small.problem();
  const Debiased fitted = Layerwise({.calls = 1}).fit(problem);
  EXPECT_EQ(fitted.best_step, 0);
  EXPECT_EQ(threshold_of(fitted), threshold_of(ThresholdOnly().fit(problem)));
  EXPECT_EQ(changed(*small.model, *fitted.model), std::vector<std::string>());
  ASSERT_EQ(fitted.notes.size(), 1U);
  EXPECT_NE(fitted.notes[0].find("no weights that were tried are better"), std::string::npos);
  EXPECT_FALSE(fitted.details[0].value.defined());
}

TEST(Layerwise, AStageOfConstantTensorsStaysAsItIs) {
  const SmallProblem small = small_problem();
  for (nn::NamedParameter& parameter : small.model->parameters()) {
    for (float& value : parameter.variable.mutable_value().mutable_values<float>()) value = 0.25F;
  }
  SmallProblem constant = small;
  constant.scores = nn::scores(*small.model, small.features);
  const Debiased fitted = Layerwise(quick()).fit(constant.problem());
  EXPECT_EQ(fitted.trace.size(), 4U);  // the original weights, once a stage
  EXPECT_EQ(fitted.trace[3].step, 75);
  EXPECT_EQ(detail(fitted, "searched_parameters"), 0.0);
  EXPECT_EQ(fitted.best_step, 0);
}

// A network that is no chain: one stage, with all parameters.
class Logistic : public nn::Classifier {
 public:
  Logistic() : linear_(register_module("linear", std::make_shared<nn::Linear>(4, 1, RandomStream{2, 1, 1}))) {}
  Variable logits(const Variable& x) override { return linear_->forward(x); }
  [[nodiscard]] std::int64_t inputs() const override { return 4; }
  [[nodiscard]] std::shared_ptr<Module> clone() const override { return copy_into(std::make_shared<Logistic>()); }

 private:
  std::shared_ptr<nn::Linear> linear_;
};

// Its logits are the logarithm of a sum that is positive for weights near the original ones alone.
class Logarithmic final : public Logistic {
 public:
  Logarithmic() { parameters()[1].variable.mutable_value().mutable_values<float>()[0] = 1.2F; }
  Variable logits(const Variable& x) override { return log(Logistic::logits(x)); }
  [[nodiscard]] std::shared_ptr<Module> clone() const override { return copy_into(std::make_shared<Logarithmic>()); }
};

TEST(Layerwise, WeightsWithoutFiniteScoresNeverWin) {
  SmallProblem small = small_problem();
  const auto model = std::make_shared<Logarithmic>();
  small.scores = nn::scores(*model, small.features);
  Problem problem = small.problem();
  problem.model = model;
  const Debiased fitted = Layerwise(quick(60)).fit(problem);
  int infinite = 0;
  for (const TracePoint& point : fitted.trace) {
    if (std::isfinite(point.objective)) continue;
    ++infinite;
    EXPECT_NE(point.bias.reason().find("has scores that are not finite"), std::string::npos);
  }
  EXPECT_GT(infinite, 0);
  EXPECT_LT(infinite, 60);
  expect_consistent(fitted, problem);
}

TEST(Layerwise, ANetworkThatIsNoChainIsOneStage) {
  SmallProblem small = small_problem();
  const auto model = std::make_shared<Logistic>();
  small.scores = nn::scores(*model, small.features);
  Problem problem = small.problem();
  problem.model = model;
  const Debiased fitted = Layerwise(quick()).fit(problem);
  EXPECT_EQ(fitted.trace.size(), 25U);
  EXPECT_EQ(detail(fitted, "searched_parameters"), 4.0);  // the bias is alone and stays
  EXPECT_LT(fitted.trace[static_cast<std::size_t>(fitted.best_step)].objective, fitted.trace[0].objective);
  expect_consistent(fitted, problem);
}

TEST(Layerwise, HardProblemsHaveADefinedResult) {
  SmallProblem three = small_problem();
  for (std::size_t i = 0; i < three.groups.size(); i += 3) three.groups[i] = 2;
  SmallProblem one_class = small_problem();
  std::fill(one_class.labels.begin(), one_class.labels.end(), std::uint8_t{1});
  SmallProblem one_group = small_problem();
  std::fill(one_group.groups.begin(), one_group.groups.end(), 0);
  for (const SmallProblem& hard : {three, one_class, one_group}) {
    for (const char* bias : {"spd", "eod"}) {
      const Problem problem = hard.problem(bias);
      expect_consistent(Layerwise(quick()).fit(problem), problem);
    }
  }
}

TEST(Layerwise, BadProblemsAreRefused) {
  const SmallProblem small = small_problem();
  Problem problem = small.problem();
  problem.model = nullptr;
  EXPECT_TRUE(fails_with([&] { static_cast<void>(Layerwise().fit(problem)); }, {"changes the model", "only scores"}));

  SmallProblem bad = small;
  bad.scores[3] = kNan;
  EXPECT_TRUE(fails_with([&] { static_cast<void>(Layerwise().fit(bad.problem())); }, {"3"}));
  bad = small;
  bad.features = small.features.rows(0, 100);
  EXPECT_TRUE(fails_with([&] { static_cast<void>(Layerwise().fit(bad.problem())); }, {"validation features [120, 4]"}));
  bad = small;
  bad.model = std::make_shared<nn::Mlp>(nn::MlpOptions{.input = 4, .depth = 1, .width = 3}, 3);
  bad.model->parameters()[0].variable.mutable_value().mutable_values<float>()[0] = std::nanf("");
  EXPECT_TRUE(fails_with([&] { static_cast<void>(Layerwise().fit(bad.problem())); }, {"weights or the data are not"}));
}

TEST(Layerwise, OptionsAreChecked) {
  const auto refused = [](const LayerwiseOptions& options, std::string_view part) {
    return fails_with([&] { static_cast<void>(method("layerwise", {.layerwise = options})); }, {"layerwise", part});
  };
  EXPECT_TRUE(refused({.calls = 0}, "calls must lie in [1, 8192], got 0"));
  EXPECT_TRUE(refused({.calls = 8193}, "calls must lie in [1, 8192], got 8193"));
  EXPECT_TRUE(refused({.initial_points = 0}, "initial point, got 0"));
  EXPECT_TRUE(refused({.box = 0.0}, "box must lie in (0, 1000], got 0"));
  EXPECT_TRUE(refused({.box = kNan}, "box must lie in"));
  EXPECT_TRUE(refused({.local_share = -0.1}, "share of neighbours must lie in [0, 1], got -0.1"));
  EXPECT_TRUE(refused({.candidates = 0}, "candidate, got 0"));
  EXPECT_TRUE(refused({.beta = -1.0}, "beta must be finite and not negative, got -1"));
  EXPECT_TRUE(refused({.beta = kNan}, "beta must be finite"));
}

}  // namespace
}  // namespace posthoc::debias
