#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

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

/// The experiment "all" of everything that a study has: what one is that says nothing but its name.
Experiment everything(const Study& study);

/// The settings that results depend on beside their keys and that are not the same in both studies, in words: the
/// split, the training, the threshold search, and what a name stands for that both give to a task or method. Empty if
/// results of the one are results of the other, as far as both ask for them: a study may grow.
std::vector<std::string> settings_that_differ(const Study& before, const Study& now);

}  // namespace posthoc::study
