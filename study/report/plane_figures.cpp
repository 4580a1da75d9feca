#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <set>

#include "report/charts.h"
#include "study/report/claims.h"
#include "study/report/comparisons.h"
#include "study/report/figures.h"
#include "study/report/names.h"
#include "study/report/our_numbers.h"

namespace posthoc::study {
namespace {

using report::Series;
using report::XyPanel;
using Kind = fairness::Objective::Kind;

// The panels of the paper's plots 4-6.
struct PaperPlane {
  const char* data;
  const char* protected_attribute;
  const char* measure;
};
constexpr PaperPlane kPlanes[] = {{"adult", "sex", "aod"}, {"bank", "age", "spd"}, {"compas", "race", "eod"}};

struct Plane {
  Task task;
  ObjectiveKey objective;
};

std::vector<Plane> planes_of(const Results& results) {
  std::vector<Plane> planes;
  const auto objectives = results.objectives(Kind::tradeoff);
  for (const PaperPlane& plane : kPlanes) {
    for (const Task& task : results.tasks()) {
      for (const ObjectiveKey& objective : objectives) {
        if (task.data == plane.data && task.protected_attribute == plane.protected_attribute &&
            objective == paper_objective(plane.measure)) {
          planes.push_back({task, objective});
        }
      }
    }
  }
  if (!planes.empty()) return planes;
  for (const ObjectiveKey& objective : objectives) {
    for (const Task& task : results.tasks()) planes.push_back({task, objective});
  }
  return planes;
}

// The published point of a method; nothing if the paper has none.
std::optional<report::Point> published_point(const std::vector<Verdict>& verdicts, const Group& group) {
  std::optional<Moments> bias;
  std::optional<Moments> accuracy;
  for (const Verdict& verdict : verdicts) {
    const PublishedNumber& number = verdict.number;
    if (number.place != "Figure 1, plots 4-6" || number.data != group.key.data || number.method != group.method ||
        number.protected_attribute != group.key.protected_attribute || number.measure != group.key.objective.measure) {
      continue;
    }
    (number.quantity == "bias" ? bias : accuracy) = number.value;
  }
  if (!bias || !accuracy) return std::nullopt;
  return report::Point{bias->mean, accuracy->mean, bias->std, accuracy->std};
}

// Round numbers for the curves, about eight across what the panel shows.
std::vector<double> levels_for(const XyPanel& panel, double weight) {
  double highest = 0;
  for (const Series& series : panel.series) {
    for (const report::Point& point : series.points) {
      highest = std::max(highest, weight * std::abs(point.x) + (1 - weight) * (1 - point.y));
    }
  }
  if (highest <= 0) return {};
  const double rough = highest / 8;
  const double power = std::pow(10.0, std::floor(std::log10(rough)));
  const double step = rough / power < 1.5 ? power : rough / power < 3.5 ? 2 * power : 5 * power;
  std::vector<double> levels;
  for (int i = 1; i <= 12; ++i) levels.push_back(step * i);
  return levels;
}

XyPanel panel_of(const Results& results, const Plane& plane, const std::string& protocol,
                 const std::vector<Verdict>& verdicts) {
  std::set<std::string> seen;
  XyPanel panel{fmt::format("{}, {}", plane.task.name, protocol),
                measure_name(plane.objective.measure) + " on test",
                words(plane.objective.performance),
                {}};
  for (const Group* group :
       methods_of(results, plane.task.name, plane.objective, results.main_architecture(), protocol)) {
    // A method that the study runs with several options has one mark and one colour, so the first stands for all.
    if (seen.contains(group->method)) continue;
    const auto bias = sample(*group, test_bias).moments();
    const auto performance = sample(*group, [](const CellResult& cell) { return cell.test.performance; }).moments();
    if (!bias || !performance) continue;
    seen.insert(group->method);
    Series& ours = panel.series.emplace_back();
    ours.label = group->key.method;
    ours.style = method_style(group->method);
    ours.points = {{bias->mean, performance->mean, bias->std, performance->std}};
    const auto point = protocol == kPublished ? published_point(verdicts, *group) : std::nullopt;
    if (!point) continue;
    const std::string colour = ours.style.colour;
    Series& theirs = panel.series.emplace_back();
    theirs.label = "published";
    theirs.style = {colour, 12, 1};
    theirs.points = {{point->x, point->y}};
    theirs.size = 1.5;
  }
  panel.x_lines = {0.0};
  // The paper's objective takes accuracy; a curve of it with another measure of performance is one just as well.
  panel.contours = report::Contours{plane.objective.weight, levels_for(panel, plane.objective.weight)};
  return panel;
}

}  // namespace

std::vector<report::Figure> plane_figures(const Results& results, const VerdictsByProtocol& verdicts) {
  std::vector<report::Figure> figures;
  const std::vector<Plane> planes = planes_of(results);
  for (const std::string& protocol : main_protocols(results)) {
    report::XyChart chart{"figure1-bias-accuracy-" + report::slug(protocol), "", 1, {}};
    for (const Plane& plane : planes) {
      XyPanel panel = panel_of(results, plane, protocol, verdicts.of(protocol));
      if (!panel.series.empty()) chart.panels.push_back(std::move(panel));
    }
    if (chart.panels.empty()) continue;
    chart.columns = std::min<std::size_t>(chart.panels.size(), 3);
    chart.caption = fmt::format(
        "Bias against {} on test under the protocol {}, mean and standard deviation over networks (the paper's Figure "
        "1, plots 4-6); of a method with several options the first. Grey curves join points of equal objective; better "
        "is up and towards the zero line.{}",
        words(planes.front().objective.performance), protocol,
        protocol == kPublished && !verdicts.published.empty()
            ? " Hollow diamonds are the published points in the colour of the "
              "method."
            : "");
    figures.push_back(draw(chart));
  }
  return figures;
}

}  // namespace posthoc::study
