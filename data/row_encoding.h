#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "data/csv.h"
#include "data/protected_column.h"
#include "data/table.h"
#include "tensor/tensor.h"

namespace posthoc::data {

/// A protected attribute as a data set had it.
struct EncodedAttribute {
  ProtectedColumn rule;
  /// The values that were not privileged. Nothing is known of them for an interval, or if they were too many.
  std::optional<std::vector<std::string>> unprivileged;
};

/// What one column becomes: one 0/1 feature for each of `categories`, if there are any; else the 0/1 of an attribute;
/// else its number.
struct EncodedColumn {
  std::string column;
  std::vector<std::string> categories = {};             ///< sorted by bytes, each once
  std::optional<std::size_t> attribute = std::nullopt;  ///< index among the attributes
};

/// How a data set was made from a table, in full: what makes the same features and groups of new rows.
struct RowEncoding {
  std::vector<EncodedColumn> columns;  ///< in the order of their features
  std::vector<EncodedAttribute> attributes;
  std::vector<std::size_t> protected_by;  ///< the attributes that form the groups
  /// Of each group, who is in it: the 0/1 of the attributes in `protected_by` as binary digits, the first the highest.
  std::vector<std::size_t> group_codes;
  std::vector<std::string> missing;  ///< markers of a missing value beside the usual ones
  CsvOptions csv;                    ///< how the file was written
};

/// "age", "job=clerk": one name a feature.
std::vector<std::string> feature_names(const RowEncoding& encoding);

/// The features of rows of a table, [rows, d] float64, not standardised. A category that the encoding does not know
/// sets no feature. Throws `Error` with file, line and column on a field that is no number where there must be one, and
/// on a missing column.
Tensor encode_features(const Table& table, std::span<const std::size_t> rows, const RowEncoding& encoding);

/// Their groups. Throws `Error` as `encode_features`, and on a combination of attributes that no row of the data set
/// had.
std::vector<std::int32_t> encode_groups(const Table& table, std::span<const std::size_t> rows,
                                        const RowEncoding& encoding);

/// What to do with a category, or a value of a protected column, that the data set did not have.
enum class UnknownValue {
  refuse,
  ignore  ///< the category sets no feature, the value is not privileged
};

struct EncodedRows {
  Tensor features;                   ///< [n, d] float64, not standardised
  std::vector<std::int32_t> groups;  ///< [n]; empty if the table lacks their columns and no feature needs them
};

/// Encodes all rows of a new table, which may have further columns and need have no label. Throws `Error` that lists,
/// up to some, the columns that are missing, the fields with a missing value, or the unknown values; and as the
/// functions above.
EncodedRows encode_new_rows(const Table& table, const RowEncoding& encoding, UnknownValue unknown);

/// The columns that a new table must have, each once; with those of the groups if `groups`.
std::vector<std::string> needed_columns(const RowEncoding& encoding, bool groups);

/// Throws `Error` on an encoding that no data set has: an index out of range, a column without a name, categories that
/// are not sorted, groups without a combination.
void validate(const RowEncoding& encoding);

}  // namespace posthoc::data
