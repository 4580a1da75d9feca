#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "data/csv_dataset.h"

namespace posthoc::cli {

/// The parts of every argument between commas, in order. A comma that belongs to a part is written `\,` and a backslash
/// `\\`; any other backslash is itself.
std::vector<std::string> split_list(const std::vector<std::string>& arguments);

/// The separator that is meant: one character, or "tab" or "\t". Throws `Error` on anything else.
char parse_separator(const std::string& text);

/// Which values are privileged by which column. An argument is `VALUE[,VALUE]` with one column, `COLUMN=VALUE[,VALUE]`
/// with several; behind a column's name `>=` and `<` start an interval too ("age>=25"). Only a known column's name is
/// looked for, so that a value may hold an equals sign.
/// Throws `Error` on a value without a column where there are several, and on a column without values.
std::vector<data::ProtectedChoice> protected_choices(const std::vector<std::string>& columns,
                                                     const std::vector<std::string>& privileged);

}  // namespace posthoc::cli
