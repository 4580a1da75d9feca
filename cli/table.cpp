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

// What has to be said of one row on one part.
std::string reasons(const std::string& name, const char* where, const debias::Evaluation& on,
                    const fairness::Objective& objective) {
  std::string text;
  if (!on.objective.defined()) text += fmt::format("{}, {}: {}\n", name, where, on.objective.reason());
  if (!on.feasible) {
    text += fmt::format("infeasible: {}, {}: the unfairness is above {}\n", name, where, objective.epsilon);
  }
  if (on.degenerate) text += fmt::format("degenerate: {}, {}: {}\n", name, where, *on.degenerate);
  return text;
}

bool any_test(const std::vector<ComparedRow>& rows) {
  return std::any_of(rows.begin(), rows.end(), [](const ComparedRow& row) { return row.expected.test.has_value(); });
}

}  // namespace

std::string remark_on(const ComparedRow& row) {
  const OnBoth& on = row.expected;
  std::string remark = on.valid.degenerate || (on.test && on.test->degenerate) ? "degenerate" : "";
  if (!on.valid.feasible || (on.test && !on.test->feasible)) remark += remark.empty() ? "infeasible" : ", infeasible";
  return remark;
}

std::vector<std::string> cells_of(const debias::Evaluation& evaluation) {
  return {format_value(evaluation.objective), format_value(evaluation.bias), format_value(evaluation.performance)};
}

void print_objective(std::ostream& out, const std::vector<ComparedRow>& rows, const fairness::Objective& objective) {
  out << explained(objective, rows.empty() ? 2 : rows.front().expected.valid.audit.counts.groups());
  std::string drawn;
  for (const ComparedRow& row : rows) {
    if (row.drawn) drawn += (drawn.empty() ? "" : ", ") + row.name;
  }
  if (!drawn.empty()) out << "expected values, because the decisions are drawn at random: " << drawn << "\n";
}

void print_reasons(std::ostream& out, const std::vector<ComparedRow>& rows, const fairness::Objective& objective) {
  for (const ComparedRow& row : rows) {
    out << reasons(row.name, "validation", row.expected.valid, objective);
    if (row.expected.test) out << reasons(row.name, "test", *row.expected.test, objective);
  }
}

void print_comparison(std::ostream& out, const std::vector<ComparedRow>& rows, const fairness::Objective& objective) {
  const std::string bias(objective.bias->name);
  const std::string performance(objective.performance->name);
  const bool with_test = any_test(rows);
  std::vector<std::string> header = {"method", "valid: objective", bias, performance};
  if (with_test) header.insert(header.end(), {"test: objective", bias, performance});
  header.insert(header.end(), {"rule", ""});
  std::vector<std::vector<std::string>> cells;
  for (const ComparedRow& row : rows) {
    std::vector<std::string> line{row.name};
    for (const std::string& cell : cells_of(row.expected.valid)) line.push_back(cell);
    if (with_test) {
      for (const std::string& cell : cells_of(*row.expected.test)) line.push_back(cell);
    }
    line.push_back(debias::to_string(row.rule));
    line.push_back(remark_on(row));
    cells.push_back(std::move(line));
  }
  out << format_table(header, cells);
  print_objective(out, rows, objective);
  for (const ComparedRow& row : rows) {
    if (!row.expected.test || !row.expected.test->bias.defined()) continue;
    const fairness::Interval& interval = row.expected.bias_on_test->interval;
    out << fmt::format("{}: {} on test {}, {:g} % interval {}{}{}\n", row.name, bias,
                       format_value(row.expected.test->bias), 100 * interval.level, format_interval(interval),
                       interval.defined() ? "" : " (" + interval.reason + ")",
                       worst_pair_of(row.expected.test->audit, *objective.bias));
  }
  print_reasons(out, rows, objective);
}

}  // namespace posthoc::cli
