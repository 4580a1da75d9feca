#include "cli/table.h"

#include <algorithm>
#include <fmt/core.h>

namespace posthoc::cli {

std::string format_table(const std::vector<std::string>& header, const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const std::string& title : header) widths.push_back(title.size());
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  const auto add_line = [&](const std::vector<std::string>& cells) {
    std::string line = fmt::format("{:<{}}", cells[0], widths[0]);
    for (std::size_t i = 1; i < cells.size(); ++i) line += fmt::format("  {:>{}}", cells[i], widths[i]);
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  };
  add_line(header);
  for (const auto& row : rows) add_line(row);
  return text;
}

std::string format_value(const fairness::Value& value) {
  return value.defined() ? fmt::format("{:.4f}", value.number()) : "undefined";
}

std::string format_interval(const fairness::Interval& interval) {
  return interval.defined() ? fmt::format("[{:.4f}, {:.4f}]", interval.low, interval.high) : "none";
}

ComparedRow compare(const std::string& name, const debias::DecisionRule& rule, const fairness::Outcomes& valid,
                    const fairness::Outcomes& test, const fairness::Objective& objective) {
  debias::Evaluation on_test = debias::evaluate(rule, test, objective);
  auto interval = fairness::bootstrap_measure(*objective.bias, on_test.audit.counts, test);
  return {name, rule, debias::evaluate(rule, valid, objective), std::move(on_test), std::move(interval)};
}

namespace {

std::string explained(const fairness::Objective& objective, int groups) {
  const std::string_view bias = objective.bias->name;
  const std::string_view performance = objective.performance->name;
  const bool ratio = objective.bias->scale == fairness::Measure::Scale::ratio;
  const std::string unfairness = ratio ? "unfairness" : fmt::format("|{}|", bias);
  std::string text;
  if (objective.kind == fairness::Objective::Kind::tradeoff) {
    text = fmt::format("objective = {} {} + {} (1 - {}), lower is better", objective.lambda, unfairness,
                       1.0 - objective.lambda, performance);
  } else {
    text = fmt::format("objective = 1 - {} where {} <= {}, else 1 + {} (infeasible), lower is better", performance,
                       unfairness, objective.epsilon, unfairness);
  }
  text += groups > 2 ? fmt::format("; {} = {} between any two groups", bias, ratio ? "smallest ratio" : "largest gap")
                     : fmt::format("; {} = unprivileged {} privileged", bias, ratio ? "over" : "minus");
  if (ratio) text += fmt::format(", unfairness = 1 - min({}, 1 / {})", bias, bias);
  return text + "\n";
}

// ", between groups 0 and 3" where there are more than two.
std::string worst_pair_of(const fairness::Audit& audit, const fairness::Measure& bias) {
  if (audit.counts.groups() <= 2) return "";
  for (const fairness::MeasuredValue& measured : audit.measures) {
    if (measured.measure != &bias || !measured.worst_pair) continue;
    return fmt::format(", between groups {} and {}", measured.worst_pair->first, measured.worst_pair->second);
  }
  return "";
}

}  // namespace

void print_comparison(std::ostream& out, const std::vector<ComparedRow>& rows, const fairness::Objective& objective) {
  const std::string bias(objective.bias->name);
  const std::string performance(objective.performance->name);
  std::vector<std::vector<std::string>> cells;
  std::string notes;
  for (const ComparedRow& row : rows) {
    std::vector<std::string> line{row.name};
    for (const auto* part : {&row.valid, &row.test}) {
      line.push_back(format_value(part->objective));
      line.push_back(format_value(part->bias));
      line.push_back(format_value(part->performance));
      const char* where = part == &row.valid ? "validation" : "test";
      if (!part->objective.defined()) notes += fmt::format("{}, {}: {}\n", row.name, where, part->objective.reason());
      if (!part->feasible) {
        notes += fmt::format("infeasible: {}, {}: the unfairness is above {}\n", row.name, where, objective.epsilon);
      }
      if (part->degenerate) notes += fmt::format("degenerate: {}, {}: {}\n", row.name, where, *part->degenerate);
    }
    line.push_back(debias::to_string(row.rule));
    std::string remark = row.valid.degenerate || row.test.degenerate ? "degenerate" : "";
    if (!row.valid.feasible || !row.test.feasible) remark += remark.empty() ? "infeasible" : ", infeasible";
    line.push_back(std::move(remark));
    cells.push_back(std::move(line));
  }
  out << format_table(
      {"method", "valid: objective", bias, performance, "test: objective", bias, performance, "rule", ""}, cells);
  out << explained(objective, rows.empty() ? 2 : rows.front().test.audit.counts.groups());
  for (const ComparedRow& row : rows) {
    if (!row.test.bias.defined()) continue;
    const fairness::Interval& interval = row.bias_on_test.interval;
    out << fmt::format("{}: {} on test {}, {:g} % interval {}{}{}\n", row.name, bias, format_value(row.test.bias),
                       100 * interval.level, format_interval(interval),
                       interval.defined() ? "" : " (" + interval.reason + ")",
                       worst_pair_of(row.test.audit, *objective.bias));
  }
  out << notes;
}

}  // namespace posthoc::cli
