#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/table.h"

namespace posthoc::data {

/// Categorical columns with more different values than this are refused: they are names or numbers of persons.
constexpr std::size_t max_categories = 1000;

/// What the fields of one column are.
struct ColumnSummary {
  std::string name;
  std::size_t numbers = 0;                ///< finite ones
  std::size_t texts = 0;                  ///< neither number nor missing
  std::size_t missing = 0;                ///< empty, a usual marker, or one of the given ones
  std::size_t distinct = 0;               ///< different values that are not missing; counted up to `max_categories` + 1
  std::optional<std::size_t> first_text;  ///< row
  std::optional<std::size_t> first_infinite;  ///< row of an infinity or a number beyond the range of a double

  /// "empty", "number", "text", or "mixed" for both.
  [[nodiscard]] std::string_view type() const;
};

/// Looks at every field of a column once; `missing` are markers beside the usual ones. Memory is bounded by
/// `max_categories` views.
ColumnSummary summarise(const Table& table, std::size_t column, const std::vector<std::string>& missing);

}  // namespace posthoc::data
