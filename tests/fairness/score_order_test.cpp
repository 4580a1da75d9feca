#include "fairness/score_order.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <numeric>
#include <random>

#include "base/error.h"
#include "fairness/threshold.h"
#include "support/outcome_rows.h"

namespace posthoc::fairness {
namespace {

// Scores of every kind in rows 0 .. n - 1, sorted here and by the standard library.
void expect_sorted(const std::vector<double>& scores, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  Rows rows;
  rows.scores = scores;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    rows.labels.push_back(static_cast<std::uint8_t>(random() % 2));
    rows.groups.push_back(static_cast<std::int32_t>(random() % 3 == 0 ? random() % 1000 : random() % 2));
  }
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return scores[a] < scores[b]; });

  const ScoreSweep sweep(rows.outcomes());
  const Outcomes sorted = sweep.sorted();
  ASSERT_EQ(sorted.size(), scores.size());
  SortBuffers buffers;
  const std::vector<std::uint32_t> numbers = order_by_score(scores, buffers);
  ASSERT_EQ(numbers.size(), scores.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    ASSERT_EQ(numbers[i], order[i]) << i;
    ASSERT_EQ(sorted.scores[i], scores[order[i]]) << i;
    ASSERT_EQ(sorted.labels[i], rows.labels[order[i]]) << i;
    ASSERT_EQ(sorted.groups[i], rows.groups[order[i]]) << i;
  }
}

const std::vector<std::size_t> kSizes = {1, 2, 3, 255, 256, 257, 1000, 5000};

TEST(ScoreOrder, ScoresOfANetworkKeepTheirTiesInOrder) {
  std::mt19937_64 random(1);
  for (const std::size_t n : kSizes) {
    for (const std::uint64_t levels : {1U, 2U, 50U, 1U << 24}) {
      std::vector<double> scores(n);
      for (double& score : scores) {
        score = static_cast<float>(random() % levels) / static_cast<float>(levels);
      }
      expect_sorted(scores, n + levels);
    }
  }
}

TEST(ScoreOrder, DoublesThatOneFloatStandsForAreApart) {
  std::mt19937_64 random(2);
  for (const std::size_t n : kSizes) {
    for (const double width : {1.0, 1e-6, 1e-9, 1e-15}) {
      std::vector<double> scores(n);
      for (double& score : scores) score = 0.5 + width * static_cast<double>(random() % 1000) / 1000;
      expect_sorted(scores, n);
    }
  }
}

TEST(ScoreOrder, AnyFiniteNumberIsAScore) {
  std::mt19937_64 random(3);
  const std::vector<double> odd = {0.0,   -0.0,    1e-45, -1e-45, 1e-320, -1e-320, 1e39, -1e39, 1e308, -1e308,
                                   1e300, -1e-300, 1.0,   -1.0,   0.1,    -0.1,    3.5,  0.25,  1e-38, 3.4028236e38};
  for (const std::size_t n : kSizes) {
    std::vector<double> scores(n);
    for (double& score : scores) score = odd[random() % odd.size()];
    expect_sorted(scores, n);
    for (double& score : scores)
      score = std::ldexp(static_cast<double>(random() % 2001) - 1000, static_cast<int>(random() % 600) - 300);
    expect_sorted(scores, n);
  }
}

TEST(ScoreOrder, ASweepThatBeginsAnewIsANewOne) {
  std::mt19937_64 random(4);
  const Objective objective = make_objective("aod", "balanced_accuracy");
  SortBuffers buffers;
  const Rows first = random_rows(random, 700, 300, 4);
  ScoreSweep sweep(first.outcomes());
  for (const std::uint64_t n : {10U, 900U, 300U, 1U}) {
    const Rows rows = random_rows(random, n, 200, 2);
    sweep.assign(rows.outcomes(), buffers);
    const ThresholdResult again = sweep.find(objective);
    const ThresholdResult fresh = ScoreSweep(rows.outcomes()).find(objective);
    EXPECT_EQ(again.threshold, fresh.threshold);
    EXPECT_EQ(again.objective, fresh.objective);
    EXPECT_EQ(again.counts, fresh.counts);
    Rows bad = rows;
    bad.scores.front() = std::nan("");
    EXPECT_THROW(sweep.assign(bad.outcomes(), buffers), Error);
    EXPECT_EQ(sweep.find(objective).threshold, fresh.threshold);  // as if nothing had been asked
  }
}

}  // namespace
}  // namespace posthoc::fairness
