#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "data/table.h"

namespace posthoc::data {

/// How a file of separated values is written.
struct CsvOptions {
  char separator = ',';
  /// The first row holds the column names.
  bool header = true;
  /// Column names of a file without a header; if empty, they are "1", "2", ...
  std::vector<std::string> names;
  /// Blanks and tabs around a field that is not quoted are no part of it (`39, Private, ...`).
  bool trim_blanks = false;
  /// Lines to ignore before anything else.
  std::int64_t skip_lines = 0;
};

/// Files longer than this are refused. A table takes at most about five times the file's size.
constexpr std::uintmax_t max_csv_bytes = std::uintmax_t{512} << 20;

/// Rows with more fields than this are refused.
constexpr std::size_t max_csv_columns = 16384;

/// Fields longer than this are refused: a text of megabytes is a quote that is never closed, or no table.
constexpr std::size_t max_csv_field_bytes = std::size_t{1} << 20;

/// Parses separated values: RFC 4180 with any separator, LF, CRLF or CR line ends, and a UTF-8 byte
/// order mark allowed. A field in double quotes may hold separators, line ends and doubled quotes.
/// Empty lines are ignored.
///
/// Throws `Error` with `source` and the line on: no data, a row of another length than the first, a
/// quote that is never closed (with the line where it opens) or stands inside an unquoted field, a NUL
/// byte, bytes that are no UTF-8, UTF-16, too many columns, too long a field; and on a header of one
/// field that holds another usual separator, which it names.
Table parse_csv(std::string_view text, const std::string& source, const CsvOptions& options);

/// Reads a file whole, as bytes, for `parse_csv`. Throws `Error` that names the file if it is
/// missing, no regular file, unreadable or longer than `max_csv_bytes`.
std::string read_csv_bytes(const std::filesystem::path& path);

/// `parse_csv` of a file.
Table read_csv(const std::filesystem::path& path, const CsvOptions& options);

}  // namespace posthoc::data
