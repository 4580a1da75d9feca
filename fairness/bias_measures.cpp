#include "fairness/bias_measures.h"

#include <algorithm>
#include <cmath>

#include "fairness/gap.h"
#include "fairness/group_scores.h"

namespace posthoc::fairness {
namespace {

Value magnitude(const Value& value) { return value.with_number(std::abs(value.with_empty_as_zero())); }

// The larger of two magnitudes.
Value larger(const Value& a, const Value& b) {
  return (a + b).with_number(std::max(std::abs(a.with_empty_as_zero()), std::abs(b.with_empty_as_zero())));
}

Value sum_of_odds(const GroupCounts& counts, int group) { return fpr(counts, group) + tpr(counts, group); }
Value difference_of_odds(const GroupCounts& counts, int group) { return fpr(counts, group) - tpr(counts, group); }

}  // namespace

Value statistical_parity_difference(const GroupCounts& counts) { return group_difference(counts, selection_rate); }

Value disparate_impact(const GroupCounts& counts) {
  return group_ratio(counts, selection_rate, "has no favourable decisions");
}

Value equal_opportunity_difference(const GroupCounts& counts) { return group_difference(counts, tpr); }

Value average_odds_difference(const GroupCounts& counts) {
  if (counts.groups() == 2) {
    // AIF360's order of operations, to its last bit: exact ties between thresholds depend on it.
    return (group_difference(counts, fpr) + group_difference(counts, tpr)) / 2;
  }
  return group_difference(counts, [](const GroupCounts& c, int group) { return sum_of_odds(c, group) / 2; });
}

Value average_abs_odds_difference(const GroupCounts& counts) {
  if (counts.groups() == 2) {
    return (magnitude(group_difference(counts, fpr)) + magnitude(group_difference(counts, tpr))) / 2;
  }
  // |x| + |y| = max(|x + y|, |x - y|), so the largest over all pairs is the larger of two ranges.
  return larger(group_difference(counts, sum_of_odds), group_difference(counts, difference_of_odds)) / 2;
}

Value equalized_odds_difference(const GroupCounts& counts) {
  return larger(group_difference(counts, fpr), group_difference(counts, tpr));
}

Value false_positive_rate_difference(const GroupCounts& counts) { return group_difference(counts, fpr); }

Value false_negative_rate_difference(const GroupCounts& counts) { return group_difference(counts, fnr); }

Value false_discovery_rate_difference(const GroupCounts& counts) {
  return group_difference(counts, false_discovery_rate);
}

Value false_omission_rate_difference(const GroupCounts& counts) {
  return group_difference(counts, false_omission_rate);
}

Value positive_predictive_value_difference(const GroupCounts& counts) { return group_difference(counts, ppv); }

Value average_predictive_value_difference(const GroupCounts& counts) {
  return group_difference(
      counts, [](const GroupCounts& c, int group) { return (ppv(c, group) + false_omission_rate(c, group)) / 2; });
}

Value error_rate_difference(const GroupCounts& counts) {
  return group_difference(counts, [](const GroupCounts& c, int group) { return error_rate(c, group); });
}

Value error_rate_ratio(const GroupCounts& counts) {
  return group_ratio(
      counts, [](const GroupCounts& c, int group) { return error_rate(c, group); }, "has no wrong decisions");
}

Value generalized_true_positive_rate_difference(const GroupScores& scores) { return group_difference(scores, gtpr); }
Value generalized_true_positive_rate_difference(const Outcomes& outcomes) {
  return generalized_true_positive_rate_difference(GroupScores(outcomes));
}

Value generalized_false_positive_rate_difference(const GroupScores& scores) { return group_difference(scores, gfpr); }
Value generalized_false_positive_rate_difference(const Outcomes& outcomes) {
  return generalized_false_positive_rate_difference(GroupScores(outcomes));
}

Value generalized_false_negative_rate_difference(const GroupScores& scores) { return group_difference(scores, gfnr); }
Value generalized_false_negative_rate_difference(const Outcomes& outcomes) {
  return generalized_false_negative_rate_difference(GroupScores(outcomes));
}

Value generalized_true_negative_rate_difference(const GroupScores& scores) { return group_difference(scores, gtnr); }
Value generalized_true_negative_rate_difference(const Outcomes& outcomes) {
  return generalized_true_negative_rate_difference(GroupScores(outcomes));
}

Value calibration_gap_difference(const GroupScores& scores) { return group_difference(scores, calibration_gap); }
Value calibration_gap_difference(const Outcomes& outcomes) { return calibration_gap_difference(GroupScores(outcomes)); }

}  // namespace posthoc::fairness
