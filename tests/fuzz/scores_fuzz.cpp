// Scores files.

#include <cstdint>
#include <fmt/format.h>
#include <string>

#include "data/scores.h"
#include "fuzz/target.h"

namespace posthoc::fuzz {

bool parses(std::string_view bytes) {
  const data::Scores read = data::parse_scores(bytes, "input");
  const std::size_t rows = read.table.rows();
  check(rows > 0, "a scores file has rows");
  check(read.scores.size() == rows && read.labels.size() == rows && read.groups.size() == rows,
        "every row has a score, a label and a group");
  std::string text = "label,group,score\n";
  for (std::size_t row = 0; row < rows; ++row) {
    check(read.scores[row] >= 0.0 && read.scores[row] <= 1.0, "a score lies in [0, 1]");
    check(read.labels[row] <= 1, "a label is 0 or 1");
    check(read.groups[row] >= 0 && read.groups[row] < data::max_score_groups, "a group lies in its range");
    text += fmt::format("{},{},{}\n", read.labels[row], read.groups[row], read.scores[row]);
  }
  const data::Scores again = data::parse_scores(text, "copy");
  check(again.scores == read.scores && again.labels == read.labels && again.groups == read.groups,
        "scores written and read again are the same");
  return true;
}

}  // namespace posthoc::fuzz
