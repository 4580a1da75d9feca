#pragma once

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "base/error.h"
#include "support/outcome_rows.h"

namespace posthoc::testing {

/// Where reference results lie, if they are there.
inline const std::filesystem::path kReferenceFolder = "../shared/reference";

/// AIF360 decides favourably where score >= 0.5: above the next smaller double.
inline constexpr double kHalfIncluded = 0.49999999999999994;

/// The rows of a reference file of the columns label,group,score. Throws `Error` if it is none.
inline fairness::Rows read_reference_scores(const std::filesystem::path& path) {
  std::ifstream in(path);
  std::string line;
  std::getline(in, line);
  if (line != "label,group,score") throw Error("not a scores file: " + path.string());
  fairness::Rows rows;
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

/// The same rows seen from the other label.
inline fairness::Rows with_turned_labels(fairness::Rows rows) {
  for (std::uint8_t& label : rows.labels) label = static_cast<std::uint8_t>(1 - label);
  return rows;
}

inline fairness::Rows with_turned_scores(fairness::Rows rows) {
  for (double& score : rows.scores) score = 1 - score;
  return rows;
}

}  // namespace posthoc::testing
