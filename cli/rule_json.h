#pragma once

#include "cli/common_options.h"
#include "debias/decision_rule.h"

namespace posthoc::cli {

/// {"kind": "threshold", "threshold": ..}; the other kinds are "reject_option", "equalized_odds" and
/// "calibrated_equalized_odds", with the fields of their structs.
Json rule_json(const debias::DecisionRule& rule);

/// The reverse. A reject option without "lower" and "upper" has them from threshold and margin; equalized and
/// calibrated odds without "threshold" decide as AIF360 does, score >= 0.5. Throws `Error` on an unknown kind, a
/// missing entry or one that is no finite number, or a rule that `debias::validate` refuses.
debias::DecisionRule parse_rule(const Json& json);

/// The threshold of the rule, of those that have two the one in their middle.
double threshold_of(const debias::DecisionRule& rule);

}  // namespace posthoc::cli
