#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "debias/method.h"
#include "fairness/outcomes.h"
#include "nn/mlp.h"
#include "shapes.h"
#include "tensor/tensor.h"

// What the programs measure on. No data set is needed: sizes and which columns are categories matter to the time, and
// numbers do not.

namespace posthoc::bench {

/// Scores with labels and groups that hang together with them.
struct ScoredRows {
  explicit ScoredRows(std::vector<double> scores);
  [[nodiscard]] fairness::Outcomes outcomes() const { return {scores, labels, groups}; }

  std::vector<double> scores;
  std::vector<std::uint8_t> labels;
  std::vector<std::int32_t> groups;
};

/// Scores as a network in float32 gives them: sigmoids of normal draws.
ScoredRows network_scores(std::int64_t rows);

/// What is minimised everywhere: 0.75 |SPD| + 0.25 (1 - balanced accuracy).
const fairness::Objective& objective();

/// A network with running statistics of its own, and its problem.
struct Task {
  explicit Task(const Shape& shape);
  Task(const Task&) = delete;
  Task& operator=(const Task&) = delete;
  ~Task() = default;

  std::shared_ptr<nn::Mlp> model;
  Tensor x;
  ScoredRows rows;
  debias::Problem problem;
};

}  // namespace posthoc::bench
