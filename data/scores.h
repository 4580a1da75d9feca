#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "data/table.h"

namespace posthoc::data {

/// Group ids in a scores file lie in [0, max_score_groups): a larger one is a mistake, not a group.
inline constexpr std::int32_t max_score_groups = 1000;

/// Whether a file must say what was true. New people have scores and no labels yet.
enum class LabelsAre { required, optional };

/// What some classifier said about people and what was true, one row a person.
struct Scores {
  std::vector<double> scores;        ///< probability of the favourable label, in [0, 1]
  std::vector<std::uint8_t> labels;  ///< 1 favourable, 0 unfavourable; empty if optional and there is no such column
  std::vector<std::int32_t> groups;  ///< 0 unprivileged, 1 privileged, 2, 3, ... further ones
  Table table;                       ///< all columns, as text
  std::string checksum;              ///< SHA-256 of the file
};

/// Parses a scores file: comma-separated values with a header that names the columns `label`, `group`
/// and `score` once each, in any order among others. A label is a number that equals 0 or 1 and a
/// group a whole number; `1.0` is as good as `1`, since that is how tables of floats are written.
///
/// Throws `Error` with `source`, line and column on: a column missing or repeated, a label that is
/// neither 0 nor 1, a group outside [0, max_score_groups), a score that is no number in [0, 1], and
/// on what `parse_csv` refuses.
Scores parse_scores(std::string_view text, const std::string& source, LabelsAre labels = LabelsAre::required);

/// `parse_scores` of a file. Throws as it and `read_csv_bytes` do.
Scores read_scores(const std::filesystem::path& path, LabelsAre labels = LabelsAre::required);

}  // namespace posthoc::data
