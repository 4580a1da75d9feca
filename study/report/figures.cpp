#include "study/report/figures.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <map>

#include "report/charts.h"
#include "study/report/claims.h"
#include "study/report/comparisons.h"
#include "study/report/names.h"
#include "study/report/our_numbers.h"

namespace posthoc::study {
namespace {

using report::DotChart;
using report::DotPanel;
using report::DotRow;
using report::KeyEntry;
using report::Range;
using report::Style;
using Kind = fairness::Objective::Kind;

// Tasks stand side by side; with more of them names and ticks find no room.
constexpr std::size_t kMostColumns = 6;

const Style kPublishedStyle{"#111111", 12, 1};  // a hollow diamond
const Style kRerunStyle{"#6b6b6b", 8, 1};       // a hollow triangle

Range spread(const Moments& moments) { return {moments.mean, moments.mean - moments.std, moments.mean + moments.std}; }

// The verdict on the objective that a group stands for; null if the paper has none.
const Verdict* verdict_on(const std::vector<Verdict>& verdicts, const Group& group, const std::string& quantity,
                          const std::string& place) {
  for (const Verdict& verdict : verdicts) {
    const PublishedNumber& number = verdict.number;
    if (number.quantity == quantity && number.data == group.key.data && number.method == group.method &&
        number.protected_attribute == group.key.protected_attribute && number.measure == group.key.objective.measure &&
        number.architecture == group.key.architecture && number.place.starts_with(place)) {
      return &verdict;
    }
  }
  return nullptr;
}

DotRow row_of(const Group& group, const Select& select) {
  DotRow row{group.key.method, method_style(group.method), std::nullopt};
  const Sample values = sample(group, select);
  if (const auto all = values.moments()) {
    row.range = spread(*all);
    row.dots = values.values;
  } else {
    row.remark = "undefined";
  }
  return row;
}

// Whether a group is of a method that stands among the others under its own name as well, with other options.
bool is_variant(const Group& group, const std::vector<const Group*>& groups) {
  if (group.key.method == group.method) return false;
  return std::any_of(groups.begin(), groups.end(),
                     [&](const Group* other) { return other->key.method == group.method; });
}

// All methods but the majority decision, whose mean is the panel's line, each once: variants are in the tables.
DotPanel objective_panel(const std::string& title, const std::vector<const Group*>& groups,
                         const std::vector<Verdict>& verdicts, bool with_published, const std::string& place) {
  DotPanel panel{title, {}, std::nullopt};
  for (const Group* group : groups) {
    if (group->method == "majority") {
      if (const auto majority = sample(*group, test_objective).moments()) panel.line = majority->mean;
      continue;
    }
    if (is_variant(*group, groups)) continue;
    DotRow row = row_of(*group, test_objective);
    const Verdict* verdict = verdict_on(verdicts, *group, "objective", place);
    if (verdict != nullptr) {
      if (with_published) row.others.push_back({spread(verdict->number.value), kPublishedStyle});
      if (verdict->rerun) row.others.push_back({spread(*verdict->rerun), kRerunStyle});
    }
    panel.rows.push_back(std::move(row));
  }
  return panel;
}

std::vector<KeyEntry> objective_key(bool with_published, bool with_rerun, bool with_majority) {
  std::vector<KeyEntry> key = {{"ours: mean and standard deviation", {"#333333", 7, 1}},
                               {"one network", {"#b4b4b4", 7, 1}}};
  if (with_published) key.push_back({"published", kPublishedStyle});
  if (with_rerun) key.push_back({"release run again", kRerunStyle});
  if (with_majority) key.push_back({"deciding the same for everybody (majority)", {"#555555", 1, 2}, true});
  return key;
}

bool has_rows(const DotChart& chart) {
  return std::any_of(chart.panels.begin(), chart.panels.end(),
                     [](const DotPanel& panel) { return !panel.rows.empty(); });
}

bool any_line(const DotChart& chart) {
  return std::any_of(chart.panels.begin(), chart.panels.end(),
                     [](const DotPanel& panel) { return panel.line.has_value(); });
}

// Rows in every panel of a row of panels are the same methods, so that names on the left hold for all.
void align_rows(DotChart& chart, const char* absent = "not run") {
  for (std::size_t start = 0; start < chart.panels.size(); start += chart.columns) {
    const std::size_t end = std::min(start + chart.columns, chart.panels.size());
    std::vector<DotRow> names;
    for (std::size_t i = start; i < end; ++i) {
      for (const DotRow& row : chart.panels[i].rows) {
        const auto same_label = [&](const DotRow& other) { return other.label == row.label; };
        if (std::none_of(names.begin(), names.end(), same_label)) names.push_back({row.label, row.style, std::nullopt});
      }
    }
    for (std::size_t i = start; i < end; ++i) {
      std::vector<DotRow> rows = names;
      for (DotRow& row : rows) {
        row.remark = absent;
        for (const DotRow& own : chart.panels[i].rows) {
          if (own.label == row.label) row = own;
        }
      }
      chart.panels[i].rows = rows;
    }
  }
}

std::string on_test(const ObjectiveKey& objective) {
  return fmt::format("{} on test; lower is better", formula(objective));
}

}  // namespace

const std::vector<Verdict>& VerdictsByProtocol::of(const std::string& protocol) const {
  static const std::vector<Verdict> none;
  return protocol == kPublished ? published : protocol == kCorrected ? corrected : none;
}

std::vector<report::Figure> objective_figures(const Results& results, const VerdictsByProtocol& verdicts) {
  std::vector<report::Figure> figures;
  for (const ObjectiveKey& objective : results.objectives(Kind::tradeoff)) {
    DotChart chart{fmt::format("figure1-objective-{}", objective_id(objective)),
                   "",
                   on_test(objective),
                   results.tasks().size(),
                   {},
                   {}};
    chart.columns = std::min(chart.columns, kMostColumns);
    bool published = false;
    bool rerun = false;
    for (const std::string& protocol : main_protocols(results)) {
      for (const Task& task : results.tasks()) {
        const auto groups = methods_of(results, task.name, objective, results.main_architecture(), protocol);
        const bool of_paper = objective == paper_objective(objective.measure);
        chart.panels.push_back(objective_panel(task.name + ", " + protocol, groups,
                                               of_paper ? verdicts.of(protocol) : std::vector<Verdict>(),
                                               protocol == kPublished, "Figure 1, plots 1-3"));
        for (const DotRow& row : chart.panels.back().rows) {
          published = published || (protocol == kPublished && !row.others.empty());
          rerun = rerun || row.others.size() > (protocol == kPublished ? 1U : 0U);
        }
      }
    }
    if (!has_rows(chart)) continue;
    align_rows(chart);
    chart.key = objective_key(published, rerun, any_line(chart));
    chart.caption = fmt::format(
        "The objective with {} after every method, mean and standard deviation over networks ({}; the paper's Figure "
        "1, "
        "plots 1-3). A method left of the dashed line does better than one decision for everybody; one on it may have "
        "done just "
        "that.",
        measure_name(objective.measure), to_string(results.main_architecture()));
    figures.push_back(draw(chart));
  }
  return figures;
}

std::vector<report::Figure> architecture_figures(const Results& results, const VerdictsByProtocol& verdicts) {
  std::vector<report::Figure> figures;
  if (results.architectures().size() < 2) return figures;
  for (const ObjectiveKey& objective : results.objectives(Kind::tradeoff)) {
    for (const Task& task : results.tasks()) {
      DotChart chart{fmt::format("figure1-architectures-{}-{}", report::slug(task.name), objective_id(objective)),
                     "",
                     on_test(objective),
                     results.architectures().size(),
                     {},
                     {}};
      std::size_t filled = 0;
      bool published = false;
      for (const std::string& protocol : main_protocols(results)) {
        for (const Architecture& architecture : results.architectures()) {
          const auto groups = methods_of(results, task.name, objective, architecture, protocol);
          chart.panels.push_back(objective_panel(fmt::format("{}, {}", to_string(architecture), protocol), groups,
                                                 verdicts.of(protocol), protocol == kPublished, "Figure 1, plot "));
          filled += groups.empty() || architecture == results.main_architecture() ? 0 : 1;
          for (const DotRow& row : chart.panels.back().rows) published = published || !row.others.empty();
        }
      }
      if (filled == 0) continue;
      align_rows(chart);
      chart.key = objective_key(published, false, any_line(chart));
      chart.caption = fmt::format("The objective with {} on {} with other networks (the paper's Figure 1, plots 7-8).",
                                  measure_name(objective.measure), task.name);
      figures.push_back(draw(chart));
    }
  }
  return figures;
}

std::optional<report::Figure> paired_figure(const Results& results) {
  DotChart chart{
      "paired-differences", "", "objective minus that of choosing the threshold alone; below 0 is better", 1, {}, {}};
  chart.columns = std::min(results.tasks().size(), kMostColumns);
  const std::string protocol = main_protocols(results).front();
  for (const ObjectiveKey& objective : results.objectives(Kind::tradeoff)) {
    for (const Task& task : results.tasks()) {
      const auto groups = methods_of(results, task.name, objective, results.main_architecture(), protocol);
      DotPanel panel{fmt::format("{}, {}", task.name, measure_name(objective.measure)), {}, std::nullopt};
      const auto threshold =
          std::find_if(groups.begin(), groups.end(), [](const Group* group) { return group->method == "threshold"; });
      if (threshold == groups.end()) return std::nullopt;
      for (const Group* group : groups) {
        if (group == *threshold || is_variant(*group, groups)) continue;
        DotRow row{group->key.method, method_style(group->method), std::nullopt};
        row.remark = "undefined";
        if (const auto difference = compare_groups(*group, **threshold, test_objective)) {
          row.range = Range{difference->mean, difference->mean, difference->mean};
          if (difference->low.defined())
            row.range = Range{difference->mean, difference->low.number(), difference->high.number()};
        }
        panel.rows.push_back(std::move(row));
      }
      chart.panels.push_back(std::move(panel));
    }
  }
  if (!has_rows(chart)) return std::nullopt;
  align_rows(chart);
  chart.key = {{"mean difference and its 95 % interval over networks", {"#333333", 7, 1}}};
  chart.caption = fmt::format(
      "Paired differences under the protocol {}: each method against the best threshold on the unchanged network, on "
      "the same "
      "networks. An interval across the zero line: no difference was found.",
      protocol);
  return draw(chart);
}

std::optional<report::Figure> constrained_figure(const Results& results) {
  const std::string protocol = main_protocols(results).front();
  const auto objectives = results.objectives(Kind::constrained);
  if (objectives.empty()) return std::nullopt;
  const std::string performance = words(objectives.front().performance);
  DotPanel good{performance, {}, std::nullopt};
  DotPanel kept{"share of networks within the bound", {}, std::nullopt};
  if (objectives.front().performance == "balanced_accuracy") good.line = 0.5;
  kept.x_range = {-0.04, 1.06};
  for (const std::string& method : results.methods()) {
    DotRow level{method, {}, std::nullopt};
    DotRow share{method, {}, std::nullopt};
    for (const ObjectiveKey& objective : objectives) {
      for (const Task& task : results.tasks()) {
        const Group* group = results.find(task.name, objective, method, results.main_architecture(), protocol);
        if (group == nullptr) continue;
        level.style = share.style = method_style(group->method);
        const auto values = sample(*group, [](const CellResult& cell) { return cell.test.performance; }).moments();
        if (values) level.dots.push_back(values->mean);
        const auto within =
            sample(*group, [](const CellResult& cell) { return std::optional(cell.test.feasible ? 1.0 : 0.0); });
        share.dots.push_back(within.moments()->mean);
      }
    }
    if (share.dots.empty()) continue;
    for (DotRow* row : {&level, &share}) {
      if (row->dots.empty()) continue;
      const double mean = moments(row->dots).mean;
      row->range = Range{mean, mean, mean};
    }
    good.rows.push_back(std::move(level));
    kept.rows.push_back(std::move(share));
  }
  if (good.rows.empty()) return std::nullopt;
  // Nothing is near 0 on the left, so the axis begins where the values do.
  double lowest = 1;
  double highest = 0;
  for (const DotRow& row : good.rows) {
    for (const double dot : row.dots) {
      lowest = std::min(lowest, dot);
      highest = std::max(highest, dot);
    }
  }
  good.x_range = {lowest - 0.03, highest + 0.03};
  DotChart chart{"constrained", "", "on test", 2, {good, kept}, {}};
  chart.key = {{"mean", {"#333333", 7, 1}}, {"a task and measure, mean over its networks", {"#b4b4b4", 7, 1}}};
  if (good.line) chart.key.push_back({"0.5: deciding the same for everybody", {"#555555", 1, 2}, true});
  chart.caption = fmt::format(
      "What a bound on the bias costs, and whether it holds (protocol {}): every method looks for the best {} with the "
      "bias within the bound on "
      "validation. Good is far right on both sides.",
      protocol, performance);
  return draw(chart);
}

std::optional<report::Figure> verdict_figure(const VerdictsByProtocol& verdicts) {
  DotChart chart{"verdicts", "", "ours minus published, in joint standard errors; numbers beyond 8 stand at 8",
                 2,          {}, {}};
  for (const char* protocol : {kPublished, kCorrected}) {
    std::map<std::size_t, DotRow> rows;
    for (const Verdict& verdict : verdicts.of(protocol)) {
      if (verdict.mark != Mark::reproduced && verdict.mark != Mark::not_reproduced) continue;
      const std::string& method = verdict.number.method;
      DotRow& row =
          rows.try_emplace(method_rank(method), DotRow{method, method_style(method), std::nullopt}).first->second;
      if (verdict.with_published->units) {
        row.marks.push_back(std::clamp(*verdict.with_published->units, -8.0, 8.0));
      }
    }
    if (rows.empty()) continue;
    DotPanel panel{
        std::string("protocol ") + protocol, {}, std::nullopt, std::make_pair(-2.0, 2.0), std::make_pair(-8.6, 8.6)};
    for (auto& [rank, row] : rows) {
      row.remark = "no spread: equal to 1e-6 or not, see the table";
      panel.rows.push_back(row);
    }
    chart.panels.push_back(std::move(panel));
  }
  if (!has_rows(chart)) return std::nullopt;
  chart.columns = chart.panels.size();
  align_rows(chart, "not comparable");
  chart.key = {{"one published number, by method", {"#333333", 7, 1}}};
  chart.caption =
      "How far each published number is from ours. Within the shaded band, two joint standard errors either way, it "
      "counts as "
      "reproduced; about one in twenty lies outside by chance.";
  return draw(chart);
}

}  // namespace posthoc::study
