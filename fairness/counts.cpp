#include "fairness/counts.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"

namespace posthoc::fairness {
namespace {

// One row's contribution, by [decision][label].
constexpr CellCounts kRow[2][2] = {{{.tn = 1}, {.fn = 1}}, {{.fp = 1}, {.tp = 1}}};

}  // namespace

GroupCounts::GroupCounts(int groups) {
  require(groups >= 2, "group counts: expected at least 2 groups, got {}", groups);
  cells_.resize(static_cast<std::size_t>(groups));
}

GroupCounts count(std::span<const std::uint8_t> decisions, std::span<const std::uint8_t> labels,
                  std::span<const std::int32_t> groups) {
  validate(decisions, labels, groups);
  GroupCounts counts(group_count(groups));
  for (std::size_t row = 0; row < decisions.size(); ++row) {
    counts.add(groups[row], kRow[decisions[row]][labels[row]]);
  }
  return counts;
}

GroupCounts count(const Outcomes& outcomes, double threshold) {
  validate(outcomes);
  require(!std::isnan(threshold), "count: the threshold is not a number");
  GroupCounts counts(group_count(outcomes.groups));
  for (std::size_t row = 0; row < outcomes.size(); ++row) {
    const int decision = outcomes.scores[row] > threshold ? 1 : 0;
    counts.add(outcomes.groups[row], kRow[decision][outcomes.labels[row]]);
  }
  return counts;
}

GroupCounts count_majority(const Outcomes& outcomes) {
  validate(outcomes);
  const auto favourable = std::count(outcomes.labels.begin(), outcomes.labels.end(), 1);
  const auto rows = static_cast<std::ptrdiff_t>(outcomes.size());
  const int decision = favourable >= rows - favourable ? 1 : 0;
  GroupCounts counts(group_count(outcomes.groups));
  for (std::size_t row = 0; row < outcomes.size(); ++row) {
    counts.add(outcomes.groups[row], kRow[decision][outcomes.labels[row]]);
  }
  return counts;
}

}  // namespace posthoc::fairness
