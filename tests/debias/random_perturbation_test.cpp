#include "debias/random_perturbation.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>

#include "debias/baselines.h"
#include "debias/small_problem.h"
#include "support/close.h"
#include "support/expect_error.h"
#include "tensor/random.h"

namespace posthoc::debias {
namespace {

using testing::close;
using testing::fails_with;

double threshold_of(const Debiased& debiased) { return std::get<Threshold>(debiased.rule).threshold; }

// Every tensor of the two networks is the same, bit for bit.
void expect_same_network(const nn::Module& a, const nn::Module& b) {
  const nn::StateDict left = a.state_dict();
  const nn::StateDict right = b.state_dict();
  ASSERT_EQ(left.size(), right.size());
  for (const auto& [name, tensor] : left) EXPECT_EQ(tensor.to_vector(), right.at(name).to_vector()) << name;
}

// All parameters in their order, flat.
std::vector<double> flat(const nn::Module& model) {
  std::vector<double> all;
  for (const nn::NamedParameter& parameter : model.parameters()) {
    const std::vector<double> values = parameter.variable.value().to_vector();
    all.insert(all.end(), values.begin(), values.end());
  }
  return all;
}

TEST(PerturbedCopy, NoiseIsAFunctionOfSeedTrialAndParameterIndex) {
  const SmallProblem small = small_problem();
  const std::vector<double> original = flat(*small.model);
  for (const std::uint64_t seed : {0ULL, 5ULL, 1ULL << 40}) {
    for (const std::int64_t trial : {1, 2, 77}) {
      const std::vector<double> copy = flat(*perturbed_copy(*small.model, seed, trial, 0.1));
      ASSERT_EQ(copy.size(), original.size());
      const RandomStream stream{seed, purpose("perturbation"), static_cast<std::uint32_t>(trial)};
      for (std::size_t i = 0; i < copy.size(); ++i) {
        const double factor = 1.0 + 0.1 * static_cast<double>(random_normal_at(stream, i));
        EXPECT_TRUE(close(copy[i], original[i] * factor, 1e-6, 1e-9)) << "parameter " << i;
      }
    }
  }
}

TEST(PerturbedCopy, SeedsAndTrialsDifferAndTrialZeroIsTheOriginal) {
  const SmallProblem small = small_problem();
  const std::vector<double> first = flat(*perturbed_copy(*small.model, 5, 1, 0.1));
  EXPECT_EQ(first, flat(*perturbed_copy(*small.model, 5, 1, 0.1)));
  EXPECT_NE(first, flat(*perturbed_copy(*small.model, 5, 2, 0.1)));
  EXPECT_NE(first, flat(*perturbed_copy(*small.model, 6, 1, 0.1)));
  expect_same_network(*perturbed_copy(*small.model, 5, 0, 0.1), *small.model);
}

TEST(PerturbedCopy, SharesNoElementsWithTheOriginal) {
  const SmallProblem small = small_problem();
  const std::vector<double> original = flat(*small.model);
  for (const std::int64_t trial : {0, 1}) {
    const auto copy = perturbed_copy(*small.model, 5, trial, 0.1);
    for (nn::NamedParameter& parameter : copy->parameters()) {
      for (float& value : parameter.variable.mutable_value().mutable_values<float>()) value = 7.0F;
    }
    EXPECT_EQ(flat(*small.model), original);
  }
}

TEST(PerturbedCopy, FactorsHaveMeanOneAndTheStandardDeviation) {
  const SmallProblem small = small_problem(20, 100);
  const std::vector<double> original = flat(*small.model);
  for (const double sigma : {0.1, 0.5}) {
    const std::vector<double> copy = flat(*perturbed_copy(*small.model, 8, 3, sigma));
    double n = 0;
    double sum = 0;
    double squares = 0;
    for (std::size_t i = 0; i < copy.size(); ++i) {
      if (original[i] == 0.0) {  // batch normalisation's biases start there, and stay
        EXPECT_EQ(copy[i], 0.0);
        continue;
      }
      const double deviation = copy[i] / original[i] - 1.0;
      n += 1;
      sum += deviation;
      squares += deviation * deviation;
    }
    ASSERT_GT(n, 20000);
    const double mean = sum / n;
    // Five standard errors of the mean and of the standard deviation of n normal numbers.
    EXPECT_TRUE(close(mean, 0.0, 0, 5 * sigma / std::sqrt(n)));
    EXPECT_TRUE(close(std::sqrt(squares / n - mean * mean), sigma, 5 / std::sqrt(2 * n)));
  }
}

TEST(PerturbedCopy, LeavesRunningStatisticsAlone) {
  const SmallProblem small = small_problem();
  const nn::StateDict before = small.model->state_dict();
  const nn::StateDict after = perturbed_copy(*small.model, 5, 1, 0.1)->state_dict();
  int buffers = 0;
  int parameters = 0;
  for (const auto& [name, tensor] : before) {
    if (name.find("running_") != std::string::npos || name.ends_with("num_batches_tracked")) {
      EXPECT_EQ(after.at(name).to_vector(), tensor.to_vector()) << name;
      ++buffers;
    } else if (tensor.to_vector() != after.at(name).to_vector()) {
      ++parameters;
    }
  }
  EXPECT_EQ(buffers, 9);      // three of each of three layers
  EXPECT_EQ(parameters, 11);  // weight and bias of four linear layers, and the weights of three normalisations
}

TEST(PerturbedCopy, RefusesATrialOrSigmaThatFitWouldNotTake) {
  const SmallProblem small = small_problem();
  EXPECT_TRUE(fails_with([&] { perturbed_copy(*small.model, 5, -1, 0.1); }, {"trial", "-1"}));
  EXPECT_TRUE(fails_with([&] { perturbed_copy(*small.model, 5, std::int64_t{1} << 32, 0.1); }, {"trial"}));
  EXPECT_TRUE(fails_with([&] { perturbed_copy(*small.model, 5, 1, -0.1); }, {"sigma", "-0.1"}));
}

TEST(RandomPerturbation, ReturnsTheTrialThatItsTraceNames) {
  const SmallProblem small = small_problem();
  for (const char* bias : {"spd", "eod", "aod"}) {
    SCOPED_TRACE(bias);
    const Problem problem = small.problem(bias);
    const Debiased fitted = RandomPerturbation({.trials = 40, .sigma = 0.3}).fit(problem);
    ASSERT_EQ(fitted.trace.size(), 41U);
    for (std::size_t i = 0; i < fitted.trace.size(); ++i) EXPECT_EQ(fitted.trace[i].step, static_cast<std::int64_t>(i));

    const TracePoint& best = fitted.trace[static_cast<std::size_t>(fitted.best_step)];
    for (const TracePoint& point : fitted.trace) {
      EXPECT_TRUE(point.step < best.step ? point.objective > best.objective : point.objective >= best.objective);
    }
    EXPECT_GT(fitted.best_step, 0);  // or this test would see no perturbed network
    expect_same_network(*fitted.model, *perturbed_copy(*small.model, problem.seed, best.step, 0.3));

    const auto network = fitted.model->clone_classifier();
    const std::vector<double> scores = nn::scores(*network, small.features);
    const fairness::Outcomes outcomes{scores, small.labels, small.groups};
    const fairness::GroupCounts counts = count(fitted.rule, outcomes);
    EXPECT_EQ(threshold_of(fitted), best.threshold);
    EXPECT_EQ(fairness::evaluate(problem.objective, outcomes, best.threshold), best.objective);
    EXPECT_EQ(problem.objective.bias->of_counts(counts).number(), best.bias.number());
    EXPECT_EQ(fairness::accuracy(counts).number(), best.performance.number());
  }
}

TEST(RandomPerturbation, LeavesTheOriginalNetworkAsItWas) {
  const SmallProblem small = small_problem();
  for (const bool training : {true, false}) {
    small.model->train(training);
    const auto before = small.model->clone();
    const Debiased fitted = RandomPerturbation({.trials = 10}).fit(small.problem());
    expect_same_network(*before, *small.model);
    EXPECT_EQ(small.model->training(), training);
    EXPECT_NE(fitted.model.get(), small.model.get());
  }
}

TEST(RandomPerturbation, IsNeverWorseThanTheThresholdAloneWithTheOriginal) {
  const SmallProblem small = small_problem();
  for (const char* bias : {"spd", "eod", "aod"}) {
    for (std::uint64_t seed = 0; seed < 5; ++seed) {
      Problem problem = small.problem(bias);
      problem.seed = seed;
      const Debiased alone = ThresholdOnly().fit(problem);
      const double threshold_only = fairness::evaluate(problem.objective, small.outcomes(), threshold_of(alone));
      for (const double sigma : {0.01, 0.1, 10.0}) {
        const Debiased fitted = RandomPerturbation({.trials = 3, .sigma = sigma}).fit(problem);
        EXPECT_LE(fitted.trace[static_cast<std::size_t>(fitted.best_step)].objective, threshold_only);
        EXPECT_EQ(fitted.trace[0].objective, threshold_only);
        EXPECT_EQ(fitted.trace[0].threshold, threshold_of(alone));
      }
    }
  }
}

TEST(RandomPerturbation, ATrialDoesNotDependOnTheOthers) {
  const SmallProblem small = small_problem();
  const std::vector<TracePoint> few = RandomPerturbation({.trials = 4}).fit(small.problem()).trace;
  const std::vector<TracePoint> many = RandomPerturbation({.trials = 9}).fit(small.problem()).trace;
  const std::vector<TracePoint> without =
      RandomPerturbation({.trials = 9, .include_original = false}).fit(small.problem()).trace;
  ASSERT_EQ(few.size(), 5U);
  ASSERT_EQ(many.size(), 10U);
  ASSERT_EQ(without.size(), 9U);
  for (std::size_t i = 0; i < few.size(); ++i) EXPECT_EQ(few[i].objective, many[i].objective);
  for (std::size_t i = 0; i < without.size(); ++i) {
    EXPECT_EQ(without[i].step, static_cast<std::int64_t>(i) + 1);
    EXPECT_EQ(without[i].objective, many[i + 1].objective);
    EXPECT_EQ(without[i].threshold, many[i + 1].threshold);
  }
}

TEST(RandomPerturbation, AFrozenNetworkIsPerturbedLikeAnyOther) {
  const SmallProblem small = small_problem();
  const Debiased before = RandomPerturbation({.trials = 5}).fit(small.problem());
  small.model->set_requires_grad(false);
  const Debiased after = RandomPerturbation({.trials = 5}).fit(small.problem());
  EXPECT_EQ(before.best_step, after.best_step);
  expect_same_network(*before.model, *after.model);
}

TEST(RandomPerturbation, RefusesBadOptions) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_TRUE(fails_with([] { RandomPerturbation({.trials = 0}); }, {"trials", "0"}));
  EXPECT_TRUE(fails_with([] { RandomPerturbation({.trials = std::int64_t{1} << 32}); }, {"trials"}));
  EXPECT_TRUE(fails_with([] { RandomPerturbation({.sigma = 0.0}); }, {"sigma", "0"}));
  EXPECT_TRUE(fails_with([] { RandomPerturbation({.sigma = -1.0}); }, {"sigma", "-1"}));
  EXPECT_TRUE(fails_with([&] { RandomPerturbation({.sigma = nan}); }, {"sigma", "nan"}));
  EXPECT_TRUE(fails_with([] { RandomPerturbation({.sigma = std::numeric_limits<double>::infinity()}); }, {"sigma"}));
  EXPECT_TRUE(fails_with([] { method("random", {.random = {.trials = -3}}); }, {"trials", "-3"}));
}

TEST(RandomPerturbation, RefusesAProblemWithoutAFittingModel) {
  const SmallProblem small = small_problem();
  const RandomPerturbation random({.trials = 2});
  Problem problem = small.problem();
  problem.model = nullptr;
  EXPECT_TRUE(fails_with([&] { return random.fit(problem); }, {"random", "model"}));
  problem = small.problem();
  problem.features = Tensor::zeros({120, 3});
  EXPECT_TRUE(fails_with([&] { return random.fit(problem); }, {"[120, 4]", "[120, 3]"}));
  problem.features = small.features.rows(0, 119);
  EXPECT_TRUE(fails_with([&] { return random.fit(problem); }, {"[120, 4]", "[119, 4]"}));
  problem.features = Tensor();
  EXPECT_TRUE(fails_with([&] { return random.fit(problem); }, {"[120, 4]", "none"}));
}

TEST(RandomPerturbation, ANetworkThatOverflowsIsAnError) {
  SmallProblem small = small_problem();
  small.features = small.features.full_like(std::numeric_limits<double>::infinity());
  EXPECT_TRUE(fails_with([&] { return RandomPerturbation({.trials = 2}).fit(small.problem()); }, {"not finite"}));
}

TEST(RandomPerturbation, OneClassOneGroupAndEqualScoresAreDefined) {
  const RandomPerturbation random({.trials = 3});
  for (const std::uint8_t label : {std::uint8_t{0}, std::uint8_t{1}}) {
    SmallProblem one_class = small_problem();
    std::fill(one_class.labels.begin(), one_class.labels.end(), label);
    for (const TracePoint& point : random.fit(one_class.problem("spd")).trace) {
      EXPECT_EQ(point.objective, 0.0);  // everybody gets the one label: accuracy 1, the same for both groups
    }
    const Debiased eod = random.fit(one_class.problem("eod"));
    for (const TracePoint& point : eod.trace) {
      EXPECT_EQ(point.bias.defined(), label == 1);
      EXPECT_EQ(point.objective, label == 1 ? 0.0 : 0.75);  // undefined counts as the worst bias, 1
    }
  }

  SmallProblem one_group = small_problem();
  std::fill(one_group.groups.begin(), one_group.groups.end(), 1);
  for (const TracePoint& point : random.fit(one_group.problem()).trace) {
    EXPECT_EQ(point.bias.reason(), "group 0 has no rows");
    EXPECT_TRUE(close(point.objective, 0.75 + 0.25 * (1 - point.performance.number()), 1e-15));
  }

  SmallProblem equal = small_problem();
  equal.features = equal.features.full_like(0.5);
  equal.scores = nn::scores(*equal.model, equal.features);
  const fairness::Objective objective = fairness::make_objective("spd");
  const fairness::BoundObjective phi(objective, equal.outcomes());
  const Debiased constant = random.fit(equal.problem());
  EXPECT_EQ(constant.best_step, 0);  // the first of equals
  for (const TracePoint& point : constant.trace) {
    EXPECT_EQ(point.objective, phi(fairness::count_majority(equal.outcomes())));
  }
}

}  // namespace
}  // namespace posthoc::debias
