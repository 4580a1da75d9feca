#include "fairness/outcomes.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"

namespace posthoc::fairness {
namespace {

void require_columns(const char* first_column, std::size_t rows, std::span<const std::uint8_t> labels,
                     std::span<const std::int32_t> groups) {
  require(rows == labels.size() && rows == groups.size(),
          "outcomes: columns differ in length: {} {}, {} labels, {} groups", rows, first_column, labels.size(),
          groups.size());
  require(rows > 0, "outcomes: expected at least one row, got none");
  for (std::size_t row = 0; row < rows; ++row) {
    require(labels[row] <= 1, "outcomes: row {}: label is {}; expected 0 or 1 (1 = favourable)", row, labels[row]);
    require(groups[row] >= 0 && groups[row] < kMaxGroups,
            "outcomes: row {}: group is {}; expected 0 (unprivileged), 1 (privileged) or a further "
            "group below {}",
            row, groups[row], kMaxGroups);
  }
}

}  // namespace

void validate(const Outcomes& outcomes) {
  require_columns("scores", outcomes.scores.size(), outcomes.labels, outcomes.groups);
  for (std::size_t row = 0; row < outcomes.size(); ++row) {
    require(std::isfinite(outcomes.scores[row]), "outcomes: row {}: score is {}; expected a finite number", row,
            outcomes.scores[row]);
  }
}

void validate(std::span<const std::uint8_t> decisions, std::span<const std::uint8_t> labels,
              std::span<const std::int32_t> groups) {
  require_columns("decisions", decisions.size(), labels, groups);
  for (std::size_t row = 0; row < decisions.size(); ++row) {
    require(decisions[row] <= 1, "outcomes: row {}: decision is {}; expected 0 or 1", row, decisions[row]);
  }
}

int group_count(std::span<const std::int32_t> groups) {
  const auto largest = std::max_element(groups.begin(), groups.end());
  return largest == groups.end() ? 2 : std::max(2, *largest + 1);
}

}  // namespace posthoc::fairness
