#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace posthoc::data {

/// Text fields in rows and named columns, as a file has them: nothing is converted yet.
///
/// A column name may occur twice; a look-up by name finds the first. Every row remembers the file
/// and line it came from, so that an error found later can still point at it.
class Table {
 public:
  /// A table without rows. Throws `Error` if there is no column.
  Table(std::string source, std::vector<std::string> names);

  [[nodiscard]] std::size_t rows() const { return lines_.size(); }
  [[nodiscard]] std::size_t columns() const { return names_.size(); }
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }

  /// The field at (row, column); valid as long as the table is not changed. Both must be in range.
  [[nodiscard]] std::string_view field(std::size_t row, std::size_t column) const;

  /// The first column called `name`, if there is one.
  [[nodiscard]] std::optional<std::size_t> find_column(std::string_view name) const;

  /// The first column called `name`. Throws `Error` that lists the columns if there is none.
  [[nodiscard]] std::size_t column(std::string_view name) const;

  /// The file and line of a row: `adult.data line 17`.
  [[nodiscard]] std::string where(std::size_t row) const;

  /// The file of the first row.
  [[nodiscard]] const std::string& source() const { return parts_[0].source; }

  /// Where a field came from, for messages: `adult.data line 17, column 'age'`.
  [[nodiscard]] std::string where(std::size_t row, std::size_t column) const;

  /// Appends one field to the row under construction.
  void push_field(std::string_view text);
  /// Number of fields of the row under construction.
  [[nodiscard]] std::size_t pending_fields() const;
  /// Closes the row under construction, which must have one field a column.
  void end_row(std::int64_t line);

  /// Appends the rows of `other`; one under construction is left out there, and an error here. Throws `Error` unless
  /// the column names agree.
  void append(const Table& other);

 private:
  void require_room(std::size_t text) const;

  struct Part {
    std::string source;
    std::size_t first_row;
  };

  std::vector<std::string> names_;
  std::string text_;                 // all fields, one after the other
  std::vector<std::uint32_t> ends_;  // field i is text_[ends_[i], ends_[i + 1]); ends_[0] = 0
  std::vector<std::uint32_t> lines_;
  std::vector<Part> parts_;
};

}  // namespace posthoc::data
