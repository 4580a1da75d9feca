#include "fairness/bruteforce.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>
#include <string_view>
#include <tuple>
#include <vector>

namespace posthoc::fairness {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::vector<double> all_cuts(const Outcomes& outcomes) {
  const std::set<double> distinct(outcomes.scores.begin(), outcomes.scores.end());
  std::vector<double> cuts;
  const double lowest = *distinct.begin();
  const double highest = *distinct.rbegin();
  if (lowest > 0) {
    cuts.push_back(0);
  } else {
    const double next = std::nextafter(lowest, -std::numeric_limits<double>::infinity());
    cuts.push_back(std::min(lowest - 1, next));
  }
  for (auto lower = distinct.begin(), upper = std::next(lower); upper != distinct.end(); ++lower, ++upper) {
    const double middle = std::midpoint(*lower, *upper);
    cuts.push_back(middle == *upper ? *lower : middle);
  }
  cuts.push_back(highest <= 1 ? 1 : highest);
  return cuts;
}

Value value_of(const Measure& measure, const GroupCounts& counts, const Outcomes& outcomes) {
  return measure.of_counts != nullptr ? measure.of_counts(counts) : measure.of_outcomes(outcomes);
}

// Accuracy and balanced accuracy over a common denominator.
double compared(const Measure& performance, const GroupCounts& counts, const Outcomes& outcomes) {
  const Value value = value_of(performance, counts, outcomes);
  if (!value.defined()) return -kInfinity;
  const CellCounts& all = counts.total();
  if (performance.name == std::string_view("accuracy")) return all.tp + all.tn;
  if (performance.name == std::string_view("balanced_accuracy")) {
    return all.tp * all.negatives() + all.tn * all.positives();
  }
  return value.number();
}

template <typename Decide>
GroupCounts count_decisions(const Outcomes& outcomes, Decide decide) {
  std::vector<std::uint8_t> decisions;
  for (std::size_t row = 0; row < outcomes.size(); ++row) {
    decisions.push_back(decide(outcomes.scores[row], outcomes.groups[row]) ? 1 : 0);
  }
  return count(decisions, outcomes.labels, outcomes.groups);
}

}  // namespace

ThresholdResult find_threshold_bruteforce(const Outcomes& outcomes, const Objective& objective,
                                          const ThresholdSearch& search) {
  validate(outcomes);
  const bool exact = search.kind == ThresholdSearch::Kind::exact;
  const BoundObjective phi(objective, outcomes);
  double best = 0;
  double best_value = std::numeric_limits<double>::infinity();
  for (const double threshold : exact ? all_cuts(outcomes) : grid_thresholds(search)) {
    const double value = phi(count(outcomes, threshold));
    const bool nearer = std::abs(threshold - 0.5) < std::abs(best - 0.5);
    if (value < best_value || (exact && value == best_value && nearer)) {
      best = threshold;
      best_value = value;
    }
  }
  GroupCounts counts = count(outcomes, best);
  const Value bias = phi.bias_of(counts);
  const Value performance = phi.performance_of(counts);
  const bool feasible = phi.feasible(counts);
  return {best, best_value, std::move(counts), bias, performance, feasible};
}

RejectOptionResult find_reject_option_bruteforce(const Outcomes& outcomes, const RejectOptionGoal& goal) {
  validate(outcomes);
  validate(goal);
  const std::vector<double> cuts = all_cuts(outcomes);
  std::tuple best{kInfinity, kInfinity, kInfinity, kInfinity, kInfinity};
  RejectOptionResult result{0, 0, 0, 0, GroupCounts(2), 0.0, 0.0, false, 0};
  std::set<std::tuple<double, double, double, double>> feasible;  // by what they decide
  for (std::size_t i = 0; i < cuts.size(); ++i) {
    for (std::size_t j = i; j < cuts.size(); ++j) {
      const double lower = cuts[i];
      const double upper = cuts[j];
      const GroupCounts counts =
          count_decisions(outcomes, [&](double score, int group) { return score > (group == 0 ? lower : upper); });
      const Value bias = value_of(*goal.bias, counts, outcomes);
      double unfairness = bias.defined() ? goal.bias->unfairness(bias.number()) : kInfinity;
      if (unfairness <= goal.bound) {
        unfairness = 0;
        feasible.emplace(counts[0].tp, counts[0].fp, counts[1].tp, counts[1].fp);
      }
      const double margin = (upper - lower) / 2;
      const std::tuple candidate{unfairness, -compared(*goal.performance, counts, outcomes), upper - lower,
                                 std::abs(lower + margin - 0.5), lower};
      if (i + j > 0 && !(candidate < best)) continue;
      best = candidate;
      result = {.lower = lower,
                .upper = upper,
                .threshold = lower + margin,
                .margin = margin,
                .counts = counts,
                .bias = bias,
                .performance = value_of(*goal.performance, counts, outcomes),
                .feasible = unfairness == 0,
                .feasible_found = 0};
    }
  }
  result.feasible_found = static_cast<std::int64_t>(feasible.size());
  return result;
}

RejectOptionResult find_reject_option_on_grid_bruteforce(const Outcomes& outcomes, const RejectOptionGoal& goal) {
  validate(outcomes);
  validate(goal);
  std::vector<RejectOptionResult> all;
  for (const auto& [threshold, margin] : reject_option_grid()) {
    const double t = threshold;
    const double m = margin;
    const GroupCounts counts = count_decisions(outcomes, [&](double score, int group) {
      const bool critical = score <= t + m && score > t - m;
      return critical ? group == 0 : score > t;
    });
    const Value bias = value_of(*goal.bias, counts, outcomes);
    const bool feasible = bias.defined() && goal.bias->unfairness(bias.number()) <= goal.bound;
    all.push_back({.lower = t - m,
                   .upper = t + m,
                   .threshold = t,
                   .margin = m,
                   .counts = counts,
                   .bias = bias,
                   .performance = value_of(*goal.performance, counts, outcomes),
                   .feasible = feasible,
                   .feasible_found = feasible ? 1 : 0,
                   .grid_index = static_cast<std::int64_t>(all.size())});
  }
  const auto is_feasible = [](const RejectOptionResult& point) { return point.feasible; };
  const auto is_defined = [](const RejectOptionResult& point) { return point.bias.defined(); };
  const std::int64_t found = std::count_if(all.begin(), all.end(), is_feasible);
  const bool any_defined = std::any_of(all.begin(), all.end(), is_defined);
  if (found > 0) std::erase_if(all, [&](const auto& point) { return !is_feasible(point); });
  if (any_defined) std::erase_if(all, [&](const auto& point) { return !is_defined(point); });
  const auto badness = [&](const RejectOptionResult& point) {
    if (found == 0 && any_defined) return point.bias.number();
    return point.performance.defined() ? -point.performance.number() : kInfinity;
  };
  RejectOptionResult best = *std::min_element(
      all.begin(), all.end(), [&](const auto& left, const auto& right) { return badness(left) < badness(right); });
  best.feasible_found = found;
  best.tied = std::count_if(all.begin(), all.end(), [&](const auto& point) { return badness(point) == badness(best); });
  return best;
}

}  // namespace posthoc::fairness
