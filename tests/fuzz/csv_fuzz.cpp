// CSV tables. The first byte of an input chooses the options, the rest is the file.

#include <algorithm>
#include <cstddef>
#include <string>

#include "data/csv.h"
#include "fuzz/target.h"

namespace posthoc::fuzz {
namespace {

data::CsvOptions options_from(unsigned char choice) {
  data::CsvOptions options;
  options.separator = ",;\t "[choice & 3U];
  options.header = (choice & 4U) == 0;
  options.trim_blanks = (choice & 8U) != 0;
  options.skip_lines = (choice >> 4U) & 3U;
  if ((choice & 64U) != 0) options.names = {"first", "second"};
  return options;
}

std::string in_quotes(std::string_view field) {
  std::string text = "\"";
  for (const char c : field) text += c == '"' ? "\"\"" : std::string(1, c);
  return text + "\"";
}

// The table as a file, every field in quotes.
std::string written(const data::Table& table) {
  std::string text;
  for (std::size_t column = 0; column < table.columns(); ++column) {
    if (column > 0) text += ',';
    text += in_quotes(table.names()[column]);
  }
  for (std::size_t row = 0; row < table.rows(); ++row) {
    text += "\n";
    for (std::size_t column = 0; column < table.columns(); ++column) {
      if (column > 0) text += ',';
      text += in_quotes(table.field(row, column));
    }
  }
  return text;
}

void check_same(const data::Table& a, const data::Table& b) {
  check(a.names() == b.names() && a.rows() == b.rows(), "a table written and read again has the same shape");
  for (std::size_t row = 0; row < a.rows(); ++row) {
    for (std::size_t column = 0; column < a.columns(); ++column) {
      check(a.field(row, column) == b.field(row, column), "a table written and read again has the same fields");
    }
  }
}

}  // namespace

bool parses(std::string_view bytes) {
  if (bytes.empty()) return false;
  const data::CsvOptions options = options_from(static_cast<unsigned char>(bytes.front()));
  const std::string_view text = bytes.substr(1);
  const data::Table table = data::parse_csv(text, "input", options);

  check(table.rows() > 0 && table.columns() > 0, "a table has rows and columns");
  check(table.columns() <= data::max_csv_columns, "a table has no more columns than are allowed");
  check(table.pending_fields() == 0, "no row is left unfinished");
  check(options.names.empty() || options.header || table.names() == options.names, "given names are kept");
  std::size_t length = 0;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    for (std::size_t column = 0; column < table.columns(); ++column) length += table.field(row, column).size();
  }
  check(length <= text.size(), "the fields are no longer than the file");
  check(table.where(table.rows() - 1, 0).starts_with("input line "), "a row knows where it is from");
  check_same(data::parse_csv(written(table), "copy", {}), table);
  return true;
}

}  // namespace posthoc::fuzz
