#include <cmath>
#include <gtest/gtest.h>
#include <hwy/targets.h>
#include <limits>
#include <tuple>

#include "debias/fused/network.h"
#include "debias/fused/score.h"
#include "debias/fused_bounds.h"
#include "debias/random_logistic.h"
#include "debias/random_perturbation.h"
#include "debias/small_network.h"
#include "support/expect_error.h"
#include "support/use_instructions.h"
#include "tensor/random.h"

namespace posthoc::debias {
namespace {

using testing::fails_with;

class FusedNetwork : public ::testing::Test {
 protected:
  void SetUp() override {
    if (cpu::fused_shape().tile_rows == 0) GTEST_SKIP() << "this processor has no fused multiply-add";
  }
};

TEST_F(FusedNetwork, ScoresAreTheNetworksOwnWithinTheirRounding) {
  for (const std::int64_t depth : {0, 1, 10}) {
    for (const std::int64_t width : {1, 2, 31, 32, 33, 256}) {
      SCOPED_TRACE(fmt::format("depth {}, width {}", depth, width));
      const auto model = trained_like(7, depth, width, 3);
      expect_scores_within_bounds(*model, random_normal({50, 7}, {1, purpose("rows"), 0}));
    }
  }
}

TEST_F(FusedNetwork, RowsEndAnywhereInATile) {
  const auto tile = static_cast<std::int64_t>(cpu::fused_shape().tile_rows);
  const auto model = trained_like(5, 2, 9, 4);
  const Tensor x = random_normal({3 * tile + 1, 5}, {2, purpose("rows"), 0});
  FusedScorer scorer;
  const std::vector<double> all = scorer.scores(*model->chain(), *FusedRows::of(*model, x));
  for (const std::int64_t n : {std::int64_t{0}, std::int64_t{1}, std::int64_t{2}, tile - 1, tile, tile + 1,
                               2 * tile - 1, 2 * tile, 3 * tile + 1}) {
    SCOPED_TRACE(n);
    const Tensor some = x.rows(0, n);
    const std::vector<double> scores = scorer.scores(*model->chain(), *FusedRows::of(*model, some));
    EXPECT_EQ(scores, std::vector<double>(all.begin(), all.begin() + n));  // a row's score is its own
    if (n > 0) expect_scores_within_bounds(*model, some);
  }
}

TEST_F(FusedNetwork, InputsOfAnyNumber) {
  for (const std::int64_t inputs : {1, 2, 98, 127, 128, 129, 401, 600}) {
    SCOPED_TRACE(inputs);
    const auto model = trained_like(inputs, 1, 6, 5);
    expect_scores_within_bounds(*model, random_normal({30, inputs}, {3, purpose("rows"), 0}));
  }
}

TEST_F(FusedNetwork, PerturbedNetworksAreScoredInTheSameMemory) {
  const auto model = trained_like(6, 3, 12, 6);
  const Tensor x = random_normal({40, 6}, {4, purpose("rows"), 0});
  const std::optional<FusedRows> rows = FusedRows::of(*model, x);
  FusedScorer scorer;
  for (const std::int64_t trial : {1, 2, 3}) {
    const auto copy = perturbed_copy(*model, 9, trial, 0.2);
    const std::vector<double> reused = scorer.scores(*copy->chain(), *rows);
    FusedScorer fresh;
    EXPECT_EQ(reused, fresh.scores(*copy->chain(), *rows));
    expect_scores_within_bounds(*copy, x);
  }
}

TEST_F(FusedNetwork, EverySetOfInstructionsGivesTheSameBits) {
  const std::int64_t here = hwy::SupportedTargets();
  const auto model = trained_like(98, 3, 33, 11);
  const Tensor x = random_normal({200, 98}, {8, purpose("rows"), 0});
  FusedScorer scorer;
  const std::vector<double> best = scorer.scores(*model->chain(), *FusedRows::of(*model, x));
  for (const std::int64_t target : {HWY_AVX2, HWY_AVX3, HWY_NEON}) {
    if ((here & target) == 0) continue;
    SCOPED_TRACE(hwy::TargetName(target));
    const testing::UseInstructions these(target);
    FusedScorer other;
    EXPECT_EQ(other.scores(*model->chain(), *FusedRows::of(*model, x)), best);
  }
}

TEST_F(FusedNetwork, ANaNStaysOne) {
  const auto model = trained_like(3, 2, 4, 7);
  Tensor x = random_normal({4, 3}, {5, purpose("rows"), 0});
  x.mutable_values<float>()[4] = std::numeric_limits<float>::quiet_NaN();  // in row 1
  FusedScorer scorer;
  const std::vector<double> scores = scorer.scores(*model->chain(), *FusedRows::of(*model, x));
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(std::isnan(scores[i]), i == 1) << i;
}

// A network of which nobody knows that it is a chain.
class Opaque final : public nn::Classifier {
 public:
  explicit Opaque(std::shared_ptr<nn::Mlp> inner) : inner_(register_module("inner", std::move(inner))) {}
  Variable logits(const Variable& x) override { return inner_->logits(x); }
  [[nodiscard]] std::int64_t inputs() const override { return inner_->inputs(); }
  [[nodiscard]] std::shared_ptr<nn::Module> clone() const override {
    return copy_into(std::make_shared<Opaque>(std::dynamic_pointer_cast<nn::Mlp>(inner_->clone())));
  }

