#include "cli/json_blocks.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"

namespace posthoc::cli {
namespace {

Json number_or_null(const fairness::Value& value) { return value.defined() ? Json(value.number()) : Json(); }

std::int64_t whole(double count) { return std::llround(count); }

Json group_json(const fairness::GroupAudit& group) {
  return {{"group", group.group},
          {"n", whole(group.cells.n())},
          {"tp", whole(group.cells.tp)},
          {"fp", whole(group.cells.fp)},
          {"tn", whole(group.cells.tn)},
          {"fn", whole(group.cells.fn)},
          {"tpr", number_or_null(group.tpr)},
          {"fpr", number_or_null(group.fpr)},
          {"selection_rate", number_or_null(group.selection_rate)},
          {"base_rate", number_or_null(group.base_rate)}};
}

}  // namespace

Json rule_json(const debias::DecisionRule& rule) {
  return {{"kind", "threshold"}, {"threshold", std::get<debias::Threshold>(rule).threshold}};
}

debias::DecisionRule parse_rule(const Json& json) {
  const auto kind = json.at("kind").get<std::string>();
  require(kind == "threshold", "unknown kind of decision rule '{}'; expected threshold", kind);
  require(json.at("threshold").is_number(), "the threshold is not a number");  // get() would take true for 1
  const auto threshold = json.at("threshold").get<double>();
  require(std::isfinite(threshold), "the threshold is not a finite number");
  return debias::Threshold{threshold};
}

Json audit_json(const debias::Evaluation& evaluation, const debias::DecisionRule& rule) {
  Json undefined = Json::object();
  const auto number = [&](std::string_view name, const fairness::Value& value) {
    if (!value.defined()) undefined[std::string(name)] = value.reason();
    return number_or_null(value);
  };
  Json groups = Json::array();
  for (const fairness::GroupAudit& group : evaluation.audit.groups) groups.push_back(group_json(group));
  Json performance = Json::object();
  Json bias = Json::object();
  for (const auto& [measure, value] : evaluation.audit.measures) {
    Json& block = measure->kind == fairness::Measure::Kind::bias ? bias : performance;
    block[std::string(measure->long_name)] = number(measure->long_name, value);
  }
  const Json objective = number("objective", evaluation.objective);
  Json result = {{"n", whole(evaluation.audit.counts.total().n())},
                 {"threshold", std::get<debias::Threshold>(rule).threshold},
                 {"groups", groups},
                 {"performance", performance},
                 {"bias", bias},
                 {"objective", objective},
                 {"undefined", undefined},
                 {"degenerate", evaluation.degenerate.has_value()}};
  if (evaluation.degenerate) result["degenerate_reason"] = *evaluation.degenerate;
  return result;
}

void put_objective(const fairness::Objective& objective, Json& json) {
  json["measure"] = objective.bias->name;
  json["performance"] = objective.performance->name;
  json["lambda"] = objective.lambda;
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
