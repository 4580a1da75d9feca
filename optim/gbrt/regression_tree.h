#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace posthoc::optim {

/// Rows of features, row-major and borrowed: row i is values[i * features .. (i + 1) * features - 1].
struct SampleRows {
  std::span<const float> values;
  std::size_t features = 0;

  [[nodiscard]] std::size_t size() const { return features == 0 ? 0 : values.size() / features; }
  [[nodiscard]] std::span<const float> row(std::size_t i) const { return values.subspan(i * features, features); }
};

struct TreeOptions {
  int max_depth = 3;                   ///< splits on the way from the root to a leaf, at most; in [0, 30]
  std::int64_t min_samples_split = 2;  ///< a node with fewer rows is a leaf; >= 2
  std::int64_t min_samples_leaf = 1;   ///< a split that leaves fewer on a side is none; >= 1
  std::size_t first_feature = 0;       ///< equal splits: features come in ascending order from it on, and round
};

/// Neighbouring values of a feature that differ by no more are one value: no split lies between them. scikit-learn's
/// constant, and as there the sum is taken in float32.
constexpr float kFeatureThreshold = 1e-7F;

inline bool separated(float low, float high) { return high > low + kFeatureThreshold; }

/// A binary tree with a number in each leaf. A row goes left where its feature is at most the threshold.
struct RegressionTree {
  struct Node {
    std::int32_t feature = -1;  ///< -1: a leaf
    std::int32_t left = -1;     ///< index of the child in `nodes`
    std::int32_t right = -1;
    double threshold = 0.0;
    double value = 0.0;  ///< of a leaf
  };
  std::vector<Node> nodes = {Node()};  ///< the root first

  [[nodiscard]] std::size_t leaf(std::span<const float> row) const;
  [[nodiscard]] double predict(std::span<const float> row) const { return nodes[leaf(row)].value; }

  /// Turns the leaf `at` into a split with two leaves, whose indices are returned by its fields left and right.
  void split(std::size_t at, std::int32_t feature, double threshold);
};

/// Throws `Error` unless the options are in their ranges.
void validate(const TreeOptions& options);

/// Throws `Error` unless there are as many rows as targets, at least one of each, and all numbers are finite.
void validate(const SampleRows& rows, std::span<const double> target);

/// The threshold between neighbouring values low < high: their midpoint, or `low` where that rounds to `high`.
double midpoint(float low, float high);

/// The regression tree of least squares as scikit-learn 1.2 grows it (criterion friedman_mse): of all splits of a node
/// the one of the largest (n_R S_L - n_L S_R)^2 / (n_L n_R), S the sums of the targets on the two sides; of equal ones
/// the first feature in order from `first_feature` on, then the lowest value, where scikit-learn draws lots. A node
/// whose targets' variance is at most 2.2e-16 is a leaf. A leaf's value is the mean of its targets.
///
/// The simple version: it sorts every feature at every node. `fit_two_valued_tree` is tested against it.
RegressionTree fit_tree(const SampleRows& rows, std::span<const double> target, const TreeOptions& options = {});

}  // namespace posthoc::optim
