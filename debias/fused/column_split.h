#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

// Tables are mostly one-hot: a category is a column that holds one of two values, and most rows hold the same one. It
// is so whether or not the columns were standardised. Let a be a column's common value and b its rare one, and W_c its
// weights in the first layer. Then W_c x = W_c a, the same for all rows, and for the few rows that hold b, W_c (b - a)
// beside it. Whoever scores many networks on the same rows finds these columns once and then adds a few vectors a row
// where there were hundreds of multiplications.

namespace posthoc::debias {

/// How a first layer takes the columns that hold two values at most.
enum class FirstLayer {
  dense,    ///< it multiplies every column: the reference
  split,    ///< it takes them all apart, whatever that costs
  cheaper,  ///< it takes those apart whose second value is rare, if that is less work
};

/// A column in which every row holds one of two values.
struct TwoValuedColumn {
  std::uint32_t column = 0;
  float common = 0.0F;  ///< what most rows hold; of equally many, what the first row holds
  float rare = 0.0F;    ///< what the others hold; the common value again if there are no others
  std::size_t rare_rows = 0;
};

/// The columns of a table, those that are multiplied and the others, both in ascending order.
struct ColumnSplit {
  std::vector<std::uint32_t> dense;
  std::vector<TwoValuedColumn> two_valued;
};

/// Splits the columns of `x`, rows of `columns` features, for a first layer of `outputs`. Values are compared as
/// numbers, so -0 is 0. A column with a value that is not finite is dense, and so is one whose two values differ by
/// more than a float32 holds. What is cheaper is said by counts of operations alone, the same on every processor.
ColumnSplit split_columns(std::span<const float> x, std::size_t columns, std::size_t outputs, FirstLayer how);

}  // namespace posthoc::debias
