#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/dataset.h"
#include "data/protected_column.h"
#include "data/table.h"

namespace posthoc::data {

/// A label's raw value and all the ways it is spelled in the file.
struct LabelValue {
  std::string name;
  std::vector<std::string> spellings;  ///< beside `name` itself
  std::string meaning;                 ///< in words
};

/// The column that holds the label.
struct LabelColumn {
  std::string column;
  LabelValue favorable;
  /// If its name is empty, every value that is not favourable counts as unfavourable.
  LabelValue unfavorable;
};

/// How a table of text becomes features, labels and groups.
struct Encoding {
  std::vector<std::string> columns;                ///< kept, in any order; empty: all
  std::vector<std::string> dropped;                ///< of those, left out
  std::vector<std::string> categorical;            ///< one-hot encoded
  std::vector<std::string> missing;                ///< markers of a missing value beside the usual ones
  std::vector<ProtectedColumn> protected_columns;  ///< at least one
  LabelColumn label;
  std::string instance_name_column;  ///< empty: rows are named 0, 1, ... as read
  /// Rows to keep, asked before missing values are looked at; null: all.
  std::function<bool(const Table& table, std::size_t row)> row_filter;
};

/// The number that the whole of `text` spells in decimal or scientific notation, if it spells a
/// finite one.
std::optional<double> parse_number(std::string_view text);

/// True iff `text` is empty or one of the usual markers of a missing value (pandas' list: NA, N/A,
/// nan, NULL, ...).
bool is_usual_missing_marker(std::string_view text);

/// Makes the data set that `encoding` describes, with `chosen` (empty: the first) as the definition
/// of the protected attribute. In this order: rows are filtered; rows with a missing value in a kept
/// column are dropped; numbers and protected columns become features in the order of the file; then
/// each categorical column in the order of the file becomes one 0/1 feature `column=value` for every
/// value left, sorted by bytes. Name, sources and checksum are the caller's to fill in.
///
/// With `further` attributes the groups are the intersections of all of them: an attribute named "a,b" is added after
/// the single ones and becomes the data set's `protected_attribute` (see `intersect`); each one's 0/1 values
/// stand among the features.
///
/// Throws `Error` with file, line and column on a field that is no number; and on an unknown column,
/// label value or attribute, on no rows left, on a label or group that no row has.
Dataset encode(const Table& table, const Encoding& encoding, std::string_view chosen,
               const std::vector<std::string>& further = {});

/// The same label column with `value` (a name or a spelling) as the favourable one. Throws `Error`
/// that lists the label values if it is neither.
LabelColumn with_favorable(const LabelColumn& label, std::string_view value);

/// "sex = Male", "25 <= age < 60": who is privileged, in words.
std::string privileged_in_words(const ProtectedColumn& column);

}  // namespace posthoc::data
