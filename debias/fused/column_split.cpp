#include "debias/fused/column_split.h"

#include <cmath>

namespace posthoc::debias {
namespace {

// Below so many rows any column may have two values by chance, and there is nothing to gain.
constexpr std::size_t kLeastRows = 64;
// Steps are found by an index of 32 bits, and a column has one for each of up to 256 outputs.
constexpr std::size_t kMostColumns = std::size_t{1} << 23;

// A column as far as it was read.
struct Seen {
  std::uint32_t column;
  float first;
  float second;  // `first` again until another value is met
  std::size_t second_rows;
};

// Reads on; false if the column holds a third value, or a second one that does not suit.
bool takes(Seen& seen, float value) {
  if (value == seen.first) return true;
  if (seen.second_rows == 0) {
    if (!std::isfinite(value - seen.first)) return false;
    seen.second = value;
  } else if (value != seen.second) {
    return false;
  }
  ++seen.second_rows;
  return true;
}

std::vector<Seen> of_two_values(std::span<const float> x, std::size_t columns) {
  std::vector<Seen> open;
  for (std::size_t c = 0; c < columns; ++c) {
    if (std::isfinite(x[c])) open.push_back({static_cast<std::uint32_t>(c), x[c], x[c], 0});
  }
  // Columns of numbers drop out within a few rows, so that a long table is not read for them.
  for (std::size_t row = 0; row < x.size() && !open.empty(); row += columns) {
    std::size_t kept = 0;
    for (Seen seen : open) {
      if (takes(seen, x[row + seen.column])) open[kept++] = seen;
    }
    open.resize(kept);
  }
  return open;
}

TwoValuedColumn by_frequency(const Seen& seen, std::size_t rows) {
  if (2 * seen.second_rows > rows) return {seen.column, seen.second, seen.first, rows - seen.second_rows};
  return {seen.column, seen.first, seen.second, seen.second_rows};
}

// Multiply-adds that a row saves, and what it costs instead, both in vectors of outputs: a step of a list takes some
// three times as long as a multiply-add whose operands are in registers, and a transposition as long as six a row.
bool pays(const std::vector<TwoValuedColumn>& columns, std::size_t rows, std::size_t outputs) {
  constexpr std::size_t kLanes = 16;  // of the widest vectors; with others the bits must be the same
  const std::size_t padded = (outputs + kLanes - 1) / kLanes * kLanes;
  std::size_t entries = 0;
  for (const TwoValuedColumn& column : columns) entries += column.rare_rows;
  return columns.size() * rows * outputs > (3 * entries + 6 * rows) * padded;
}

}  // namespace

ColumnSplit split_columns(std::span<const float> x, std::size_t columns, std::size_t outputs, FirstLayer how) {
  ColumnSplit split;
  const std::size_t rows = columns == 0 ? 0 : x.size() / columns;
  const std::size_t least = how == FirstLayer::cheaper ? kLeastRows : 1;
  if (how != FirstLayer::dense && rows >= least && columns <= kMostColumns) {
    for (const Seen& seen : of_two_values(x, columns)) {
      const TwoValuedColumn column = by_frequency(seen, rows);
      if (how == FirstLayer::split || 3 * column.rare_rows <= rows) split.two_valued.push_back(column);
    }
    if (how == FirstLayer::cheaper && !pays(split.two_valued, rows, outputs)) split.two_valued.clear();
  }
  auto next = split.two_valued.begin();
  for (std::uint32_t c = 0; c < columns; ++c) {
    if (next != split.two_valued.end() && next->column == c) {
      ++next;
    } else {
      split.dense.push_back(c);
    }
  }
  return split;
}

}  // namespace posthoc::debias
