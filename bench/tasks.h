#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "debias/method.h"
#include "fairness/outcomes.h"
#include "nn/mlp.h"
#include "tensor/tensor.h"

// What the programs measure on. No data set is needed: sizes matter to the time, and numbers do not.

namespace posthoc::bench {

/// The size of a validation set, and of the paper's network on it: depth 10, width 32.
struct Shape {
  std::string_view name;
  std::int64_t rows;
  std::int64_t features;

  /// Weights of the linear maps.
  [[nodiscard]] std::int64_t weights() const { return 32 * features + 10 * 32 * 32 + 32; }
  /// Of a forward pass over all rows: a multiplication and an addition for each weight.
  [[nodiscard]] double flop() const { return 2.0 * static_cast<double>(rows * weights()); }
};

/// The published data sets'.
inline constexpr std::array<Shape, 3> kShapes = {Shape{"adult", 9044, 98}, Shape{"bank", 6098, 57},
                                                 Shape{"compas", 1234, 401}};

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
