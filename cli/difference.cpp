#include "cli/difference.h"

#include <fmt/core.h>

#include "cli/json_blocks.h"
#include "cli/table.h"

namespace posthoc::cli {
namespace {

const fairness::BootstrapOptions bootstrap_options{};

bool is_bias(const fairness::DifferenceInterval& difference) {
  return difference.measure->kind == fairness::Measure::Kind::bias;
}

Json change_json(const fairness::Value& value, const fairness::Interval& interval) {
  Json json = {{"value", number_json(value)}, {"interval", interval_json(interval)}};
  if (!value.defined()) {
    json["undefined"] = value.reason();
  } else if (!interval.defined()) {
    json["no_interval"] = interval.reason;
  }
  return json;
}

}  // namespace

std::vector<fairness::DifferenceInterval> difference_on_test(const ScoredPart& original,
                                                             const debias::DecisionRule& original_rule,
                                                             const ScoredPart& changed,
                                                             const debias::DecisionRule& changed_rule,
                                                             const fairness::Objective& objective) {
  const std::vector<double> before = debias::favourable_probabilities(original_rule, original.outcomes());
  const std::vector<double> after = debias::favourable_probabilities(changed_rule, changed.outcomes());
  const std::vector<const fairness::Measure*> measures = {objective.bias, objective.performance};
  return fairness::bootstrap_difference({original.outcomes(), before}, {changed.outcomes(), after}, measures,
                                        bootstrap_options);
}

void print_difference(std::ostream& out, const std::vector<fairness::DifferenceInterval>& differences,
                      const std::string& name, const std::string& against) {
  const auto print = [&](const std::string& what, const fairness::Value& value, const fairness::Interval& interval) {
    std::string why;
    if (!value.defined()) {
      why = fmt::format(" ({})", value.reason());
    } else if (!interval.defined()) {
      why = fmt::format(" ({})", interval.reason);
    }
    const std::string number = value.defined() ? fmt::format("{:+.4f}", value.number()) : "undefined";
    out << fmt::format("{} - {}: {} on test {}, {:g} % interval {} (paired {} bootstrap){}\n", name, against, what,
                       number, 100 * interval.level, format_interval(interval), fairness::to_string(interval.method),
                       why);
  };
  for (const fairness::DifferenceInterval& difference : differences) {
    const std::string measure(difference.measure->name);
    print(measure, difference.difference, difference.interval);
    if (!is_bias(difference)) continue;
    const bool ratio = difference.measure->scale == fairness::Measure::Scale::ratio;
    print(ratio ? "unfairness of " + measure : "|" + measure + "|", difference.distance, difference.distance_interval);
  }
}

Json difference_json(const std::vector<fairness::DifferenceInterval>& differences, const std::string& against) {
  Json json = {{"against", against}};
  for (const fairness::DifferenceInterval& difference : differences) {
    Json& change = json[std::string(difference.measure->long_name)];
    change = change_json(difference.difference, difference.interval);
    if (is_bias(difference)) change["unfairness"] = change_json(difference.distance, difference.distance_interval);
  }
  put_bootstrap(bootstrap_options, json);
  return json;
}

}  // namespace posthoc::cli
