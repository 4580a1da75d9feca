#include "debias/fused/column_split.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace posthoc::debias {
namespace {

// Below so many rows any column may have two values by chance, and there is nothing to gain.
constexpr std::size_t kLeastRows = 64;
// Steps are found by an index of 32 bits, and a column has one for each of up to 256 outputs.
constexpr std::size_t kMostColumns = std::size_t{1} << 23;
constexpr std::size_t kMostRows = std::numeric_limits<std::uint32_t>::max();  // as they are counted

// What was read of each column so far: its first value, the first other one, and how many rows hold that. Closed are
// columns with a third value, or with two that do not suit. Arrays, so that a row is compared in vectors.
class Seen {
 public:
  Seen(const float* row, std::size_t columns)
      : first_(row, row + columns),
        second_(columns, std::numeric_limits<float>::quiet_NaN()),  // which equals nothing
        second_rows_(columns, 0),
        open_(columns) {
    for (std::size_t c = 0; c < columns; ++c) open_[c] = std::isfinite(row[c]) ? 1 : 0;
  }

  [[nodiscard]] bool all_closed() const {
    return std::none_of(open_.begin(), open_.end(), [](std::uint32_t open) { return open != 0; });
  }

  // Whether the row holds only what is known, as nearly all do.
  bool takes(const float* row) {
    const float* const first = first_.data();
    const float* const second = second_.data();
    const std::uint32_t* const open = open_.data();
    std::uint32_t* const second_rows = second_rows_.data();
    std::uint32_t news = 0;
    for (std::size_t c = 0; c < first_.size(); ++c) {
      const std::uint32_t at_first = row[c] == first[c] ? 1 : 0;
      const std::uint32_t at_second = row[c] == second[c] ? 1 : 0;
      second_rows[c] += at_second;
      news |= open[c] & ~(at_first | at_second);
    }
    return news == 0;
  }

  // Of a row that is not taken: a second value, or a column to close.
  void learn(const float* row) {
    for (std::size_t c = 0; c < first_.size(); ++c) {
      if (open_[c] == 0 || row[c] == first_[c] || row[c] == second_[c]) continue;
      open_[c] = std::isnan(second_[c]) && std::isfinite(row[c] - first_[c]) ? 1 : 0;
      second_[c] = row[c];
      second_rows_[c] = 1;
    }
  }

  // The columns of two values at most, of so many rows in all.
  [[nodiscard]] std::vector<TwoValuedColumn> columns(std::size_t rows) const {
    std::vector<TwoValuedColumn> columns;
    for (std::uint32_t c = 0; c < first_.size(); ++c) {
      if (open_[c] == 0) continue;
      const float other = std::isnan(second_[c]) ? first_[c] : second_[c];
      const std::size_t others = second_rows_[c];
      columns.push_back(2 * others > rows ? TwoValuedColumn{c, other, first_[c], rows - others}
                                          : TwoValuedColumn{c, first_[c], other, others});
    }
    return columns;
  }

 private:
  std::vector<float> first_;
  std::vector<float> second_;  // NaN until it is met
  std::vector<std::uint32_t> second_rows_;
  std::vector<std::uint32_t> open_;  // 1: open
};

std::vector<TwoValuedColumn> two_valued_columns(std::span<const float> x, std::size_t columns) {
  Seen seen(x.data(), columns);
  const float* const end = x.data() + x.size();
  for (const float* row = x.data(); row != end; row += columns) {
    if (seen.takes(row)) continue;
    seen.learn(row);
    if (seen.all_closed()) return {};  // as in a table of numbers, of which only a few rows are read
  }
  return seen.columns(x.size() / columns);
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
  if (how != FirstLayer::dense && rows >= least && rows <= kMostRows && columns <= kMostColumns) {
    for (const TwoValuedColumn& column : two_valued_columns(x, columns)) {
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
