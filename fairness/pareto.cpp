#include "fairness/pareto.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <tuple>

#include "fairness/cuts.h"
#include "fairness/threshold.h"

namespace posthoc::fairness {
namespace {

struct Cut {
  double unfairness;
  double performance;
  double threshold;
  std::size_t rejected;  // rows [0, rejected) in ascending order of scores
};

// All cuts of sorted rows, `counts` being those if everybody is selected.
std::vector<Cut> all_cuts(const Outcomes& rows, const BoundObjective& phi, GroupCounts counts) {
  std::vector<Cut> cuts;
  const auto add = [&](double threshold, std::size_t rejected) {
    cuts.push_back({phi.unfairness_of(counts), phi.counted_performance_of(counts), threshold, rejected});
  };
  add(threshold_for_everybody(rows.scores.front()), 0);
  for (std::size_t row = 0; row < rows.size();) {
    const double score = rows.scores[row];
    for (; row < rows.size() && rows.scores[row] == score; ++row) {
      counts.add(rows.groups[row], kReject[rows.labels[row]]);
    }
    add(row < rows.size() ? threshold_between(score, rows.scores[row]) : threshold_for_nobody(score), row);
  }
  return cuts;
}

// The cuts that no other beats, by ascending unfairness.
std::vector<Cut> front_of(std::vector<Cut> cuts) {
  const auto key = [](const Cut& cut) {
    return std::tuple(cut.unfairness, -cut.performance, std::abs(cut.threshold - 0.5), cut.threshold);
  };
  std::sort(cuts.begin(), cuts.end(), [&](const Cut& a, const Cut& b) { return key(a) < key(b); });
  std::vector<Cut> front;
  for (const Cut& cut : cuts) {
    if (front.empty() || cut.performance > front.back().performance) front.push_back(cut);
  }
  return front;
}

}  // namespace

std::vector<ParetoPoint> pareto_front(const Outcomes& outcomes, const Objective& objective) {
  const ScoreSweep sweep(outcomes);
  const Outcomes rows = sweep.sorted();
  const BoundObjective phi(objective, rows);
  GroupCounts counts(group_count(rows.groups));
  for (std::size_t row = 0; row < rows.size(); ++row) counts.add(rows.groups[row], kSelect[rows.labels[row]]);
  const std::vector<Cut> front = front_of(all_cuts(rows, phi, counts));

  // A second sweep counts for the cuts that are kept, in the order of their rows.
  std::vector<ParetoPoint> points;
  for (const Cut& cut : front) points.push_back({cut.threshold, cut.unfairness, cut.performance, GroupCounts(2)});
  std::vector<std::size_t> order(front.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return front[a].rejected < front[b].rejected; });
  std::size_t row = 0;
  for (const std::size_t i : order) {
    for (; row < front[i].rejected; ++row) counts.add(rows.groups[row], kReject[rows.labels[row]]);
    points[i].counts = counts;
  }
  return points;
}

}  // namespace posthoc::fairness
