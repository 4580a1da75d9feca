#include "debias/rule_json.h"

#include <cmath>

#include "base/error.h"

namespace posthoc::debias {
namespace {

using Json = nlohmann::ordered_json;

double number(const Json& json, const char* name) {
  require(json.contains(name), "the decision rule has no entry '{}'", name);
  const Json& entry = json.at(name);
  require(entry.is_number(), "the decision rule's {} is not a number", name);  // get() would take true for 1
  const auto value = entry.get<double>();
  require(std::isfinite(value), "the decision rule's {} is not a finite number", name);
  return value;
}

double number_or(const Json& json, const char* name, double otherwise) {
  return json.contains(name) ? number(json, name) : otherwise;
}

Json to_json(const Threshold& rule) { return {{"kind", "threshold"}, {"threshold", rule.threshold}}; }

Json to_json(const RejectOption& rule) {
  return {{"kind", "reject_option"},
          {"threshold", rule.threshold},
          {"margin", rule.margin},
          {"lower", rule.lower},
          {"upper", rule.upper}};
}

Json to_json(const EqualizedOdds& rule) {
  return {{"kind", "equalized_odds"}, {"sp2p", rule.sp2p}, {"sn2p", rule.sn2p},
          {"op2p", rule.op2p},        {"on2p", rule.on2p}, {"threshold", rule.threshold}};
}

Json to_json(const CalibratedMix& rule) {
  return {{"kind", "calibrated_equalized_odds"},
          {"privileged_mix_rate", rule.privileged_mix_rate},
          {"unprivileged_mix_rate", rule.unprivileged_mix_rate},
          {"privileged_base_rate", rule.privileged_base_rate},
          {"unprivileged_base_rate", rule.unprivileged_base_rate},
          {"threshold", rule.threshold}};
}

RejectOption parse_reject_option(const Json& json) {
  auto rule = RejectOption::around(number(json, "threshold"), number(json, "margin"));
  rule.lower = number_or(json, "lower", rule.lower);
  rule.upper = number_or(json, "upper", rule.upper);
  return rule;
}

DecisionRule parse_kind(const std::string& kind, const Json& json) {
  if (kind == "threshold") return Threshold{number(json, "threshold")};
  if (kind == "reject_option") return parse_reject_option(json);
  if (kind == "equalized_odds") {
    return EqualizedOdds{number(json, "sp2p"), number(json, "sn2p"), number(json, "op2p"), number(json, "on2p"),
                         number_or(json, "threshold", kHalfOrAbove)};
  }
  if (kind == "calibrated_equalized_odds") {
    return CalibratedMix{number(json, "privileged_mix_rate"), number(json, "unprivileged_mix_rate"),
                         number(json, "privileged_base_rate"), number(json, "unprivileged_base_rate"),
                         number_or(json, "threshold", kHalfOrAbove)};
  }
  fail(
      "unknown kind of decision rule '{}'; expected threshold, reject_option, equalized_odds or "
      "calibrated_equalized_odds",
      kind);
}

}  // namespace

Json rule_json(const DecisionRule& rule) {
  return std::visit([](const auto& kind) { return to_json(kind); }, rule);
}

DecisionRule parse_rule(const Json& json) {
  require(json.is_object() && json.contains("kind") && json.at("kind").is_string(),
          "the decision rule is not an object with a 'kind'");
  const DecisionRule rule = parse_kind(json.at("kind").get<std::string>(), json);
  validate(rule);
  return rule;
}

double threshold_of(const DecisionRule& rule) {
  return std::visit([](const auto& kind) { return kind.threshold; }, rule);
}

}  // namespace posthoc::debias
