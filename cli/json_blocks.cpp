#include "cli/json_blocks.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"

namespace posthoc::cli {
namespace {

// JSON has no infinite numbers.
Json finite_or_text(double number) {
  if (std::isinf(number)) return number > 0 ? "Infinity" : "-Infinity";
  return number;
}

// Counts are whole, but for the expected ones of a rule that randomises.
Json count_json(double count) {
  if (count == std::floor(count)) return std::llround(count);
  return count;
}

Json group_json(const fairness::GroupAudit& group) {
  return {{"group", group.group},
          {"n", std::llround(group.cells.n())},
          {"tp", count_json(group.cells.tp)},
          {"fp", count_json(group.cells.fp)},
          {"tn", count_json(group.cells.tn)},
          {"fn", count_json(group.cells.fn)},
          {"tpr", number_json(group.tpr)},
          {"fpr", number_json(group.fpr)},
          {"selection_rate", number_json(group.selection_rate)},
          {"base_rate", number_json(group.base_rate)}};
}

}  // namespace

bool stands_with_bias(const fairness::Measure& measure) {
  return measure.kind == fairness::Measure::Kind::bias || measure.long_name == "theil_index" ||
         measure.long_name == "generalized_entropy_index";
}

Json number_json(const fairness::Value& value) { return value.defined() ? finite_or_text(value.number()) : Json(); }

Json interval_json(const fairness::Interval& interval) {
  if (!interval.defined()) return {};
  return {finite_or_text(interval.low), finite_or_text(interval.high)};
}

void put_bootstrap(const fairness::BootstrapOptions& options, Json& json) {
  json["method"] = fairness::to_string(options.method);
  json["level"] = options.level;
  json["resamples"] = options.resamples;
  json["strata"] = fairness::to_string(options.strata);
}

Json measured_json(const fairness::Audit& audit) {
  Json groups = Json::array();
  for (const fairness::GroupAudit& group : audit.groups) groups.push_back(group_json(group));
  Json performance = Json::object();
  Json bias = Json::object();
  Json undefined = Json::object();
  Json pairs = Json::object();
  for (const auto& measured : audit.measures) {
    const fairness::Measure& measure = *measured.measure;
    Json& block = stands_with_bias(measure) ? bias : performance;
    for (const std::string& key : {std::string(measure.long_name), std::string(measure.alias)}) {
      if (key.empty()) continue;
      block[key] = number_json(measured.value);
      if (!measured.value.defined()) undefined[key] = measured.value.reason();
      if (measured.worst_pair) pairs[key] = {measured.worst_pair->first, measured.worst_pair->second};
    }
  }
  Json json = {{"groups", groups}, {"performance", performance}, {"bias", bias}, {"undefined", undefined}};
  if (audit.counts.groups() > 2) json["worst_pairs"] = pairs;
  return json;
}

void put_statistics(const fairness::Audit& audit, Json& json) {
  const auto rows = fairness::statistics();
  const auto of_group = [&](const fairness::GroupAudit& group) {
    Json statistics = Json::object();
    for (std::size_t i = 0; i < rows.size(); ++i)
      statistics[std::string(rows[i].name)] = number_json(group.statistics[i]);
    return statistics;
  };
  for (std::size_t g = 0; g < audit.groups.size(); ++g) json["groups"][g]["statistics"] = of_group(audit.groups[g]);
  json["all"] = of_group(audit.all);
}

void put_intervals(const std::vector<fairness::MeasureInterval>& intervals, Json& json) {
  Json ends = Json::object();
  Json reasons = Json::object();
  for (const fairness::MeasureInterval& measured : intervals) {
    const std::string name(measured.measure->long_name);
    const fairness::Interval& interval = measured.interval;
    if (interval.defined()) {
      ends[name] = interval_json(interval);
    } else if (measured.estimate.defined()) {
      reasons[name] = interval.reason;
    }
  }
  json["intervals"] = ends;
  json["no_interval"] = reasons;
}

Json audit_json(const debias::Evaluation& evaluation, const debias::DecisionRule& rule) {
  Json result = {{"n", std::llround(evaluation.audit.counts.total().n())}, {"threshold", threshold_of(rule)}};
  result.update(measured_json(evaluation.audit));
  result["objective"] = number_json(evaluation.objective);
  if (!evaluation.objective.defined()) result["undefined"]["objective"] = evaluation.objective.reason();
  result["degenerate"] = evaluation.degenerate.has_value();
  if (!evaluation.feasible) result["feasible"] = false;
  if (evaluation.degenerate) result["degenerate_reason"] = *evaluation.degenerate;
  return result;
}

void put_objective(const fairness::Objective& objective, Json& json) {
  json["measure"] = objective.bias->name;
  json["performance"] = objective.performance->name;
  json["objective"] = to_string(objective.kind);
  if (objective.kind == fairness::Objective::Kind::tradeoff) {
    json["lambda"] = objective.lambda;
  } else {
    json["epsilon"] = objective.epsilon;
  }
}

Json data_json(const data::Dataset& dataset, std::uint32_t split_seed) {
  const data::ProtectedAttribute& attribute = dataset.attribute(dataset.protected_attribute);
  Json groups = Json::array();
  for (std::size_t group = 0; group < attribute.group_names.size(); ++group) {
    const auto n = std::count(attribute.groups.begin(), attribute.groups.end(), static_cast<std::int32_t>(group));
    groups.push_back({{"group", group}, {"name", attribute.group_names[group]}, {"n", n}});
  }
  return {{"name", dataset.name},
          {"sha256", dataset.checksum},
          {"protected", dataset.protected_attribute},
          {"groups", groups},
          {"favorable", dataset.favorable_label},
          {"rows", dataset.rows()},
          {"rows_with_missing_values", dataset.counts.incomplete},
          {"split_seed", split_seed}};
}

Json provenance_json(const Context& context, std::uint64_t seed) {
  return {{"version", version()}, {"command", recorded_command(context.arguments)}, {"seed", seed}};
}

}  // namespace posthoc::cli
