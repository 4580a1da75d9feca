#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "fairness/outcomes.h"

namespace posthoc::fairness {

/// One protected attribute of n rows.
struct GroupColumn {
  std::string name;                   ///< "sex"
  std::vector<std::string> values;    ///< names of the values 0, 1, ...
  std::span<const std::int32_t> ids;  ///< one a row, in [0, values.size()); borrowed
  int privileged = 1;                 ///< the privileged value
};

/// One combination of values.
struct IntersectionCell {
  std::string name;      ///< "sex=Female & race=White"
  std::size_t rows = 0;  ///< how many rows it has, may be 0
  int group = -1;        ///< its id among the cells that count, or -1: too few rows to optimise for
};

/// Rows grouped by several attributes at once.
struct Intersection {
  std::vector<IntersectionCell> cells;    ///< every combination; the privileged one, of all columns, is cell 1
  std::vector<std::int32_t> cell_of_row;  ///< index into `cells`: a group column over all cells, for a report
  int groups = 0;                         ///< number of cells that count, at least 2
};

/// Combines group columns into one. A cell with fewer than `smallest` rows does not count. The ids of the cells that
/// count are dense and keep the order of the cells, but for the privileged cell, which is group 1 if it counts.
/// Throws `Error` if the columns are empty, differ in length, hold an id that has no name, if there are more than
/// `kMaxGroups` combinations, or if fewer than two cells count.
Intersection intersect(std::span<const GroupColumn> columns, std::size_t smallest = 1);

/// Outcomes of the rows whose cell counts; owns its columns.
struct CountedRows {
  std::vector<std::int64_t> rows;  ///< ascending: which rows of the outcomes these are
  std::vector<double> scores;
  std::vector<std::uint8_t> labels;
  std::vector<std::int32_t> groups;  ///< `IntersectionCell::group`

  [[nodiscard]] Outcomes outcomes() const { return {scores, labels, groups}; }
};

/// The rows that an optimisation looks at: bias and performance of what a threshold search gets are those of the cells
/// that count. For a report of all cells use the outcomes with `cell_of_row` as groups. Throws `Error` if the numbers
/// of rows differ.
CountedRows rows_that_count(const Intersection& intersection, std::span<const double> scores,
                            std::span<const std::uint8_t> labels);

}  // namespace posthoc::fairness
