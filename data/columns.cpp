#include "data/columns.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

#include "data/encoding.h"

namespace posthoc::data {
namespace {

// "inf", "-Infinity", "1e999": a number that no double holds.
bool is_out_of_range(std::string_view text) {
  double number = 0.0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  return stop == end && (error == std::errc::result_out_of_range || (error == std::errc() && std::isinf(number)));
}

}  // namespace

std::string_view ColumnSummary::type() const {
  const bool number = numbers > 0 || first_infinite;
  if (texts > 0) return number ? "mixed" : "text";
  return number ? "number" : "empty";
}

ColumnSummary summarise(const Table& table, std::size_t column, const std::vector<std::string>& missing) {
  ColumnSummary summary;
  summary.name = table.names()[column];
  std::set<std::string_view> values;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const std::string_view field = table.field(row, column);
    if (is_usual_missing_marker(field) || std::find(missing.begin(), missing.end(), field) != missing.end()) {
      ++summary.missing;
      continue;
    }
    if (values.size() <= max_categories) values.insert(field);
    if (parse_number(field)) {
      ++summary.numbers;
    } else if (is_out_of_range(field)) {
      if (!summary.first_infinite) summary.first_infinite = row;
    } else {
      ++summary.texts;
      if (!summary.first_text) summary.first_text = row;
    }
  }
  summary.distinct = values.size();
  return summary;
}

}  // namespace posthoc::data
