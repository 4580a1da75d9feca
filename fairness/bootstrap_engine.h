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

/// An interval for each of as many statistics as there are `estimates`, their values on the cells as they are. The
/// jackknife of `bca` leaves out one row of each cell and is exact; of a cell that holds less than a row, what it
/// holds.
std::vector<Interval> cell_intervals(const CellResampler& resampler, const CellStatistics& statistics,
                                     std::span<const Value> estimates, const BootstrapOptions& options);

/// A statistic of rows.
struct RowStatistic {
  /// The value where row i stands weights[i] times.
  std::function<Value(std::span<const std::uint32_t> weights)> value;
  /// The values without each of some blocks of rows.
  std::function<std::vector<Value>(std::span<const std::vector<std::size_t>> blocks)> without;
  bool quick_without_rows;  ///< whether single rows may be left out, or blocks are needed
};

/// A measure of the scores of borrowed, valid outcomes.
RowStatistic row_statistic(const Measure& measure, const Outcomes& outcomes);

/// An interval for each statistic; all see the same resamples.
std::vector<Interval> row_intervals(const RowResampler& resampler, std::size_t rows,
                                    std::span<const RowStatistic> statistics, std::span<const Value> estimates,
                                    const BootstrapOptions& options);

}  // namespace posthoc::fairness
