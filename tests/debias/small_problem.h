#pragma once

#include <algorithm>
#include <memory>
#include <random>
#include <vector>

#include "debias/method.h"
#include "nn/mlp.h"

namespace posthoc::debias {

/// A small network and rows that it is unfair on; owns what a `Problem` borrows.
struct SmallProblem {
  std::shared_ptr<nn::Mlp> model;
  Tensor features;
  std::vector<double> scores;
  std::vector<std::uint8_t> labels;
  std::vector<std::int32_t> groups;

  [[nodiscard]] fairness::Outcomes outcomes() const { return {scores, labels, groups}; }
  [[nodiscard]] Problem problem(const char* bias = "spd") const {
    Problem problem;
    problem.model = model;
    problem.features = features;
    problem.validation = outcomes();
    problem.objective = fairness::make_objective(bias);
    problem.seed = 5;
    return problem;
  }
};

/// Features from [-1, 1], a group that hangs together with the first one. The network is untrained, but its running
/// statistics are those of the rows, so that its scores differ; the labels are its decisions at the median score, a
/// fifth of them turned round, so that no constant decision is as good as it.
inline SmallProblem small_problem(std::int64_t rows = 120, std::int64_t width = 6) {
  constexpr std::int64_t kFeatures = 4;
  std::mt19937_64 random(17);
  const auto uniform = [&] { return static_cast<float>(random() >> 40) * (2.0F / 16777216.0F) - 1.0F; };
  SmallProblem small;
  std::vector<float> values;
  for (std::int64_t i = 0; i < rows; ++i) {
    for (std::int64_t j = 0; j < kFeatures; ++j) values.push_back(uniform());
    small.groups.push_back(values[values.size() - kFeatures] + uniform() > 0.0F ? 1 : 0);
  }
  small.features = Tensor::from(values, Shape{rows, kFeatures});
  small.model = std::make_shared<nn::Mlp>(nn::MlpOptions{.input = kFeatures, .depth = 2, .width = width}, 3);
  const NoGrad no_graph;
  for (int i = 0; i < 20; ++i) small.model->forward(Variable(small.features));
  small.scores = nn::scores(*small.model, small.features);
  std::vector<double> sorted = small.scores;
  std::sort(sorted.begin(), sorted.end());
  for (const double score : small.scores) {
    const bool turned = random() % 5 == 0;
    small.labels.push_back((score > sorted[sorted.size() / 2]) != turned ? 1 : 0);
  }
  return small;
}

}  // namespace posthoc::debias
