#pragma once

#include <string>

#include "cli/common_options.h"
#include "data/dataset.h"
#include "debias/decision_rule.h"
#include "debias/evaluation.h"

namespace posthoc::cli {

/// {"kind": "threshold", "threshold": ..}
Json rule_json(const debias::DecisionRule& rule);
/// The reverse. Throws `Error` on an unknown kind, nlohmann's exceptions on missing entries.
debias::DecisionRule parse_rule(const Json& json);

/// The audit block: groups, performance, bias, undefined, degenerate, and the objective.
Json audit_json(const debias::Evaluation& evaluation, const debias::DecisionRule& rule);

/// Adds the entries "measure", "performance" and "lambda".
void put_objective(const fairness::Objective& objective, Json& json);

/// {"name": .., "sha256": .., "protected": .., "groups": [{"group": 0, "name": .., "n": ..}, ..], "favorable": ..,
/// "rows": .., "rows_with_missing_values": .., "split_seed": ..}; n counts all rows, before the split.
Json data_json(const data::Dataset& dataset, std::uint32_t split_seed);

/// The entries that every file starts with: version, command, seed.
Json provenance_json(const Context& context, std::uint64_t seed);

}  // namespace posthoc::cli
