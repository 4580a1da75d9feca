#include <cmath>
#include <gtest/gtest.h>

#include "data/prepared.h"
#include "data/synthetic.h"
#include "debias/adversarial.h"
#include "debias/baselines.h"
#include "debias/evaluation.h"
#include "nn/mlp.h"
#include "optim/training.h"

namespace posthoc::debias {
namespace {

// Two features from which labels can be told and, less well, groups: a network can give up its bias at little cost, but
// no threshold can. The critic is given what it needs to see that: minibatches so small that single rows count, and
// steps enough (docs/methods/adversarial.md says what the paper's sizes do here).
TEST(AdversarialFineTuning, HalvesTheBiasOfATrainedNetworkOnRowsThatItHasNotSeen) {
  const data::Prepared rows = data::prepare(data::generate_synthetic({.rows = 10000, .bias = 0.2}));
  const auto model = std::make_shared<nn::Mlp>(nn::MlpOptions{.input = 2, .depth = 1, .width = 16, .dropout = 0.0}, 0);
  optim::train(*model, {rows.train.features, rows.train.labels}, {rows.valid.features, rows.valid.labels},
               {.max_epochs = 5});
  const std::vector<double> scores = nn::scores(*model, rows.valid.features);
  Problem problem;
  problem.model = model;
  problem.features = rows.valid.features;
  problem.validation = {scores, rows.valid.labels, rows.valid.groups};
  problem.objective = fairness::make_constrained_objective("spd", "balanced_accuracy", 0.1);

  const auto on_test = [&](const Debiased& debiased) {
    const std::vector<double> test = nn::scores(*debiased.model->clone_classifier(), rows.test.features);
    return evaluate(debiased.rule, {test, rows.test.labels, rows.test.groups}, problem.objective);
  };
  const Evaluation before = on_test(Default().fit(problem));
  const Evaluation threshold = on_test(ThresholdOnly().fit(problem));
  const Evaluation after =
      on_test(AdversarialFineTuning({.rounds = 6, .critic_steps = 3000, .actor_steps = 101, .batch = 4}).fit(problem));
  EXPECT_LE(std::abs(after.bias.number()), 0.5 * std::abs(before.bias.number()));
  EXPECT_GE(after.performance.number(), before.performance.number() - 0.05);
  EXPECT_GE(after.performance.number(), threshold.performance.number() + 0.1);
}

}  // namespace
}  // namespace posthoc::debias
