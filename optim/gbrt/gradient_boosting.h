#pragma once

#include "optim/gbrt/sorted_samples.h"

namespace posthoc::optim {

/// Options of gradient boosting; the defaults are scikit-learn's but for the number of trees.
struct BoostingOptions {
  enum class Loss { squared, quantile };

  Loss loss = Loss::squared;
  double quantile = 0.5;       ///< of the quantile loss, in (0, 1)
  std::int64_t trees = 30;     ///< >= 0
  double learning_rate = 0.1;  ///< finite, > 0
  TreeOptions tree = {};
  /// Whether tree t takes tree.first_feature + 0x9E3779B1 * t (modulo the features) for its first feature, so that
  /// equal splits, of which small nodes have many, do not all go to the same few features.
  bool spread_ties = false;
};

/// A sum of regression trees: initial + learning_rate * (tree 1 + tree 2 + ...).
struct BoostedTrees {
  double initial = 0.0;
  double learning_rate = 0.1;
  std::vector<RegressionTree> trees;

  [[nodiscard]] double predict(std::span<const float> row) const;
};

/// Gradient boosting (Friedman 2001) as scikit-learn 1.2's GradientBoostingRegressor does it with all features and all
/// rows.
///
/// Squared loss: starts at the mean, and each tree is fitted to the residuals. Quantile loss: starts at the quantile,
/// linear between order statistics; each tree is fitted to the gradient, q where y is above the prediction and q - 1
/// elsewhere, and the value of a leaf is then the lower q-quantile of its rows' y - prediction: the smallest one at or
/// below which lie at least q of them. (From version 1.4 on scikit-learn takes q where y equals the prediction.)
///
/// The simple version, on `fit_tree`. Throws `Error` on bad rows, targets or options.
BoostedTrees fit_boosted_trees(const SampleRows& rows, std::span<const double> target,
                               const BoostingOptions& options = {});

/// The same trees, fast, for the quantile loss alone: `sorted` holds the same rows.
BoostedTrees fit_boosted_trees(const SampleRows& rows, const SortedSamples& sorted, std::span<const double> target,
                               const BoostingOptions& options);

/// The same for several quantiles of the quantile loss, whose trees grow together, which takes less time than one after
/// the other. `options.quantile` is not looked at.
std::vector<BoostedTrees> fit_boosted_quantiles(const SampleRows& rows, const SortedSamples& sorted,
                                                std::span<const double> target, std::span<const double> quantiles,
                                                const BoostingOptions& options);

/// The q-quantile, linear between order statistics, as NumPy's percentile. Throws `Error` on no values or q outside
/// [0, 1].
double linear_quantile(std::span<const double> values, double q);

/// The smallest value at or below which lie at least q of all, as scikit-learn computes it. Throws `Error` on no values
/// or q outside [0, 1].
double lower_quantile(std::span<const double> values, double q);

}  // namespace posthoc::optim
