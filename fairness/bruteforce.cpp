#include "fairness/bruteforce.h"

#include <cmath>
#include <limits>
#include <numeric>
#include <set>
#include <vector>

namespace posthoc::fairness {
namespace {

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

}  // namespace posthoc::fairness
