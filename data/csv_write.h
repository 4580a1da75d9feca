#pragma once

#include <string>
#include <vector>

#include "data/table.h"

namespace posthoc::data {

/// A column of text that is written beside those of a table.
struct AddedColumn {
  std::string name;
  std::vector<std::string> fields;  ///< one a row
};

/// The table as separated values with a header, its columns in their order and then the added ones; lines end with LF.
/// A field is quoted where it has to be for `parse_csv` to read the same text back. Throws `Error` unless every added
/// column has a field a row and a name that no other column has.
std::string to_csv(const Table& table, const std::vector<AddedColumn>& added, char separator = ',');

}  // namespace posthoc::data
