#pragma once

// What the public forms of the bootstrap share: statistics by value in resamples, made into intervals.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "fairness/bootstrap.h"
#include "fairness/interval.h"
#include "fairness/resampling.h"
#include "fairness/value.h"

namespace posthoc::fairness {

/// Calls `task(resample)` for each resample, on `threads()` threads.
void for_each_resample(int resamples, const std::function<void(std::uint32_t resample)>& task);

/// Statistics of cells: writes the value of each to `values`.
using CellStatistics = std::function<void(std::span<const double> cells, std::span<Value> values)>;

/// The value of each of some measures of counts, whose cells are `cells_of` them.
CellStatistics cell_statistics(std::span<const Measure* const> of_counts, int groups);

/// An interval for each of as many statistics as there are `estimates`, their values on the cells as they are. The
/// jackknife of `bca` leaves out one row of each cell and is exact; of a cell that holds less than a row, what it
/// holds.
std::vector<Interval> cell_intervals(const CellResampler& resampler, const CellStatistics& statistics,
                                     std::span<const Value> estimates, const BootstrapOptions& options);

/// Statistics of rows that are computed together.
struct RowStatistics {
  std::size_t count;
  /// Writes their values where row i stands weights[i] times.
  std::function<void(std::span<const std::uint32_t> weights, std::span<Value> values)> values;
  /// The values without each of some blocks of rows: all of the first block's, then all of the second's.
  std::function<std::vector<Value>(std::span<const std::vector<std::size_t>> blocks)> without;
  bool quick_without_rows;  ///< whether single rows may be left out, or blocks are needed
};

/// Measures of the scores, those that are computed together next to each other.
std::vector<const Measure*> by_family(std::vector<const Measure*> of_scores);

/// The statistics of measures in the order of `by_family`, of borrowed, valid outcomes: all of those that need no more
/// than sums first, then each of the others alone.
std::vector<RowStatistics> row_statistics(std::span<const Measure* const> measures, const Outcomes& outcomes);

/// An interval for each statistic, given their values on the rows as they are; all see the same resamples.
std::vector<Interval> row_intervals(const RowResampler& resampler, std::size_t rows,
                                    std::span<const RowStatistics> families, std::span<const Value> estimates,
                                    const BootstrapOptions& options);

/// Values and intervals of the measures of the scores, in the table's order.
struct ScoreMeasureIntervals {
  std::vector<Value> values;
  std::vector<Interval> intervals;
};
ScoreMeasureIntervals score_measure_intervals(const Outcomes& outcomes, const BootstrapOptions& options);

/// The measures of the table that are functions of counts, or of outcomes.
std::vector<const Measure*> measures_of_counts();
std::vector<const Measure*> measures_of_scores();

/// Values and intervals of the two, merged into the order of the table.
std::vector<MeasureInterval> in_table_order(std::span<const Value> count_values, std::span<const Interval> of_counts,
                                            std::span<const Value> score_values, std::span<const Interval> of_scores);

/// Throws `Error` unless the counts are of as many rows of each group and label as the outcomes.
void require_same_rows(const GroupCounts& counts, const Outcomes& outcomes);

}  // namespace posthoc::fairness
