#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/random_stream.h"
#include "fairness/counts.h"
#include "fairness/outcomes.h"

namespace posthoc::fairness {

/// Which numbers of rows are the same in every resample. Rows are drawn with replacement within each stratum.
///
/// `none`: the number of all rows alone, as if all came from one population.
/// `group`: of each group; a resample never loses a group.
/// `group_and_label`: of each group and label, so the base rates are the data's. For data that were sampled so; where
/// labels came as they came, an interval of anything that depends on the base rates is too short.
enum class Strata { none, group, group_and_label };

/// The name on the command line: "none", "group", "group-and-label".
std::string_view to_string(Strata strata);
/// The strata of this name. Throws `Error` that lists the names.
Strata parse_strata(std::string_view name);

/// Resamples of rows that are known by the number in each cell (group, label, decision): the same distribution as
/// drawing the rows, by one binomial draw a cell.
class CellResampler {
 public:
  /// `counts` of the cells, ordered by group, then label, so that strata are runs of cells; the number of rows in a
  /// stratum is whole. Cells of a rule that randomises hold expected counts; the draw then is of a row and of its
  /// decision. Throws `Error` on a count that is negative or not finite, or a number of rows that is not whole.
  CellResampler(std::vector<double> counts, Strata strata, int groups);

  /// One resample, a function of the stream alone. `resample` is as long as `counts()`.
  void draw(const RandomStream& stream, std::span<double> resample) const;

  [[nodiscard]] std::span<const double> counts() const { return counts_; }
  [[nodiscard]] std::size_t stratum_of(std::size_t cell) const { return cell / stratum_cells_; }

 private:
  std::vector<double> counts_;
  std::vector<double> from_here_on_;  // of each cell: its count and those of the cells after it in its stratum
  std::size_t stratum_cells_;         // cells in each stratum
};

/// The cells (group, label, decision) of counts: tn, fp, fn, tp of each group.
std::vector<double> cells_of(const GroupCounts& counts);
/// The other way.
GroupCounts counts_of_cells(std::span<const double> cells, int groups);

/// Resamples of rows as weights: how often each row was drawn.
class RowResampler {
 public:
  /// O(n). Labels and groups are equally long and valid.
  RowResampler(std::span<const std::uint8_t> labels, std::span<const std::int32_t> groups, Strata strata);

  /// One resample, a function of the stream alone. `weights` has an element a row.
  void draw(const RandomStream& stream, std::span<std::uint32_t> weights) const;

  [[nodiscard]] std::size_t strata() const { return begins_.size() - 1; }
  /// The rows of one stratum, ascending.
  [[nodiscard]] std::span<const std::size_t> stratum(std::size_t index) const {
    return std::span(rows_).subspan(begins_[index], begins_[index + 1] - begins_[index]);
  }

 private:
  std::vector<std::size_t> rows_;    // by stratum
  std::vector<std::size_t> begins_;  // where each stratum begins in rows_, and the end
};

}  // namespace posthoc::fairness
