#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "study/study.h"

namespace posthoc::study {

/// Study files longer than this are refused.
inline constexpr std::size_t max_study_bytes = std::size_t{1} << 20;

/// Parses a study written in TOML; study/quick.toml shows the keys. Nothing that the file names is opened. Measures,
/// methods, named data sets and their protected attributes are checked against the program's tables.
///
/// Throws `Error` with `source`, line, column and key on text that is not TOML, a key that is unknown, missing or
/// repeated, a value of another type, out of range or repeated.
Study parse_study(std::string_view text, const std::string& source);

/// `parse_study` of a file.
Study read_study(const std::filesystem::path& path);

/// The study as TOML with every key spelled out; `parse_study` reads it back as the same study.
std::string to_toml(const Study& study);

}  // namespace posthoc::study
