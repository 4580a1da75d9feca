#include "fairness/reject_option.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "fairness/cuts.h"
#include "fairness/objective.h"

namespace posthoc::fairness {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr int kThresholds = 100;
constexpr int kMargins = 50;
constexpr double kLowestThreshold = 0.01;
constexpr double kHighestThreshold = 0.99;

// Checked before anything is sorted.
const Outcomes& two_groups(const Outcomes& outcomes) {
  validate(outcomes);
  std::size_t rows[2] = {0, 0};
  for (std::size_t row = 0; row < outcomes.size(); ++row) {
    const std::int32_t group = outcomes.groups[row];
    require(group <= 1, "reject option: knows two groups, 0 and 1, and row {} is of group {}", row, group);
    ++rows[group];
  }
  for (const int group : {0, 1}) {
    require(rows[group] > 0, "reject option: needs rows of both groups, and group {} has none", group);
  }
  return outcomes;
}

std::vector<double> equally_spaced(double first, double last, int points) {
  const double step = (last - first) / (points - 1);
  std::vector<double> values;
  for (int i = 0; i + 1 < points; ++i) values.push_back(i * step + first);
  values.push_back(last);
  return values;
}

}  // namespace

RejectOptionGoal make_reject_option_goal(std::string_view bias, double bound, std::string_view performance) {
  const RejectOptionGoal goal{&find_measure(bias, Measure::Kind::bias),
                              &find_measure(performance, Measure::Kind::performance), bound};
  validate(goal);
  return goal;
}

void validate(const RejectOptionGoal& goal) {
  validate(Objective{.bias = goal.bias, .performance = goal.performance});
  require(goal.bound >= 0.0 && goal.bound <= 1.0, "reject option: the bound on the bias must lie in [0, 1], got {}",
          goal.bound);
}

std::vector<RejectOptionPoint> reject_option_grid() {
  std::vector<RejectOptionPoint> points;
  points.reserve(kThresholds * kMargins);
  for (const double threshold : equally_spaced(kLowestThreshold, kHighestThreshold, kThresholds)) {
    for (const double margin : equally_spaced(0.0, threshold <= 0.5 ? threshold : 1.0 - threshold, kMargins)) {
      points.push_back({threshold, margin});
    }
  }
  return points;
}

RejectOptionSweep::RejectOptionSweep(const Outcomes& outcomes) : sweep_(two_groups(outcomes)) {
  const Outcomes sorted = sweep_.sorted();
  RejectOptionCut cut;
  for (std::size_t row = 0; row < sorted.size(); ++row) {
    (sorted.labels[row] != 0 ? cut.tp : cut.fp)[sorted.groups[row]] += 1;
  }
  cut.threshold = threshold_for_everybody(sorted.scores[0]);
  scores_.reserve(sorted.size());
  cuts_.reserve(sorted.size() + 1);
  cuts_.push_back(cut);
  for (std::size_t row = 0; row < sorted.size();) {
    const double score = sorted.scores[row];
    bool changed[2] = {false, false};
    do {
      const std::int32_t group = sorted.groups[row];
      (sorted.labels[row] != 0 ? cut.tp : cut.fp)[group] -= 1;
      changed[group] = true;
      ++row;
    } while (row < sorted.size() && sorted.scores[row] == score);
    for (const int group : {0, 1}) cut.cell[group] += changed[group] ? 1U : 0U;
    cut.threshold = row < sorted.size() ? threshold_between(score, sorted.scores[row]) : threshold_for_nobody(score);
    scores_.push_back(score);
    cuts_.push_back(cut);
  }
}

std::size_t RejectOptionSweep::cut_of(double threshold) const {
  const auto above = std::upper_bound(scores_.begin(), scores_.end(), threshold);
  return static_cast<std::size_t>(above - scores_.begin());
}

GroupCounts RejectOptionSweep::count(double lower, double upper) const {
  require(lower <= upper, "reject option: expected lower <= upper, got {} and {}", lower, upper);
  return PairCounts(cuts_).at(cut_of(lower), cut_of(upper));
}

RejectOptionResult RejectOptionSweep::find_on_grid(const RejectOptionGoal& goal) const {
  validate(goal);
  const BoundObjective measured({.bias = goal.bias, .performance = goal.performance}, sweep_.sorted());
  // What the rule minimises, in order of precedence: first whether a point is within the bound, defined or not, then
  // -performance within the bound, the bias where it is outside, -performance where it is undefined.
  enum Rank { within, outside, undefined, none };
  Rank best_rank = none;
  double best_value = kInfinity;
  std::size_t best = 0;
  std::int64_t within_bound = 0;
  std::int64_t tied = 0;

  const std::vector<RejectOptionPoint> points = reject_option_grid();
  PairCounts pair(cuts_);
  for (std::size_t k = 0; k < points.size(); ++k) {
    const auto [threshold, margin] = points[k];
    const GroupCounts& counts = pair.at(cut_of(threshold - margin), cut_of(threshold + margin));
    const Value bias = measured.bias_of(counts);
    const Rank rank = !bias.defined()                                      ? undefined
                      : goal.bias->unfairness(bias.number()) <= goal.bound ? within
                                                                           : outside;
    within_bound += rank == within ? 1 : 0;
    if (rank > best_rank) continue;
    const Value performance = measured.performance_of(counts);
    const double value = rank == outside ? bias.number() : performance.defined() ? -performance.number() : kInfinity;
    if (rank < best_rank || value < best_value) {
      best_rank = rank;
      best_value = value;
      best = k;
      tied = 0;
    }
    tied += value == best_value ? 1 : 0;
  }

  const auto [threshold, margin] = points[best];
  const double lower = threshold - margin;
  const double upper = threshold + margin;
  GroupCounts counts = count(lower, upper);
  const Value bias = measured.bias_of(counts);
  const Value performance = measured.performance_of(counts);
  return {.lower = lower,
          .upper = upper,
          .threshold = threshold,
          .margin = margin,
          .counts = std::move(counts),
          .bias = bias,
          .performance = performance,
          .feasible = best_rank == within,
          .feasible_found = within_bound,
          .tied = tied,
          .grid_index = static_cast<std::int64_t>(best)};
}

}  // namespace posthoc::fairness
