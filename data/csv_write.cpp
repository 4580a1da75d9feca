#include "data/csv_write.h"

#include <algorithm>

#include "base/error.h"
#include "data/show.h"

namespace posthoc::data {
namespace {

void append_field(std::string& text, std::string_view field, char separator) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  const bool quoted = field.find_first_of("\"\r\n") != std::string_view::npos ||
                      field.find(separator) != std::string_view::npos ||
                      (!field.empty() && (is_blank(field.front()) || is_blank(field.back())));
  if (!quoted) {
    text += field;
    return;
  }
  text += '"';
  for (const char c : field) text += c == '"' ? std::string("\"\"") : std::string(1, c);
  text += '"';
}

void require_fits(const Table& table, const std::vector<AddedColumn>& added) {
  for (std::size_t k = 0; k < added.size(); ++k) {
    const std::string& name = added[k].name;
    const auto same = [&](const AddedColumn& other) { return other.name == name; };
    require(!table.find_column(name) && std::count_if(added.begin(), added.end(), same) == 1,
            "{}: it has a column '{}' already, which is what a column to add is called", table.source(), show(name));
    require(added[k].fields.size() == table.rows(), "column '{}': expected {} fields, got {}", show(name), table.rows(),
            added[k].fields.size());
  }
}

}  // namespace

std::string to_csv(const Table& table, const std::vector<AddedColumn>& added, char separator) {
  require_fits(table, added);
  std::string text;
  std::size_t written = 0;
  const auto put = [&](std::string_view field) {
    if (written++ > 0) text += separator;
    append_field(text, field, separator);
  };
  const auto end_line = [&] {
    text += '\n';
    written = 0;
  };
  for (const std::string& name : table.names()) put(name);
  for (const AddedColumn& column : added) put(column.name);
  end_line();
  for (std::size_t row = 0; row < table.rows(); ++row) {
    for (std::size_t j = 0; j < table.columns(); ++j) put(table.field(row, j));
    for (const AddedColumn& column : added) put(column.fields[row]);
    end_line();
  }
  return text;
}

}  // namespace posthoc::data
