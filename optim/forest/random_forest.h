#pragma once

#include "base/progress.h"
#include "optim/forest/classification_tree.h"

namespace posthoc::optim {

/// The defaults are scikit-learn's.
struct ForestOptions {
  std::int64_t trees = 100;            ///< at least 1
  std::size_t features_per_split = 0;  ///< looked at in each node; 0: the square root of their number, rounded down
  int max_depth = ClassificationTreeOptions::kNoLimit;
  std::uint64_t seed = 0;
};

/// A random forest for two classes (Breiman 2001): trees each grown on as many rows drawn with replacement as there
/// are, looking at a few features drawn anew in each node (`ClassificationTreeGrower`), and averaged.
struct RandomForest {
  std::vector<RegressionTree> trees;

  /// P(label 1) of each row: the mean of the trees' shares in the row's leaves, summed in the order of the trees.
  /// Throws `Error` unless rows have `features` features and finite numbers.
  [[nodiscard]] std::vector<double> scores(const SampleRows& rows) const;

  std::size_t features = 0;
};

/// Tree t's rows are draws of the stream (seed, "forest rows", t), its features those of (seed, "forest features", t):
/// the forest is the same for any number of threads. Throws `Error` on labels that do not fit the samples and on
/// options out of range.
RandomForest fit_random_forest(const RankedSamples& samples, std::span<const std::uint8_t> labels,
                               const ForestOptions& options = {}, Progress& progress = no_progress());

}  // namespace posthoc::optim
