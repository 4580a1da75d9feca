#include "fairness/report.h"

#include <cmath>
#include <fmt/core.h>

#include "base/error.h"

namespace posthoc::fairness {

namespace {

GroupAudit audit_group(const GroupCounts& counts, const GroupScores& scores, int group) {
  GroupAudit result{group,
                    counts[group],
                    tpr(counts, group),
                    fpr(counts, group),
                    selection_rate(counts, group),
                    base_rate(counts, group),
                    {}};
  for (const Statistic& statistic : statistics()) result.statistics.push_back(statistic(counts, scores, group));
  return result;
}

MeasuredValue audit_measure(const Measure& measure, const GroupCounts& counts, const GroupScores& scores,
                            const Outcomes& outcomes) {
  const Value value = measure.of_counts         ? measure.of_counts(counts)
                      : measure.of_group_scores ? measure.of_group_scores(scores)
                                                : measure.of_outcomes(outcomes);
  if (measure.kind != Measure::Kind::bias || !value.defined()) return {&measure, value, {}};
  return {&measure, value, worst_pair(measure, counts, outcomes)};
}

}  // namespace

Audit audit(const GroupCounts& counts, const Outcomes& outcomes) {
  const GroupScores scores(outcomes);
  require(scores.groups() == counts.groups(), "audit: counts of {} groups, but outcomes of {}", counts.groups(),
          scores.groups());
  Audit result{counts, {}, audit_group(counts, scores, kAllGroups), {}};
  for (int group = 0; group < counts.groups(); ++group) {
    result.groups.push_back(audit_group(counts, scores, group));
  }
  for (const Measure& measure : measures()) result.measures.push_back(audit_measure(measure, counts, scores, outcomes));
  return result;
}

Audit audit(const Outcomes& outcomes, double threshold) { return audit(count(outcomes, threshold), outcomes); }

std::optional<std::string> near_constant(const GroupCounts& counts) {
  int low = 0;   // groups of which almost nobody is selected
  int high = 0;  // groups of which almost everybody is
  int groups = 0;
  for (int group = 0; group < counts.groups(); ++group) {
    const Value rate = selection_rate(counts, group);
    if (!rate.defined()) continue;
    ++groups;
    low += rate.number() < 0.01 ? 1 : 0;
    high += rate.number() > 0.99 ? 1 : 0;
  }
  if (groups == 0 || low + high < groups) return std::nullopt;
  if (low == groups) return "near-constant: every group's selection rate is below 1 %";
  if (high == groups) return "near-constant: every group's selection rate is above 99 %";
  return "decided by group alone: every group's selection rate is below 1 % or above 99 %";
}

std::optional<std::string> degenerate(const GroupCounts& counts, double objective, double majority_objective) {
  if (auto reason = near_constant(counts)) return reason;
  if (std::abs(objective - majority_objective) <= 1e-6) {
    return fmt::format("no better than a constant: the objective {:.6f} is the majority baseline's to within 1e-6",
                       objective);
  }
  return std::nullopt;
}

std::optional<std::string> degenerate(const GroupCounts& counts, const Outcomes& outcomes, const Objective& objective) {
  const BoundObjective phi(objective, outcomes);
  return degenerate(counts, phi(counts), phi(count_majority(outcomes)));
}

}  // namespace posthoc::fairness
