#include "fairness/soft_measures.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "base/error.h"
#include "fairness/group_scores.h"

namespace posthoc::fairness {
namespace {

void require_probabilities_of_groups(const Outcomes& outcomes, int groups) {
  validate(outcomes);
  for (std::size_t row = 0; row < outcomes.size(); ++row) {
    require(outcomes.scores[row] >= 0.0 && outcomes.scores[row] <= 1.0,
            "soft counts: the score of row {} is {}; scores are probabilities, in [0, 1]", row, outcomes.scores[row]);
    require(outcomes.groups[row] < groups, "soft counts: the group of row {} is {}, of {} groups", row,
            outcomes.groups[row], groups);
  }
}

void require_bias(const Measure& measure) {
  if (measure.kind == Measure::Kind::bias) return;
  std::string known;
  for (const Measure& other : measures()) {
    if (other.kind == Measure::Kind::bias) known += (known.empty() ? "" : ", ") + std::string(other.name);
  }
  fail("soft measure: '{}' is no bias measure; those that have a soft version are {}", measure.name, known);
}

// Sums of each of `groups` groups, empty ones too, which `GroupScores(outcomes)` cannot know of.
GroupScores group_scores(const Outcomes& outcomes, int groups) {
  std::vector<ScoreSums> sums(static_cast<std::size_t>(groups));
  for (std::size_t row = 0; row < outcomes.size(); ++row) {
    sums[static_cast<std::size_t>(outcomes.groups[row])] +=
        sums_of_row(outcomes.scores[row], outcomes.labels[row] == 1);
  }
  return GroupScores(std::move(sums));
}

}  // namespace

GroupCounts soft_counts(const Outcomes& outcomes, int groups) {
  require_probabilities_of_groups(outcomes, groups);
  GroupCounts counts(groups);
  for (std::size_t row = 0; row < outcomes.size(); ++row) {
    const double score = outcomes.scores[row];
    counts.add(outcomes.groups[row], outcomes.labels[row] == 1 ? CellCounts{.tp = score, .fn = 1 - score}
                                                               : CellCounts{.fp = score, .tn = 1 - score});
  }
  return counts;
}

Value soft_measure(const Measure& measure, const Outcomes& outcomes, int groups) {
  require_bias(measure);
  if (measure.of_counts) return measure.of_counts(soft_counts(outcomes, groups));
  require_probabilities_of_groups(outcomes, groups);
  if (measure.of_group_scores) return measure.of_group_scores(group_scores(outcomes, groups));
  require(measure.of_outcomes, "soft measure: '{}' has no function", measure.name);
  for (int group = 0; group < groups; ++group) {
    // The measure sees as many groups as the rows have: it would take the last one, if empty, for none at all.
    const bool empty = std::find(outcomes.groups.begin(), outcomes.groups.end(), group) == outcomes.groups.end();
    if (empty) return Value::undefined("has no rows", group);
  }
  return measure.of_outcomes(outcomes);
}

Value signed_unfairness(const Measure& measure, const Value& value) {
  const double number = value.with_empty_as_zero();
  if (measure.scale == Measure::Scale::difference) return value;
  return value.with_number(std::copysign(measure.unfairness(number), number - measure.fair()));
}

}  // namespace posthoc::fairness
