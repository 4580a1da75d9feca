#include "fairness/intersection.h"

#include <algorithm>

#include "base/error.h"

namespace posthoc::fairness {
namespace {

void validate(std::span<const GroupColumn> columns) {
  require(!columns.empty(), "intersection: expected at least one group column, got none");
  std::size_t cells = 1;
  for (const GroupColumn& column : columns) {
    require(column.ids.size() == columns[0].ids.size(), "intersection: column {} has {} rows, column {} has {}",
            column.name, column.ids.size(), columns[0].name, columns[0].ids.size());
    const auto values = static_cast<std::int32_t>(column.values.size());
    require(column.privileged >= 0 && column.privileged < values,
            "intersection: column {}: the privileged value is {}; expected one of 0 to {}", column.name,
            column.privileged, values - 1);
    for (std::size_t row = 0; row < column.ids.size(); ++row) {
      require(column.ids[row] >= 0 && column.ids[row] < values,
              "intersection: column {}, row {}: the value is {}; expected one of 0 to {}", column.name, row,
              column.ids[row], values - 1);
    }
    cells *= column.values.size();
    require(cells <= static_cast<std::size_t>(kMaxGroups), "intersection: more than {} combinations of values",
            kMaxGroups);
  }
}

// The cell of the combination whose value in column k is `value_of(k)`: the last column counts fastest.
template <typename ValueOf>
std::size_t cell_of(std::span<const GroupColumn> columns, ValueOf value_of) {
  std::size_t cell = 0;
  for (std::size_t k = 0; k < columns.size(); ++k) {
    cell = cell * columns[k].values.size() + static_cast<std::size_t>(value_of(k));
  }
  return cell;
}

std::string name_of(std::span<const GroupColumn> columns, std::size_t cell) {
  std::string name;
  for (std::size_t k = columns.size(); k-- > 0;) {
    const std::size_t values = columns[k].values.size();
    name = columns[k].name + "=" + columns[k].values[cell % values] + (name.empty() ? "" : " & ") + name;
    cell /= values;
  }
  return name;
}

// Dense ids for the cells that count, the privileged one being group 1 if it counts.
int number_groups(std::vector<IntersectionCell>& cells, std::size_t smallest) {
  std::vector<IntersectionCell*> counting;
  for (IntersectionCell& cell : cells) {
    if (cell.rows >= smallest) counting.push_back(&cell);
  }
  require(counting.size() >= 2, "intersection: {} of {} combinations have at least {} rows; expected two or more",
          counting.size(), cells.size(), smallest);
  if (counting[0] == &cells[1]) std::swap(counting[0], counting[1]);  // the cell before it is too small
  for (std::size_t i = 0; i < counting.size(); ++i) counting[i]->group = static_cast<int>(i);
  return static_cast<int>(counting.size());
}

}  // namespace

Intersection intersect(std::span<const GroupColumn> columns, std::size_t smallest) {
  validate(columns);
  std::size_t cells = 1;
  for (const GroupColumn& column : columns) cells *= column.values.size();
  require(cells >= 2, "intersection: the columns have one combination of values; expected two or more");
  // Cells keep the order of their values, but for the privileged one, which moves to place 1.
  const std::size_t privileged = cell_of(columns, [&](std::size_t k) { return columns[k].privileged; });
  std::vector<std::size_t> order;
  for (std::size_t cell = 0; cell < cells; ++cell) {
    if (cell != privileged) order.push_back(cell);
  }
  order.insert(order.begin() + 1, privileged);

  Intersection result;
  std::vector<std::int32_t> place(cells);
  for (std::size_t i = 0; i < cells; ++i) {
    place[order[i]] = static_cast<std::int32_t>(i);
    result.cells.push_back({name_of(columns, order[i]), 0, -1});
  }
  for (std::size_t row = 0; row < columns[0].ids.size(); ++row) {
    const std::int32_t cell = place[cell_of(columns, [&](std::size_t k) { return columns[k].ids[row]; })];
    result.cell_of_row.push_back(cell);
    ++result.cells[static_cast<std::size_t>(cell)].rows;
  }
  result.groups = number_groups(result.cells, std::max<std::size_t>(smallest, 1));
  return result;
}

CountedRows rows_that_count(const Intersection& intersection, std::span<const double> scores,
                            std::span<const std::uint8_t> labels) {
  const std::size_t n = intersection.cell_of_row.size();
  require(scores.size() == n && labels.size() == n, "intersection: {} rows, but {} scores and {} labels", n,
          scores.size(), labels.size());
  CountedRows counted;
  for (std::size_t row = 0; row < n; ++row) {
    const int group = intersection.cells[static_cast<std::size_t>(intersection.cell_of_row[row])].group;
    if (group < 0) continue;
    counted.rows.push_back(static_cast<std::int64_t>(row));
    counted.scores.push_back(scores[row]);
    counted.labels.push_back(labels[row]);
    counted.groups.push_back(group);
  }
  return counted;
}

}  // namespace posthoc::fairness
