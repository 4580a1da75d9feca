#include "debias/fused/column_split.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>

namespace posthoc::debias {
namespace {

// Rows of columns[c][row].
ColumnSplit split_of(const std::vector<std::vector<float>>& columns, FirstLayer how, std::size_t outputs = 32) {
  std::vector<float> x;
  for (std::size_t row = 0; row < columns.front().size(); ++row) {
    for (const auto& column : columns) x.push_back(column[row]);
  }
  return split_columns(x, columns.size(), outputs, how);
}

// `rows` values, every `period`-th the rare one.
std::vector<float> every(std::size_t period, std::size_t rows, float common = -0.1F, float rare = 9.0F) {
  std::vector<float> column(rows, common);
  for (std::size_t row = period - 1; row < rows; row += period) column[row] = rare;
  return column;
}

std::vector<float> numbers(std::size_t rows) {
  std::vector<float> column;
  for (std::size_t row = 0; row < rows; ++row) column.push_back(static_cast<float>(row));
  return column;
}

using Columns = std::vector<std::uint32_t>;

Columns apart(const ColumnSplit& split) {
  Columns columns;
  for (const TwoValuedColumn& column : split.two_valued) columns.push_back(column.column);
  return columns;
}

TEST(ColumnSplit, AColumnOfTwoValuesIsKnownByItsValues) {
  const ColumnSplit split = split_of({{1, 1, 5, 1}, {0, 1, 2, 3}, {4, 7, 7, 7}, {6, 6, 6, 6}}, FirstLayer::split);
  EXPECT_EQ(split.dense, Columns({1}));
  ASSERT_EQ(apart(split), Columns({0, 2, 3}));
  const auto expect = [](const TwoValuedColumn& column, float common, float rare, std::size_t rare_rows) {
    EXPECT_EQ(column.common, common);
    EXPECT_EQ(column.rare, rare);
    EXPECT_EQ(column.rare_rows, rare_rows);
  };
  expect(split.two_valued[0], 1.0F, 5.0F, 1);
  expect(split.two_valued[1], 7.0F, 4.0F, 1);
  expect(split.two_valued[2], 6.0F, 6.0F, 0);
}

TEST(ColumnSplit, OfEquallyManyTheFirstRowsValueIsTheCommonOne) {
  const ColumnSplit split = split_of({{2, 3, 3, 2}, {3, 2, 2, 3}}, FirstLayer::split);
  ASSERT_EQ(apart(split), Columns({0, 1}));
  EXPECT_EQ(split.two_valued[0].common, 2.0F);
  EXPECT_EQ(split.two_valued[1].common, 3.0F);
}

TEST(ColumnSplit, ValuesAreComparedAsNumbers) {
  const float next = std::nextafter(1.0F, 2.0F);
  const ColumnSplit split =
      split_of({{0.0F, -0.0F, 1, 0.0F}, {-0.0F, 0.0F, -0.0F, 0.0F}, {1, next, 1, next}}, FirstLayer::split);
  ASSERT_EQ(apart(split), Columns({0, 1, 2}));
  EXPECT_EQ(split.two_valued[0].rare_rows, 1U);
  EXPECT_EQ(split.two_valued[1].rare_rows, 0U);
  EXPECT_EQ(split.two_valued[2].rare, next);
}

TEST(ColumnSplit, WhatIsNoFiniteNumberIsLeftToMultiplication) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float infinite = std::numeric_limits<float>::infinity();
  const float most = std::numeric_limits<float>::max();
  const ColumnSplit split = split_of({{nan, 1, 1},
                                      {1, nan, 1},
                                      {infinite, 1, 1},
                                      {1, 1, -infinite},
                                      {nan, nan, nan},
                                      {most, -most, most},
                                      {1, 2, nan}},
                                     FirstLayer::split);
  EXPECT_EQ(split.dense, Columns({0, 1, 2, 3, 4, 5, 6}));
}

TEST(ColumnSplit, NoRowsOrColumnsAreNothingToSplit) {
  EXPECT_EQ(split_columns({}, 3, 32, FirstLayer::split).dense, Columns({0, 1, 2}));
  EXPECT_TRUE(split_columns({}, 0, 32, FirstLayer::split).dense.empty());
}

TEST(ColumnSplit, TheReferenceTakesNothingApart) {
  EXPECT_EQ(split_of({every(10, 200)}, FirstLayer::dense).dense, Columns({0}));
}

TEST(ColumnSplit, ColumnsAreTakenApartWhereThatIsLessWork) {
  constexpr std::size_t kRows = 600;
  std::vector<std::vector<float>> one_hot(30, every(30, kRows));  // one entry a row
  EXPECT_EQ(split_of(one_hot, FirstLayer::cheaper).dense.size(), 0U);
  EXPECT_EQ(split_of(one_hot, FirstLayer::cheaper, 1).dense.size(), 30U);  // a vector of outputs, and only one used

  std::vector<std::vector<float>> mixed = one_hot;
  mixed.push_back(every(2, kRows));
  mixed.push_back(numbers(kRows));
  mixed.push_back(every(3, kRows));
  EXPECT_EQ(split_of(mixed, FirstLayer::cheaper).dense, Columns({30, 31}));

  const std::vector<std::vector<float>> few(6, every(30, kRows));
  EXPECT_EQ(split_of(few, FirstLayer::cheaper).dense.size(), 6U);
  const std::vector<std::vector<float>> often(30, every(3, kRows));  // ten entries a row
  EXPECT_EQ(split_of(often, FirstLayer::cheaper).dense.size(), 30U);
  const std::vector<std::vector<float>> balanced(100, every(2, kRows));
  EXPECT_EQ(split_of(balanced, FirstLayer::cheaper).dense.size(), 100U);
}

TEST(ColumnSplit, AFewRowsSayNothingOfAColumn) {
  const std::vector<std::vector<float>> short_ones(30, every(30, 63));
  EXPECT_TRUE(split_of(short_ones, FirstLayer::cheaper).two_valued.empty());
  EXPECT_EQ(split_of(short_ones, FirstLayer::split).two_valued.size(), 30U);
  const std::vector<std::vector<float>> long_enough(30, every(30, 64));
  EXPECT_EQ(split_of(long_enough, FirstLayer::cheaper).two_valued.size(), 30U);
}

}  // namespace
}  // namespace posthoc::debias
