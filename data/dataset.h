#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "data/row_encoding.h"
#include "tensor/tensor.h"

namespace posthoc::data {

/// Who is privileged by one definition of a protected attribute.
struct ProtectedAttribute {
  std::string name;                      ///< for example "sex"
  std::string description;               ///< for example "privileged: sex = Male"
  std::vector<std::int32_t> groups;      ///< [n], 1 privileged, 0 unprivileged, 2.. further groups of an intersection
  std::vector<std::string> group_names;  ///< one a group id
};

/// How many rows a loader read and what became of them; read = filtered + incomplete + kept.
struct RowCounts {
  std::int64_t read = 0;
  std::int64_t filtered = 0;    ///< dropped by the data set's own row filter
  std::int64_t incomplete = 0;  ///< dropped for a missing value in a column that is kept
  std::int64_t kept = 0;
};

/// A file that a data set was made from.
struct SourceFile {
  std::string path;
  std::string sha256;
};

/// A data set ready to be split: every row complete, every feature a number.
struct Dataset {
  std::string name;

  Tensor features;                                       ///< [n, d] float64, not standardised
  std::vector<std::string> feature_names;                ///< [d]
  std::vector<std::uint8_t> labels;                      ///< [n], 1 iff the row has the favourable label
  std::vector<std::string> instance_names;               ///< [n]
  std::vector<ProtectedAttribute> protected_attributes;  ///< at least one
  /// The definition whose groups are used: the one of `chosen_attributes`, or the intersection of several.
  std::string protected_attribute;
  /// The definitions whose 0/1 values stand in the feature matrix, where several share a column.
  std::vector<std::string> chosen_attributes;

  std::string label_name;         ///< the label's column
  std::string favorable_label;    ///< the raw value that counts as favourable, for example ">50K"
  std::string unfavorable_label;  ///< the other one
  std::string favorable_meaning;  ///< in words, for example "earns more than 50,000 dollars a year"

  RowEncoding encoding;  ///< makes the same features and groups of new rows

  RowCounts counts;
  std::vector<SourceFile> sources;  ///< in the order read; empty for generated data
  /// SHA-256 that identifies the data: that of the one file, of the newline-joined sums of several,
  /// or of the generator's parameters.
  std::string checksum;

  [[nodiscard]] std::int64_t rows() const { return static_cast<std::int64_t>(labels.size()); }

  /// The attribute called `name`. Throws `Error` that lists the known ones.
  [[nodiscard]] const ProtectedAttribute& attribute(std::string_view name) const;
};

}  // namespace posthoc::data
