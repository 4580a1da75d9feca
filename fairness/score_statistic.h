#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "fairness/interval.h"
#include "fairness/measure.h"
#include "fairness/outcomes.h"
#include "fairness/resampling.h"

namespace posthoc::fairness {

/// A measure of the scores of some rows, to be asked for its value in many resamples of them. AUC is computed from
/// scores that are sorted once, every other measure from the rows of the resample written out.
class ScoreStatistic {
 public:
  /// O(n log n). The outcomes are borrowed and valid; the measure is one of outcomes.
  ScoreStatistic(const Measure& measure, const Outcomes& outcomes);

  /// The measure where row i stands `weights[i]` times. O(n) for AUC. May run on many threads at once.
  [[nodiscard]] Value operator()(std::span<const std::uint32_t> weights) const;

  /// The measure without each of the blocks of rows, in order. O(n) for AUC if every block is a row.
  [[nodiscard]] std::vector<Value> without(std::span<const std::vector<std::size_t>> blocks) const;

  /// True iff the measure without each single row costs O(n) for all rows together.
  [[nodiscard]] bool is_quick_without_rows() const { return is_auc_; }

 private:
  [[nodiscard]] Value weighted_auc(std::span<const std::uint32_t> weights) const;
  [[nodiscard]] std::vector<Value> auc_without_rows() const;

  const Measure* measure_;
  Outcomes outcomes_;
  bool is_auc_;
  // Of AUC:
  std::vector<std::uint32_t> order_;       // the rows by ascending score
  std::vector<std::uint8_t> is_positive_;  // the label in each place of the order
  std::vector<std::uint8_t> is_last_;      // whether a place of the order is the last with its score
};

/// The blocks of rows that the jackknife of a measure of the scores leaves out, and the stratum of each: single rows if
/// `single_rows`, else about 200 blocks of rows dealt out at random, as Efron & Narasimhan (2020) do where a value for
/// each row would cost too much. A stratum of more than one row has two blocks or more.
struct JackknifeBlocks {
  JackknifeBlocks(const RowResampler& rows, bool single_rows, std::uint64_t seed);

  std::vector<std::vector<std::size_t>> rows;
  std::vector<std::size_t> strata;
};

}  // namespace posthoc::fairness
