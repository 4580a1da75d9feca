#include "data/table.h"

#include <algorithm>
#include <limits>

#include "base/error.h"
#include "data/show.h"

namespace posthoc::data {

Table::Table(std::string source, std::vector<std::string> names)
    : names_(std::move(names)), ends_{0}, parts_{{std::move(source), 0}} {
  require(!names_.empty(), "{}: expected at least one column, got none", parts_[0].source);
}

std::string_view Table::field(std::size_t row, std::size_t column) const {
  const std::size_t i = row * columns() + column;
  return std::string_view(text_).substr(ends_[i], ends_[i + 1] - ends_[i]);
}

std::optional<std::size_t> Table::find_column(std::string_view name) const {
  const auto found = std::find(names_.begin(), names_.end(), name);
  if (found == names_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - names_.begin());
}

std::size_t Table::column(std::string_view name) const {
  const auto found = find_column(name);
  require(found.has_value(), "{}: no column '{}'; the columns are {}", parts_[0].source, show(name),
          show_list(names_, 30));
  return *found;
}

std::string Table::where(std::size_t row) const {
  const auto after = std::upper_bound(parts_.begin(), parts_.end(), row,
                                      [](std::size_t r, const Part& part) { return r < part.first_row; });
  return fmt::format("{} line {}", std::prev(after)->source, lines_[row]);
}

std::string Table::where(std::size_t row, std::size_t column) const {
  return fmt::format("{}, column '{}'", where(row), show(names_[column]));
}

void Table::push_field(std::string_view text) {
  require_room(text.size());
  text_ += text;
  ends_.push_back(static_cast<std::uint32_t>(text_.size()));
}

std::size_t Table::pending_fields() const { return ends_.size() - 1 - rows() * columns(); }

void Table::end_row(std::int64_t line) {
  require(pending_fields() == columns(), "{} line {}: expected {} fields, got {}", parts_.back().source, line,
          columns(), pending_fields());
  lines_.push_back(static_cast<std::uint32_t>(line));
}

void Table::append(const Table& other) {
  require(other.names_ == names_, "{} and {} have different columns: {} against {}", parts_[0].source,
          other.parts_[0].source, show_list(names_, 30), show_list(other.names_, 30));
  require(pending_fields() == 0, "{}: a row of {} fields is not closed", parts_.back().source, pending_fields());
  const std::size_t fields = other.rows() * columns();
  const std::size_t text = other.ends_[fields];
  require_room(text);
  const std::size_t first = rows();
  for (const Part& part : other.parts_) parts_.push_back({part.source, first + part.first_row});
  const std::uint32_t before = ends_.back();
  text_.append(other.text_, 0, text);
  for (std::size_t i = 1; i <= fields; ++i) ends_.push_back(before + other.ends_[i]);
  lines_.insert(lines_.end(), other.lines_.begin(), other.lines_.end());
}

void Table::require_room(std::size_t text) const {
  require(text_.size() + text <= std::numeric_limits<std::uint32_t>::max(), "{}: a table holds at most 4 GiB of text",
          parts_.back().source);
}

}  // namespace posthoc::data
