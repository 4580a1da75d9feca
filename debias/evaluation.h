#pragma once

#include <optional>
#include <string>

#include "debias/decision_rule.h"
#include "fairness/objective.h"
#include "fairness/report.h"

namespace posthoc::debias {

/// How a predictor does on some rows.
struct Evaluation {
  fairness::Audit audit;
  fairness::Value objective;  ///< phi; undefined if its bias or performance measure is
  fairness::Value bias;
  fairness::Value performance;
  std::optional<std::string> degenerate;  ///< why the decisions hardly depend on the person, if they do not
  bool feasible = true;                   ///< false: the unfairness is above a constrained objective's epsilon
};

/// Evaluates a rule on scored rows; a rule that randomises by its expected counts. Throws `Error` on bad outcomes, a
/// bad objective or a rule that does not fit the groups.
Evaluation evaluate(const DecisionRule& rule, const fairness::Outcomes& outcomes, const fairness::Objective& objective);

/// Evaluates decisions by their counts. Throws `Error` on bad outcomes or a bad objective.
Evaluation evaluate(const fairness::GroupCounts& counts, const fairness::Outcomes& outcomes,
                    const fairness::Objective& objective);

}  // namespace posthoc::debias
