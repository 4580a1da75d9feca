#include "cli/debias_report.h"

#include <cmath>
#include <fmt/format.h>

#include "base/file.h"
#include "cli/table.h"
#include "fairness/pareto.h"
#include "report/charts.h"
#include "report/render.h"
#include "study/report/names.h"

namespace posthoc::cli {
namespace {

using report::Callout;
using report::Cell;
using report::Heading;
using report::Paragraph;
using report::Series;
using report::Tone;
using study::measure_name;
using study::words;

// Rates over fewer rows than this move by several points when one person is decided otherwise.
constexpr double kFewRows = 30;

const debias::Evaluation& on_test(const DebiasRun& run) { return *run.row.expected.test; }

Cell cell_of(const fairness::Value& value) {
  if (value.defined()) return {fmt::format("{:.4f}", value.number())};
  return {"undefined", value.reason(), Tone::quiet};
}

std::string with_interval(const fairness::Value& value, const fairness::Interval& interval) {
  if (!value.defined()) return fmt::format("undefined ({})", value.reason());
  if (!interval.defined()) return fmt::format("{:+.4f}", value.number());
  return fmt::format("{:+.4f} [{:+.4f}, {:+.4f}]", value.number(), interval.low, interval.high);
}

void add_findings(report::Document& document, const DebiasRun& run, const DebiasRun& original,
                  const fairness::Objective& objective) {
  const auto before = *original.row.expected.bias_on_test;
  const auto after = *run.row.expected.bias_on_test;
  const std::string measure = measure_name(objective.bias->name);
  const std::string performance = words(objective.performance->name);
  std::vector<std::string> found = {
      fmt::format("{} on test: {} before, {} after, with 95 % intervals.", measure,
                  with_interval(before.estimate, before.interval), with_interval(after.estimate, after.interval)),
      fmt::format("{} on test: {} before, {} after.", performance, cell_of(on_test(original).performance).text,
                  cell_of(on_test(run).performance).text)};
  found.push_back(fmt::format("Decided favourably on test: {} of all before, {} after.",
                              cell_of(on_test(original).audit.all.selection_rate).text,
                              cell_of(on_test(run).audit.all.selection_rate).text));
  for (const fairness::DifferenceInterval& change : run.difference) {
    found.push_back(fmt::format(
        "Change of {}, on the same test rows: {}{}.", change.measure == objective.bias ? measure : performance,
        with_interval(change.difference, change.interval),
        change.interval.defined() && change.interval.low <= 0 && change.interval.high >= 0 ? ", which may be none"
                                                                                           : ""));
  }
  document.add(report::List{found});
}

void add_warnings(report::Document& document, const DebiasRun& run, const DebiasTask& task,
                  const data::ProtectedAttribute& attribute) {
  const auto warn = [&](const std::string& text) { document.add(Callout{text, Tone::bad}); };
  for (const auto& [rows, evaluation] :
       {std::make_pair("validation", &run.row.expected.valid), std::make_pair("test", &on_test(run))}) {
    if (evaluation->degenerate)
      warn(fmt::format("Degenerate on {}: {}. It refuses to decide rather than decides fairly.", rows,
                       *evaluation->degenerate));
    if (!evaluation->feasible) warn(fmt::format("The bias on {} is beyond the bound.", rows));
  }
  for (const fairness::GroupAudit& group : on_test(run).audit.groups) {
    const auto number = static_cast<std::size_t>(group.group);
    const std::string name =
        number < attribute.group_names.size() ? attribute.group_names[number] : std::to_string(number);
    for (const auto& [rows, what] :
         {std::make_pair(group.cells.n(), "rows"), std::make_pair(group.cells.positives(), "favourable labels"),
          std::make_pair(group.cells.negatives(), "unfavourable labels")}) {
      if (rows < kFewRows)
        warn(fmt::format("Few rows: the group {} has {:.0f} {} in test; its rates say little.", name, rows, what));
    }
  }
  for (const std::string& warning : task.task->warnings) warn(warning);
  for (const std::string& note : task.notes()) document.add(Callout{note});
  for (const std::string& note : run.fitted.result.notes) warn(note);
}

report::Table groups_table(const DebiasRun& run, const DebiasRun& original, const data::ProtectedAttribute& attribute) {
  report::Table table{"groups",
                      "Test rows by group, before and after: how many are decided favourably (selection rate), of "
                      "those whose label is favourable (TPR) and of the "
                      "others (FPR).",
                      {"group", "rows", "favourable labels", "selection rate before", "after", "TPR before", "after",
                       "FPR before", "after"},
                      {},
                      1};
  const auto& before = on_test(original).audit.groups;
  const auto& after = on_test(run).audit.groups;
  for (std::size_t i = 0; i < after.size(); ++i) {
    const std::string name = i < attribute.group_names.size() ? attribute.group_names[i] : std::to_string(i);
    table.rows.push_back({{name},
                          {fmt::format("{:.0f}", after[i].cells.n())},
                          {fmt::format("{:.0f}", after[i].cells.positives())},
                          cell_of(before[i].selection_rate),
                          cell_of(after[i].selection_rate),
                          cell_of(before[i].tpr),
                          cell_of(after[i].tpr),
                          cell_of(before[i].fpr),
                          cell_of(after[i].fpr)});
  }
  return table;
}

report::Table measures_table(const DebiasRun& run, const DebiasRun& original) {
  report::Table table{"measures", "Every measure on test, before and after.", {"measure", "before", "after"}, {}, 1};
  const auto& before = on_test(original).audit.measures;
  const auto& after = on_test(run).audit.measures;
  for (std::size_t i = 0; i < after.size(); ++i) {
    table.rows.push_back({{words(after[i].measure->long_name)}, cell_of(before[i].value), cell_of(after[i].value)});
  }
  return table;
}

// Bias and performance on validation of each of 201 thresholds.
report::Figure threshold_curve(const DebiasRun& run, const DebiasRun& original, const DebiasTask& task) {
  const fairness::Objective& objective = task.everybody.objective;
  report::XyChart chart{"threshold-curve",
                        "What each threshold on the score would do on the validation rows, before and after. The dark "
                        "line is the threshold that was chosen, where the "
                        "rule is one.",
                        2,
                        {{"bias", "threshold", measure_name(objective.bias->name), {}},
                         {"performance", "threshold", words(objective.performance->name), {}}}};
  const std::pair<const DebiasRun*, const char*> both[] = {{&original, "before"}, {&run, "after"}};
  for (const auto& [one, label] : both) {
    const ScoredPart valid = score(*one->fitted.result.model, task.task->prepared.valid);
    const fairness::BoundObjective bound(objective, valid.outcomes());
    for (std::size_t panel = 0; panel < 2; ++panel) {
      Series& series = chart.panels[panel].series.emplace_back();
      series.label = label;
      series.style = one == &original ? report::Style{"#777777", 6, 2} : study::method_style(run.fitted.method);
      series.kind = Series::Kind::line;
      series.size = 2;
      for (int i = 0; i <= 200; ++i) {
        const double threshold = i / 200.0;
        const fairness::GroupCounts counts = fairness::count(valid.outcomes(), threshold);
        const fairness::Value value = panel == 0 ? bound.bias_of(counts) : bound.performance_of(counts);
        if (value.defined()) series.points.push_back({threshold, value.number()});
      }
    }
  }
  chart.panels[0].y_lines = {objective.bias->fair()};
  if (const auto* rule = std::get_if<debias::Threshold>(&run.row.rule)) {
    for (report::XyPanel& panel : chart.panels) panel.x_lines = {rule->threshold};
  }
  for (report::XyPanel& panel : chart.panels) panel.x_range = std::make_pair(0.0, 1.0);
  return draw(chart);
}

Series points(const std::string& label, const report::Style& style, double size) {
  Series series;
  series.label = label;
  series.style = style;
  series.size = size;
  return series;
}

report::Figure trade_off(const DebiasRun& run, const DebiasRun& original, const DebiasTask& task) {
  const fairness::Objective& objective = task.everybody.objective;
  const auto unfairness = [&](const fairness::Value& bias) { return objective.bias->unfairness(bias.number()); };
  report::XyPanel panel{"validation",
                        fmt::format("unfairness, |{}|", measure_name(objective.bias->name)),
                        words(objective.performance->name),
                        {}};
  Series front = points("thresholds on the model as it came", {"#777777", 6, 1}, 2);
  front.kind = Series::Kind::line;
  for (const fairness::ParetoPoint& point : fairness::pareto_front(task.task->valid.outcomes(), objective)) {
    front.points.push_back({point.unfairness, point.performance});
  }
  Series trials = points("every trial", {"#b4b4b4", 7, 1}, 0.5);
  for (const debias::TracePoint& point : run.fitted.result.trace) {
    if (point.bias.defined() && point.performance.defined())
      trials.points.push_back({unfairness(point.bias), point.performance.number()});
  }
  panel.series = {front, trials};
  const std::pair<const DebiasRun*, const char*> both[] = {{&original, "before"}, {&run, "after"}};
  for (const auto& [one, label] : both) {
    Series mark =
        points(label, one == &original ? report::Style{"#000000", 6, 1} : study::method_style(run.fitted.method), 1.6);
    const debias::Evaluation& valid = one->row.expected.valid;
    if (valid.bias.defined() && valid.performance.defined())
      mark.points = {{unfairness(valid.bias), valid.performance.number()}};
    panel.series.push_back(mark);
  }
  report::XyPanel test = panel;
  test.title = "test";
  test.series.clear();
  for (const auto& [one, label] : both) {
    Series mark =
        points(label, one == &original ? report::Style{"#000000", 6, 1} : study::method_style(run.fitted.method), 1.6);
    const debias::Evaluation& part = on_test(*one);
    if (part.bias.defined() && part.performance.defined())
      mark.points = {{unfairness(part.bias), part.performance.number()}};
    test.series.push_back(mark);
  }
  report::XyChart chart{"trade-off",
                        "The trade-off on validation, where the method chose (left): up and left is better. The grey "
                        "line is the best that thresholds alone can do with the "
                        "model as it came. On the right the same two predictors on the test rows.",
                        2,
                        {panel, test}};
  return draw(chart);
}

}  // namespace

std::vector<std::string> write_debias_report(const DebiasRun& run, const DebiasRun& original,
                                             const DebiasOptions& options, const DebiasTask& task,
                                             const Context& context, const std::string& file) {
  const fairness::Objective& objective = task.everybody.objective;
  const data::Dataset& dataset = task.task->dataset;
  const data::ProtectedAttribute& attribute = dataset.attribute(dataset.protected_attribute);
  report::Document document;
  document.title =
      fmt::format("{}: {} by {}, before and after", dataset.name, dataset.protected_attribute, run.fitted.method);
  document.add(Heading{"What was found"});
  document.add(
      Paragraph{fmt::format("The method {} looked for fairer decisions on {} validation rows; everything below that "
                            "says test is of {} rows that it has not seen. "
                            "The protected attribute is {} ({}).",
                            run.fitted.method, task.task->valid.scores.size(), task.task->test.scores.size(),
                            attribute.name, attribute.description)});
  add_findings(document, run, original, objective);
  add_warnings(document, run, task, attribute);
  document.add(groups_table(run, original, attribute));
  document.add(Heading{"The trade-off"});
  document.add(trade_off(run, original, task));
  document.add(threshold_curve(run, original, task));
  document.add(Heading{"Every measure"});
  document.add(measures_table(run, original));
  document.add(Heading{"Settings"});
  document.add(report::List{
      {fmt::format("rule: {}", debias::to_string(run.row.rule)),
       fmt::format("seed {}, data SHA-256 {}, split seed {}", options.seed, dataset.checksum, task.task->split_seed),
       version()}});
  document.add(report::Verbatim{recorded_command(context.arguments)});

  const report::Rendered rendered = report::render(document);
  write_file(file, report::to_html(report::with_notes(document, rendered.notes), rendered.svg));
  return rendered.notes;
}

}  // namespace posthoc::cli