 private:
  std::shared_ptr<nn::Mlp> inner_;
};

TEST_F(FusedNetwork, AnyNetworkThatSaysItIsAChainIsTaken) {
  for (const std::int64_t inputs : {1, 40, 300}) {
    const auto model = random_logistic(inputs);
    expect_scores_within_bounds(*model, random_normal({30, inputs}, {7, purpose("rows"), 0}));
  }
}

TEST_F(FusedNetwork, ItsSigmoidIsThatOfTheDevices) {
  const auto model = random_logistic(1);
  nn::StateDict state = model->state_dict();
  state.at("out.weight") = Tensor::full({1, 1}, 1.0);
  state.at("out.bias") = Tensor::full({1}, 0.0);
  model->load_state_dict(state);
  std::vector<float> logits = {0.0F, -0.0F, 87.0F, 87.5F, 88.0F, 89.0F, 1e30F, std::numeric_limits<float>::infinity()};
  for (int i = 1; i < 2000; ++i) logits.push_back(static_cast<float>(i) * 0.0511F);
  for (std::size_t i = 0, n = logits.size(); i < n; ++i) logits.push_back(-logits[i]);
  FusedScorer scorer;
  const Tensor x = Tensor::from(logits, {static_cast<std::int64_t>(logits.size()), 1});
  const std::vector<double> scores = scorer.scores(*model->chain(), *FusedRows::of(*model, x));
  ASSERT_EQ(scores.size(), logits.size());
  for (std::size_t i = 0; i < logits.size(); ++i) {
    EXPECT_EQ(scores[i], static_cast<double>(score_of_logit(logits[i]))) << logits[i];
  }
}

TEST_F(FusedNetwork, WhatThePassDoesNotTakeIsLeftToTheNetwork) {
  const Tensor x = random_normal({4, 3}, {6, purpose("rows"), 0});
  EXPECT_TRUE(FusedRows::of(*trained_like(3, 1, 256, 8), x).has_value());
  EXPECT_FALSE(FusedRows::of(*trained_like(3, 1, 257, 8), x).has_value());
  EXPECT_FALSE(FusedRows::of(Opaque(trained_like(3, 1, 4, 8)), x).has_value());
  const nn::Mlp doubles({.input = 3, .depth = 1, .width = 4, .dtype = Dtype::float64}, 1);
  EXPECT_FALSE(FusedRows::of(doubles, x.to(Dtype::float64)).has_value());
  EXPECT_TRUE(fails_with([&] { FusedRows::of(*trained_like(4, 1, 4, 8), x); }, {"4 features", "[4, 3]"}));
}

double threshold_of(const Debiased& debiased) { return std::get<Threshold>(debiased.rule).threshold; }

TEST_F(FusedNetwork, RandomPerturbationChoosesAsWithoutIt) {
  for (const char* bias : {"spd", "eod", "aod"}) {
    for (std::uint64_t seed = 0; seed < 4; ++seed) {
      SCOPED_TRACE(fmt::format("{}, seed {}", bias, seed));
      const SmallProblem small = small_problem(90 + static_cast<std::int64_t>(seed));
      Problem problem = small.problem(bias);
      problem.seed = seed;
      const Debiased fused = RandomPerturbation({.trials = 30, .sigma = 0.3, .fused = true}).fit(problem);
      const Debiased plain = RandomPerturbation({.trials = 30, .sigma = 0.3, .fused = false}).fit(problem);
      EXPECT_EQ(fused.best_step, plain.best_step);
      EXPECT_EQ(threshold_of(fused), threshold_of(plain));  // the winner's is the network's own
      EXPECT_TRUE(same_state(fused.model->state_dict(), plain.model->state_dict()));
      for (std::size_t i = 0; i < plain.trace.size(); ++i) {
        // No two of these scores are so near to each other that rounding could change their order.
        EXPECT_EQ(fused.trace[i].objective, plain.trace[i].objective) << i;
        EXPECT_LE(std::abs(fused.trace[i].threshold - plain.trace[i].threshold), 1e-5) << i;
      }
    }
  }
}

TEST_F(FusedNetwork, ANetworkThatIsNoChainIsPerturbedAsBefore) {
  const SmallProblem small = small_problem();
  Problem problem = small.problem();
  problem.model = std::make_shared<Opaque>(std::dynamic_pointer_cast<nn::Mlp>(small.model->clone()));
  const Debiased opaque = RandomPerturbation({.trials = 20, .sigma = 0.3}).fit(problem);
  const Debiased plain = RandomPerturbation({.trials = 20, .sigma = 0.3, .fused = false}).fit(small.problem());
  EXPECT_EQ(opaque.best_step, plain.best_step);
  EXPECT_EQ(threshold_of(opaque), threshold_of(plain));
}

TEST_F(FusedNetwork, RandomPerturbationRefusesANetworkThatGivesNoNumber) {
  const SmallProblem small = small_problem();
  Problem problem = small.problem();
  problem.features = small.features.clone();
  problem.features.mutable_values<float>()[9] = std::numeric_limits<float>::infinity();
  EXPECT_TRUE(
      fails_with([&] { std::ignore = RandomPerturbation({.trials = 3, .include_original = false}).fit(problem); },
                 {"row 2", "not finite"}));
}

}  // namespace
}  // namespace posthoc::debias
