#pragma once

#include <nlohmann/json.hpp>

#include "debias/decision_rule.h"

namespace posthoc::debias {

/// {"kind": "threshold", "threshold": ..}; the other kinds are "reject_option", "equalized_odds" and
/// "calibrated_equalized_odds", with the fields of their structs.
nlohmann::ordered_json rule_json(const DecisionRule& rule);

/// The reverse. A reject option without "lower" and "upper" has them from threshold and margin; equalized and
/// calibrated odds without "threshold" decide as AIF360 does, score >= 0.5. Throws `Error` on an unknown kind, a
/// missing entry or one that is no finite number, or a rule that `validate` refuses.
DecisionRule parse_rule(const nlohmann::ordered_json& json);

/// The threshold of the rule, of those that have two the one in their middle.
double threshold_of(const DecisionRule& rule);

}  // namespace posthoc::debias
