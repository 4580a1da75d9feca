#include "study/report/weights.h"

#include <cmath>
#include <fmt/format.h>
#include <limits>

#include "report/charts.h"
#include "study/report/names.h"

namespace posthoc::study {
namespace {

using report::Cell;
using report::Series;
using report::XyPanel;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// The directions that are shown, in this order.
struct Named {
  const char* name;
  const char* label;
};
constexpr Named kDirections[] = {{"gradient", "mean gradient"},
                                 {"least_norm", "least squares, as published"},
                                 {"permuted", "least squares, biases shuffled"}};

Series line_of(std::size_t direction) {
  Series line;
  line.label = kDirections[direction].label;
  line.style = series_style(direction);
  line.kind = Series::Kind::line;
  return line;
}

// The mean over the networks of the magnitudes at each rank.
Series mean_magnitudes(const TaskSensitivity& task, std::size_t direction) {
  std::map<std::int64_t, std::pair<double, double>> sums;  // by rank: sum and number
  for (const SensitivityResult& network : task.networks) {
    for (const DirectionResult& found : network.directions) {
      if (found.name != kDirections[direction].name) continue;
      for (const auto& [rank, magnitude] : found.sorted) {
        sums[rank].first += magnitude;
        sums[rank].second += 1.0;
      }
    }
  }
  Series line = line_of(direction);
  for (const auto& [rank, sum] : sums) {
    const double magnitude = sum.first / sum.second;
    if (magnitude > 1e-6) line.points.push_back({std::log10(static_cast<double>(rank)), magnitude});
  }
  return line;
}

Series singular_values(const TaskSensitivity& task, std::size_t direction) {
  Series line = line_of(direction);
  const SensitivityStack::Row* row = task.agreement(kDirections[direction].name);
  if (row == nullptr) return line;
  for (const double value : row->singular_values) {
    line.points.push_back({static_cast<double>(line.points.size() + 1), value});
  }
  return line;
}

// A panel a task with a line a direction; none where there is nothing to draw.
template <typename Line>
std::vector<XyPanel> panels_of(const std::map<std::string, TaskSensitivity>& tasks, const char* x_label,
                               const char* y_label, Line&& line) {
  std::vector<XyPanel> panels;
  for (const auto& [name, task] : tasks) {
    XyPanel panel{name, x_label, y_label, {}};
    for (std::size_t direction = 0; direction < std::size(kDirections); ++direction) {
      Series series = line(task, direction);
      if (!series.points.empty()) panel.series.push_back(std::move(series));
    }
    if (!panel.series.empty()) panels.push_back(std::move(panel));
  }
  return panels;
}

std::string two_digits(double value) { return std::isnan(value) ? "-" : fmt::format("{:.2f}", value); }
std::string percent(double share) { return std::isnan(share) ? "-" : fmt::format("{:.2f} %", 100.0 * share); }

double norm_share(const SensitivityResult& network) {
  for (const DirectionResult& direction : network.directions) {
    if (direction.name != "gradient") continue;
    double share = 0.0;
    for (const StageShare& stage : direction.stages) share += stage.norm_share;
    return share;
  }
  return kNaN;
}

std::string cosine_of(const TaskSensitivity& task, const char* direction) {
  const SensitivityStack::Row* row = task.agreement(direction);
  return row == nullptr ? "-" : two_digits(row->mean_cosine);
}

// One row of the table: what it is, and its text for a task.
struct TableRow {
  const char* name;
  std::string (*text)(const TaskSensitivity&);
};

constexpr auto kDecisions = &SensitivityResult::decisions;
constexpr auto kScores = &SensitivityResult::scores;

const TableRow kRows[] = {
    {"networks", [](const TaskSensitivity& task) { return std::to_string(task.networks.size()); }},
    {"parameters", [](const TaskSensitivity& task) { return std::to_string(task.networks.front().coordinates); }},
    {"standard deviation of the decisions' SPD over perturbed networks",
     [](const TaskSensitivity& task) {
       return fmt::format("{:.3f}", task.mean_response(kDecisions, [](const BiasResponse& r) { return r.deviation; }));
     }},
    {"R^2 of least squares, as published, on the trials it learned from",
     [](const TaskSensitivity& task) {
       return two_digits(task.mean_response(kDecisions, [](const BiasResponse& r) { return r.least_norm.r2; }));
     }},
    {"the same, biases shuffled",
     [](const TaskSensitivity& task) {
       return two_digits(task.mean_response(kDecisions, [](const BiasResponse& r) { return r.permuted.r2; }));
     }},
    {"R^2 of least squares on other trials",
     [](const TaskSensitivity& task) {
       return two_digits(
           task.mean_response(kDecisions, [](const BiasResponse& r) { return r.least_norm.r2_held_out; }));
     }},
    {"R^2 of ridge regression on other trials",
     [](const TaskSensitivity& task) {
       return two_digits(task.mean_response(kDecisions, [](const BiasResponse& r) { return r.ridge.r2_held_out; }));
     }},
    {"R^2 of the mean gradient, decisions' SPD",
     [](const TaskSensitivity& task) {
       return two_digits(task.mean_response(kDecisions, [](const BiasResponse& r) { return r.gradient_r2; }));
     }},
    {"R^2 of the mean gradient, scores' SPD",
     [](const TaskSensitivity& task) {
       return two_digits(task.mean_response(kScores, [](const BiasResponse& r) { return r.gradient_r2; }));
     }},
    {"parameters with half of the squared mean gradient",
     [](const TaskSensitivity& task) { return percent(task.mean_share_of_half("gradient")); }},
    {"of the squared coefficients of least squares",
     [](const TaskSensitivity& task) { return percent(task.mean_share_of_half("least_norm")); }},
    {"of a direction drawn blindly", [](const TaskSensitivity& task) { return percent(task.blind_share_of_half()); }},
    {"share of the normalisations in the squared mean gradient",
     [](const TaskSensitivity& task) { return percent(task.mean(norm_share)); }},
    {"mean cosine of two networks, mean gradient",
     [](const TaskSensitivity& task) { return cosine_of(task, "gradient"); }},
    {"mean cosine of two networks, least squares",
     [](const TaskSensitivity& task) { return cosine_of(task, "least_norm"); }},
};

}  // namespace

const SensitivityStack::Row* TaskSensitivity::agreement(const std::string& direction) const {
  if (stacks.empty()) return nullptr;
  for (const SensitivityStack::Row& row : stacks.front().rows) {
    if (row.name == direction) return &row;
  }
  return nullptr;
}

double TaskSensitivity::mean_response(BiasResponse SensitivityResult::*bias,
                                      double (*number)(const BiasResponse&)) const {
  return mean([&](const SensitivityResult& network) {
    return (network.*bias).undefined.empty() ? number(network.*bias) : kNaN;
  });
}

double TaskSensitivity::mean_share_of_half(const std::string& direction) const {
  return mean([&](const SensitivityResult& network) {
    for (const DirectionResult& found : network.directions) {
      if (found.name != direction) continue;
      return static_cast<double>(found.concentration.half) / static_cast<double>(network.coordinates);
    }
    return kNaN;
  });
}

double TaskSensitivity::blind_share_of_half() const {
  return mean([](const SensitivityResult& network) {
    return static_cast<double>(network.isotropic.half) / static_cast<double>(network.coordinates);
  });
}

std::map<std::string, TaskSensitivity> read_sensitivity(const Results& results) {
  std::map<std::string, TaskSensitivity> tasks;
  for (const auto& [record, source] : results.others("sensitivity")) {
    SensitivityResult network = parse_sensitivity(record);
    TaskSensitivity& task = tasks[network.key.task];
    task.networks.push_back(std::move(network));
    task.lines.sources.push_back(source);
  }
  for (const auto& [record, source] : results.others("sensitivity_stack")) {
    SensitivityStack stack = parse_sensitivity_stack(record);
    const auto task = tasks.find(stack.task);
    if (task != tasks.end()) task->second.stacks.push_back(std::move(stack));
  }
  return tasks;
}

report::Table sensitivity_table(const Results& results) {
  const auto tasks = read_sensitivity(results);
  report::Table table{"figure2-weights",
                      "How the bias answers to random perturbations of the weights, means over the networks (the "
                      "paper's Figure 2).",
                      {"quantity"},
                      {},
                      1};
  for (const auto& [name, task] : tasks) table.header.push_back(name);
  if (tasks.empty()) return table;
  for (const TableRow& row : kRows) {
    std::vector<Cell>& cells = table.rows.emplace_back();
    cells.push_back({row.name});
    for (const auto& [name, task] : tasks) cells.push_back({row.text(task), task.lines.source()});
  }
  return table;
}

std::vector<report::Figure> sensitivity_figures(const Results& results) {
  const auto tasks = read_sensitivity(results);
  std::vector<report::Figure> figures;
  report::XyChart magnitudes{
      "figure2-magnitudes",
      "Which weights carry the bias: sorted magnitudes of the coefficients from perturbation to SPD, as directions of "
      "length 1, mean over the networks. Least squares cannot be told from its fit to shuffled biases; the mean "
      "gradient, which needs no fit, is far more concentrated.",
      2, panels_of(tasks, "log10 of the weight's rank", "magnitude", mean_magnitudes)};
  for (XyPanel& panel : magnitudes.panels) panel.log_y = true;
  if (!magnitudes.panels.empty()) figures.push_back(draw(magnitudes));
  report::XyChart agreement{
      "figure2-singular-values",
      "How far networks agree: singular values of their stacked directions. All would be 1 if the directions were at "
      "right angles; the first would be the square root of their number if they were one.",
      2, panels_of(tasks, "number", "singular value", singular_values)};
  for (XyPanel& panel : agreement.panels) panel.y_lines = {1.0};
  if (!agreement.panels.empty()) figures.push_back(draw(agreement));
  return figures;
}

}  // namespace posthoc::study
