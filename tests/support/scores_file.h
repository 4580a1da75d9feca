#pragma once

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "support/outcome_rows.h"

namespace posthoc::fairness {

/// A file of the columns label,group,score.
inline Rows read_scores(const std::filesystem::path& path) {
  std::ifstream in(path);
  std::string line;
  std::getline(in, line);
  if (line != "label,group,score") throw Error("not a scores file: " + path.string());
  Rows rows;
  while (std::getline(in, line)) {
    std::istringstream fields(line);
    int label = 0;
    int group = 0;
    double score = 0;
    char comma = 0;
    fields >> label >> comma >> group >> comma >> score;
    if (!fields) throw Error("bad line '" + line + "' in " + path.string());
    rows.labels.push_back(static_cast<std::uint8_t>(label));
    rows.groups.push_back(group);
    rows.scores.push_back(score);
  }
  return rows;
}

}  // namespace posthoc::fairness
