#pragma once

#include <string>
#include <vector>

#include "cli/common_options.h"
#include "data/dataset.h"
#include "debias/decision_rule.h"
#include "debias/evaluation.h"
#include "debias/rule_json.h"
#include "fairness/bootstrap.h"

namespace posthoc::cli {

/// Whether a measure is shown with the bias measures. A measure of how unequal benefits are says something of bias
/// although it compares persons and not groups.
bool stands_with_bias(const fairness::Measure& measure);

/// The number; null if undefined; "Infinity" or "-Infinity", which JSON has no numbers for, as text.
Json number_json(const fairness::Value& value);

/// [low, high]; null if there is none.
Json interval_json(const fairness::Interval& interval);

/// Adds how intervals were made: the entries "method", "level", "resamples", "strata".
void put_bootstrap(const fairness::BootstrapOptions& options, Json& json);

/// The entries "groups", "performance", "bias" and "undefined" of an audit, measures under their long names and, where
/// they have one, their alias. The indices of inequality stand in "bias". For more than two groups also "worst_pairs":
/// the two groups between which each bias measure is the most unfair.
Json measured_json(const fairness::Audit& audit);

/// Adds every statistic under AIF360's name: an entry "statistics" in each of "groups", and an entry "all".
void put_statistics(const fairness::Audit& audit, Json& json);

/// Adds the entries "intervals", {"long_name": [low, high], ..}, and "no_interval", {"long_name": "reason", ..} for
/// measures that have a value but no interval.
void put_intervals(const std::vector<fairness::MeasureInterval>& intervals, Json& json);

/// The audit block: groups, performance, bias, undefined, degenerate, and the objective.
Json audit_json(const debias::Evaluation& evaluation, const debias::DecisionRule& rule);

/// Adds the entries "measure", "performance", "objective" (its kind) and "lambda" or "epsilon".
void put_objective(const fairness::Objective& objective, Json& json);

/// {"name": .., "sha256": .., "protected": .., "groups": [{"group": 0, "name": .., "n": ..}, ..], "favorable": ..,
/// "rows": .., "rows_with_missing_values": .., "split_seed": ..}; n counts all rows, before the split.
Json data_json(const data::Dataset& dataset, std::uint32_t split_seed);

/// The entries that every file starts with: version, command, seed.
Json provenance_json(const Context& context, std::uint64_t seed);

}  // namespace posthoc::cli
