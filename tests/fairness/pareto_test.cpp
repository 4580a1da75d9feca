#include "fairness/pareto.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <set>

#include "fairness/cuts.h"
#include "fairness/threshold.h"
#include "support/outcome_rows.h"

namespace posthoc::fairness {
namespace {

// Every cut counted anew, every pair of cuts compared.
std::vector<ParetoPoint> brute_force(const Rows& rows, const Objective& objective) {
  const ScoreSweep sweep(rows.outcomes());  // sorted: sums of scores differ in their last bit by the order of rows
  const BoundObjective phi(objective, sweep.sorted());
  const std::set<double> scores(rows.scores.begin(), rows.scores.end());
  std::vector<double> thresholds{threshold_for_everybody(*scores.begin())};
  for (auto it = scores.begin(); std::next(it) != scores.end(); ++it) {
    thresholds.push_back(threshold_between(*it, *std::next(it)));
  }
  thresholds.push_back(threshold_for_nobody(*scores.rbegin()));
  std::vector<ParetoPoint> all;
  for (const double threshold : thresholds) {
    GroupCounts counts = count(rows.outcomes(), threshold);
    all.push_back({threshold, phi.unfairness_of(counts), phi.counted_performance_of(counts), counts});
  }
  const auto beats = [](const ParetoPoint& a, const ParetoPoint& b) {
    if (a.unfairness > b.unfairness || a.performance < b.performance) return false;
    if (a.unfairness < b.unfairness || a.performance > b.performance) return true;
    const double da = std::abs(a.threshold - 0.5);
    const double db = std::abs(b.threshold - 0.5);
    return da < db || (da == db && a.threshold < b.threshold);
  };
  std::vector<ParetoPoint> front;
  for (const ParetoPoint& point : all) {
    if (std::none_of(all.begin(), all.end(), [&](const ParetoPoint& other) { return beats(other, point); })) {
      front.push_back(point);
    }
  }
  std::sort(front.begin(), front.end(),
            [](const ParetoPoint& a, const ParetoPoint& b) { return a.unfairness < b.unfairness; });
  return front;
}

TEST(Pareto, EqualsBruteForce) {
  std::mt19937_64 random(9);
  std::size_t longest = 0;
  for (int instance = 0; instance < 600; ++instance) {
    const Rows rows = random_rows(random, 1 + random() % 60, 1 + random() % 40, 1 + random() % 4);
    const char* names[] = {"spd", "di", "eqodds", "apvd", "gtprd"};
    const Objective objective = make_objective(names[random() % 5], random() % 2 == 0 ? "accuracy" : "f1");
    const auto front = pareto_front(rows.outcomes(), objective);
    const auto expected = brute_force(rows, objective);
    ASSERT_EQ(front.size(), expected.size()) << "instance " << instance;
    for (std::size_t i = 0; i < front.size(); ++i) {
      EXPECT_EQ(front[i].threshold, expected[i].threshold);
      EXPECT_EQ(front[i].unfairness, expected[i].unfairness);
      EXPECT_EQ(front[i].performance, expected[i].performance);
      EXPECT_EQ(front[i].counts, expected[i].counts);
    }
    longest = std::max(longest, front.size());
  }
  EXPECT_GT(longest, 5U);
}

TEST(Pareto, HoldsTheOptimumOfEveryObjective) {
  std::mt19937_64 random(10);
  const Rows rows = random_rows(random, 300, 100, 3);
  const auto front = pareto_front(rows.outcomes(), make_objective("spd"));
  for (const double weight : {0.0, 0.05, 0.3, 0.6, 0.9}) {
    const double constrained =
        find_threshold(rows.outcomes(), make_constrained_objective("spd", "accuracy", weight)).objective;
    const double tradeoff = find_threshold(rows.outcomes(), make_objective("spd", "accuracy", weight)).objective;
    double best_constrained = 2;
    double best_tradeoff = 2;
    for (const ParetoPoint& point : front) {
      if (point.unfairness <= weight) best_constrained = std::min(best_constrained, 1 - point.performance);
      best_tradeoff = std::min(best_tradeoff, weight * point.unfairness + (1 - weight) * (1 - point.performance));
    }
    EXPECT_EQ(best_constrained, constrained);
    EXPECT_EQ(best_tradeoff, tradeoff);
  }
}

}  // namespace
}  // namespace posthoc::fairness
