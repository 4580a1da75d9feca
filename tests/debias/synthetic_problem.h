#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "data/prepared.h"
#include "data/synthetic.h"
#include "debias/evaluation.h"
#include "debias/method.h"
#include "nn/mlp.h"
#include "optim/training.h"

namespace posthoc::debias {

/// A network trained for a few epochs on synthetic data whose labels have a bias of 0.2; owns what a `Problem` borrows.
///
/// Labels can be told from two features, and, less well, groups: a network can give up its bias at little cost (the
/// best classifier is right with probability 0.841, the best without any bias with 0.796), but no threshold can.
class SyntheticProblem {
 public:
  SyntheticProblem(nn::MlpOptions network, int epochs, std::uint64_t seed)
      : rows_(data::prepare(data::generate_synthetic({.rows = 10000, .bias = 0.2, .seed = seed}))), seed_(seed) {
    network.input = 2;
    model_ = std::make_shared<nn::Mlp>(network, seed);
    optim::train(*model_, {rows_.train.features, rows_.train.labels}, {rows_.valid.features, rows_.valid.labels},
                 {.max_epochs = epochs, .seed = seed});
    scores_ = nn::scores(*model_, rows_.valid.features);
  }

  [[nodiscard]] Problem problem(const fairness::Objective& objective) const {
    Problem problem;
    problem.model = model_;
    problem.features = rows_.valid.features;
    problem.validation = {scores_, rows_.valid.labels, rows_.valid.groups};
    problem.objective = objective;
    problem.seed = seed_;
    return problem;
  }

  /// How a result does on rows that it has not seen.
  [[nodiscard]] Evaluation on_test(const Debiased& result, const fairness::Objective& objective) const {
    const std::vector<double> scores = nn::scores(*result.model->clone_classifier(), rows_.test.features);
    return evaluate(result.rule, {scores, rows_.test.labels, rows_.test.groups}, objective);
  }

 private:
  data::Prepared rows_;
  std::uint64_t seed_;
  std::shared_ptr<nn::Mlp> model_;
  std::vector<double> scores_;
};

}  // namespace posthoc::debias
