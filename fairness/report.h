#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fairness/counts.h"
#include "fairness/measure.h"
#include "fairness/objective.h"
#include "fairness/outcomes.h"
#include "fairness/statistic.h"
#include "fairness/value.h"
#include "fairness/worst_pair.h"

namespace posthoc::fairness {

/// One group's part of an audit.
struct GroupAudit {
  int group;
  CellCounts cells;
  Value tpr;
  Value fpr;
  Value selection_rate;
  Value base_rate;
  std::vector<Value> statistics;  // one a row of the table of statistics, in order
};

/// One measure's value in an audit.
struct MeasuredValue {
  const Measure* measure;
  Value value;
  std::optional<GroupPair> worst_pair;  // of a defined bias measure: the two groups it is the most unfair between
};

/// All there is to say about a classifier's decisions on some rows.
struct Audit {
  GroupCounts counts;
  std::vector<GroupAudit> groups;       // one a group, in order
  GroupAudit all;                       // all rows together; its `group` is kAllGroups
  std::vector<MeasuredValue> measures;  // one a row of the table of measures, in order
};

/// Audits decisions by their counts; measures of the scores (AUC, say) come from `outcomes`. Throws
/// `Error` on bad outcomes.
Audit audit(const GroupCounts& counts, const Outcomes& outcomes);

/// Audits the decisions `score > threshold`.
Audit audit(const Outcomes& outcomes, double threshold);

/// Why the decisions hardly depend on the person, or nothing if they do: the selection rate of
/// every group is below 1 % or above 99 %. Groups without rows are passed over.
std::optional<std::string> near_constant(const GroupCounts& counts);

/// Why a result is degenerate, or nothing: it is near-constant, or its objective is within 1e-6 of
/// `majority_objective`, that of the constant decision for the more frequent label on the same
/// rows.
std::optional<std::string> degenerate(const GroupCounts& counts, double objective, double majority_objective);

/// The same with the objective evaluated for `counts` and for `count_majority(outcomes)`.
std::optional<std::string> degenerate(const GroupCounts& counts, const Outcomes& outcomes, const Objective& objective);

}  // namespace posthoc::fairness
