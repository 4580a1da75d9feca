#include "cli/comparison.h"

#include "cli/json_blocks.h"

namespace posthoc::cli {
namespace {

template <typename Count>
OnBoth on_both(const fairness::Outcomes& valid, const std::optional<fairness::Outcomes>& test,
               const fairness::Objective& objective, const Count& count) {
  OnBoth both{debias::evaluate(count(valid), valid, objective), std::nullopt, std::nullopt};
  if (test) {
    both.test = debias::evaluate(count(*test), *test, objective);
    both.bias_on_test = fairness::bootstrap_measure(*objective.bias, both.test->audit.counts, *test);
  }
  return both;
}

void put_both(const OnBoth& both, const debias::DecisionRule& rule, Json& json) {
  json["valid"] = audit_json(both.valid, rule);
  if (!both.test) return;
  json["test"] = audit_json(*both.test, rule);
  put_intervals({*both.bias_on_test}, json["test"]);
}

}  // namespace

ComparedRow compare(const std::string& name, const debias::DecisionRule& rule, const fairness::Outcomes& valid,
                    const std::optional<fairness::Outcomes>& test, const fairness::Objective& objective,
                    std::uint64_t seed) {
  const auto expected = [&](const fairness::Outcomes& outcomes) { return debias::count(rule, outcomes); };
  const auto drawn = [&](const fairness::Outcomes& outcomes) { return debias::count_drawn(rule, outcomes, seed); };
  ComparedRow row{name, rule, on_both(valid, test, objective, expected), std::nullopt};
  if (debias::is_randomised(rule)) row.drawn = on_both(valid, test, objective, drawn);
  return row;
}

Json predictor_json(const ComparedRow& row) {
  Json json = {{"rule", rule_json(row.rule)}};
  put_both(row.drawn ? *row.drawn : row.expected, row.rule, json);
  if (row.drawn) {
    json["expected"] = Json::object();
    put_both(row.expected, row.rule, json["expected"]);
  }
  return json;
}

}  // namespace posthoc::cli
