#include "fairness/report.h"

#include <cmath>
#include <fmt/core.h>

namespace posthoc::fairness {

Audit audit(const GroupCounts& counts, const Outcomes& outcomes) {
  validate(outcomes);
  Audit result{counts, {}, {}};
  for (int group = 0; group < counts.groups(); ++group) {
    result.groups.push_back({group, counts[group], tpr(counts, group), fpr(counts, group),
                             selection_rate(counts, group), base_rate(counts, group)});
  }
  for (const Measure& measure : measures()) {
    result.measures.push_back(
        {&measure, measure.of_counts ? measure.of_counts(counts) : measure.of_outcomes(outcomes)});
  }
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
