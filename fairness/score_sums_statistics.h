#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "fairness/group_scores.h"
#include "fairness/measure.h"
#include "fairness/outcomes.h"

namespace posthoc::fairness {

/// Measures of the sums of the scores (`Measure::of_group_scores`) of some rows, to be asked for their values in many
/// resamples of them. A row's part of the sums does not change from one resample to the next, and the sums of a
/// resample serve all of the measures: a resample costs one pass of additions.
class ScoreSumsStatistics {
 public:
  /// O(n), and 56 bytes a row. The outcomes' groups are borrowed; the outcomes are valid.
  ScoreSumsStatistics(std::vector<const Measure*> measures, const Outcomes& outcomes);

  /// Each measure's value where row i stands `weights[i]` times. May run on many threads at once.
  void values(std::span<const std::uint32_t> weights, std::span<Value> values) const;

  /// The measures' values without each of the blocks of rows: all of the first block's, then all of the second's.
  [[nodiscard]] std::vector<Value> without(std::span<const std::vector<std::size_t>> blocks) const;

 private:
  std::vector<const Measure*> measures_;
  std::span<const std::int32_t> groups_;
  std::size_t group_count_;
  std::vector<ScoreSums> rows_;
};

}  // namespace posthoc::fairness
