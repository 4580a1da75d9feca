#include <cmath>
#include <gtest/gtest.h>
#include <hwy/targets.h>
#include <limits>
#include <tuple>

#include "debias/fused/network.h"
#include "debias/fused/score.h"
#include "debias/random_logistic.h"
#include "debias/random_perturbation.h"
#include "debias/small_network.h"
#include "support/expect_error.h"
#include "tensor/random.h"

namespace posthoc::debias {
namespace {

using testing::fails_with;

constexpr double kUnit = 1.0 / 16777216.0;  // half a unit in the last place of a float32 near 1

// A number and the standard deviation of its error after a float32 computation.
struct Rounded {
  double value = 0.0;
  double error = 0.0;
};

double square(double x) { return x * x; }

// One row's logit in float64, and what rounding does to it in the network's own float32 evaluation or in the fused one.
// The worst case grows with the product of all weights' magnitudes and says nothing about ten layers. Rounding errors
// taken as independent (Higham and Mary 2019) do: a sum of k products, in any order, makes at most k + 1 errors of
// `kUnit` times the sum of their magnitudes; the errors of its inputs come on top, times the weights; ReLU passes
// errors on, at most. Normalisation's eight operations are as many more errors, the rounded weight and bias of the
// fused pass three.
Rounded logit_of(const nn::Chain& chain, const std::vector<double>& row, bool fused) {
  std::vector<Rounded> h;
  for (const double x : row) h.push_back({x, 0.0});
  for (const nn::ChainLayer& layer : chain) {
    const std::vector<double> w = layer.weight.to_vector();
    const std::vector<double> b = layer.bias.to_vector();
    const std::size_t inputs = h.size();
    std::vector<Rounded> next(b.size());
    for (std::size_t out = 0; out < b.size(); ++out) {
      double sum = b[out];
      double magnitude = std::abs(b[out]);
      double variance = 0.0;
      for (std::size_t in = 0; in < inputs; ++in) {
        const double weight = w[out * inputs + in];
        sum += weight * h[in].value;
        magnitude += std::abs(weight * h[in].value);
        variance += square(weight * h[in].error);
      }
      variance += (static_cast<double>(inputs) + 1.0) * square(kUnit * magnitude);
      next[out] = {layer.relu ? std::max(sum, 0.0) : sum, std::sqrt(variance)};
    }
    if (layer.norm) {
      const std::vector<double> gamma = layer.norm->gamma.to_vector();
      const std::vector<double> beta = layer.norm->beta.to_vector();
      const std::vector<double> mean = layer.norm->mean.to_vector();
      const std::vector<double> variance = layer.norm->variance.to_vector();
      for (std::size_t k = 0; k < next.size(); ++k) {
        const double scale = gamma[k] / std::sqrt(variance[k] + layer.norm->eps);
        const double magnitude = std::abs(scale) * (std::abs(next[k].value) + std::abs(mean[k])) + std::abs(beta[k]);
        next[k] = {(next[k].value - mean[k]) * scale + beta[k],
                   std::sqrt(square(scale * next[k].error) + (fused ? 3 : 8) * square(kUnit * magnitude))};
      }
    }
    h = std::move(next);
  }
  return h.front();
}

// Two standard deviations of the two logits' errors, through a sigmoid, whose slope is at most 1/4 and whose own
// exponential, sum and quotient are within two units of the last place.
double score_bound(const Rounded& a, const Rounded& b) {
  return 0.25 * 2 * std::sqrt(square(a.error) + square(b.error)) + 4 * kUnit;
}

std::shared_ptr<nn::Mlp> network(std::int64_t input, std::int64_t depth, std::int64_t width, std::uint64_t seed) {
  auto model = std::make_shared<nn::Mlp>(nn::MlpOptions{.input = input, .depth = depth, .width = width}, seed);
  const NoGrad no_graph;  // running statistics that are not the initial ones
  for (std::uint32_t i = 0; i < 3; ++i) {
    model->forward(Variable(random_normal({64, input}, {seed, purpose("test"), i})));
  }
  return model;
}

void expect_scores_within_bounds(nn::Classifier& model, const Tensor& x) {
  const std::optional<FusedRows> rows = FusedRows::of(model, x);
  ASSERT_TRUE(rows.has_value());
  FusedScorer scorer;
  const nn::Chain chain = *model.chain();
  const std::vector<double> fused = scorer.scores(chain, *rows);
  const std::vector<double> plain = nn::scores(model, x);
  ASSERT_EQ(fused.size(), plain.size());
  const std::vector<double> features = x.to_vector();
  const auto columns = static_cast<std::ptrdiff_t>(x.size(1));
  for (std::size_t i = 0; i < fused.size(); ++i) {
    const auto begin = features.begin() + static_cast<std::ptrdiff_t>(i) * columns;
    const std::vector<double> row(begin, begin + columns);
    const Rounded exact = logit_of(chain, row, true);
    const double bound = score_bound(exact, logit_of(chain, row, false));
    EXPECT_LE(std::abs(fused[i] - plain[i]), bound) << "row " << i;
    EXPECT_LE(std::abs(fused[i] - 1.0 / (1.0 + std::exp(-exact.value))), score_bound(exact, {})) << "row " << i;
    EXPECT_LE(bound, 1e-5) << "row " << i;  // or it would say nothing
  }
}

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
      const auto model = network(7, depth, width, 3);
      expect_scores_within_bounds(*model, random_normal({50, 7}, {1, purpose("rows"), 0}));
    }
  }
}

