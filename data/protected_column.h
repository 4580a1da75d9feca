#pragma once

#include <optional>
#include <string>
#include <vector>

namespace posthoc::data {

/// A half-open interval of numbers.
struct Interval {
  double low;   ///< included; may be -infinity
  double high;  ///< excluded; may be infinity
};

/// One definition of a protected attribute. Several may share a column; the chosen one's 0/1 values
/// take the column's place among the features.
struct ProtectedColumn {
  std::string name;                     ///< of the attribute
  std::string column;                   ///< of the file
  std::vector<std::string> privileged;  ///< privileged iff the field is one of these
  std::optional<Interval> interval;     ///< or, instead: iff the field is a number in here
};

}  // namespace posthoc::data