TEST_F(FusedNetwork, RowsEndAnywhereInATile) {
  const auto tile = static_cast<std::int64_t>(cpu::fused_shape().tile_rows);
  const auto model = network(5, 2, 9, 4);
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
    const auto model = network(inputs, 1, 6, 5);
    expect_scores_within_bounds(*model, random_normal({30, inputs}, {3, purpose("rows"), 0}));
  }
}

TEST_F(FusedNetwork, PerturbedNetworksAreScoredInTheSameMemory) {
  const auto model = network(6, 3, 12, 6);
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

// What the processor can do; with 0 again, all of it.
void use_instructions(std::int64_t targets) {
  hwy::SetSupportedTargetsForTest(targets);
  hwy::GetChosenTarget().DeInit();  // the next call chooses anew
}

TEST_F(FusedNetwork, EverySetOfInstructionsGivesTheSameBits) {
  const std::int64_t here = hwy::SupportedTargets();
  const auto model = network(98, 3, 33, 11);
  const Tensor x = random_normal({200, 98}, {8, purpose("rows"), 0});
  FusedScorer scorer;
  const std::vector<double> best = scorer.scores(*model->chain(), *FusedRows::of(*model, x));
  for (const std::int64_t target : {HWY_AVX2, HWY_AVX3, HWY_NEON}) {
    if ((here & target) == 0) continue;
    SCOPED_TRACE(hwy::TargetName(target));
    use_instructions(target);
    FusedScorer other;
    const std::vector<double> scores = other.scores(*model->chain(), *FusedRows::of(*model, x));
    use_instructions(0);
    EXPECT_EQ(scores, best);
  }
}

TEST_F(FusedNetwork, ANaNStaysOne) {
  const auto model = network(3, 2, 4, 7);
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
  EXPECT_TRUE(FusedRows::of(*network(3, 1, 256, 8), x).has_value());
  EXPECT_FALSE(FusedRows::of(*network(3, 1, 257, 8), x).has_value());
  EXPECT_FALSE(FusedRows::of(Opaque(network(3, 1, 4, 8)), x).has_value());
  const nn::Mlp doubles({.input = 3, .depth = 1, .width = 4, .dtype = Dtype::float64}, 1);
  EXPECT_FALSE(FusedRows::of(doubles, x.to(Dtype::float64)).has_value());
  EXPECT_TRUE(fails_with([&] { FusedRows::of(*network(4, 1, 4, 8), x); }, {"4 features", "[4, 3]"}));
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
