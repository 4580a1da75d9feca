#include "fairness/bounded_search.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <random>

#include "support/outcome_rows.h"

// The search by bounds against the sweep over all sorted scores, to the last bit.

namespace posthoc::fairness {
namespace {

constexpr const char* kBias[] = {"spd", "eod", "aod", "di", "fprd", "fnrd"};
constexpr const char* kPerformance[] = {"accuracy", "balanced_accuracy", "f1", "precision", "recall", "specificity"};

Objective random_objective(std::mt19937_64& random) {
  const char* bias = kBias[random() % std::size(kBias)];
  const char* performance = kPerformance[random() % std::size(kPerformance)];
  const EmptyCell empty = random() % 4 == 0 ? EmptyCell::zero : EmptyCell::worst;
  if (random() % 2 == 0) {
    return make_objective(bias, performance, static_cast<double>(random() % 5) / 4.0, empty);
  }
  return make_constrained_objective(bias, performance, static_cast<double>(random() % 4) / 20.0, empty);
}

void expect_same(const ThresholdResult& actual, const ThresholdResult& expected) {
  EXPECT_EQ(actual.threshold, expected.threshold);
  EXPECT_EQ(actual.objective, expected.objective);
  EXPECT_EQ(actual.counts, expected.counts);
  EXPECT_EQ(actual.feasible, expected.feasible);
  EXPECT_EQ(actual.bias.reason(), expected.bias.reason());
  EXPECT_EQ(actual.performance.reason(), expected.performance.reason());
  if (expected.bias.defined()) {
    EXPECT_EQ(actual.bias.number(), expected.bias.number());
  }
  if (expected.performance.defined()) {
    EXPECT_EQ(actual.performance.number(), expected.performance.number());
  }
}

// Scores of several kinds: few levels, spread evenly, mostly near 0, mostly the same but for a few far away.
double random_score(std::mt19937_64& random, int kind) {
  const double u = std::uniform_real_distribution<double>()(random);
  switch (kind) {
    case 0:
      return static_cast<double>(random() % 20) / 20.0;
    case 1:
      return u;
    case 2:
      return static_cast<float>(std::pow(u, 6));
    case 3:
      return random() % 50 == 0 ? 1e300 * (u - 0.5) : u;
    default:
      return 4 * u - 2;
  }
}

// Labels and groups that hang together with the scores.
Rows random_instance(std::mt19937_64& random, std::size_t n) {
  const int kind = static_cast<int>(random() % 5);
  const auto favourable = static_cast<double>(random() % 11) / 10.0;
  Rows rows;
  for (std::size_t i = 0; i < n; ++i) {
    const double score = random_score(random, kind);
    const auto happens = [&](double p) { return static_cast<double>(random() % 1000) < 1000 * p; };
    rows.scores.push_back(score);
    rows.groups.push_back(happens(0.3 + 0.4 * score) ? 1 : 0);
    rows.labels.push_back(happens(favourable * (0.2 + 0.8 * score)) ? 1 : 0);
  }
  return rows;
}

TEST(BoundedSearch, FindsWhatTheSweepFinds) {
  std::mt19937_64 random(1);
  for (int instance = 0; instance < 4000; ++instance) {
    const std::size_t n = random() % 8 == 0 ? 1 + random() % 5000 : 1 + random() % 300;
    const Rows rows = random_instance(random, n);
    const Objective objective = random_objective(random);
    if (!BoundedSearch::suits(objective, group_count(rows.groups))) continue;
    BoundedSearch search(objective, rows.labels, rows.groups);
    expect_same(search.find(rows.scores), ScoreSweep(rows.outcomes()).find(objective));
    ASSERT_FALSE(HasFailure()) << "instance " << instance << ", " << n << " rows: " << objective.bias->name << ", "
                               << objective.performance->name;
  }
}

TEST(BoundedSearch, IsTheSameAgainForOtherScores) {
  std::mt19937_64 random(2);
  const Rows first = random_instance(random, 3000);
  const Objective objective = make_objective("aod", "balanced_accuracy");
  BoundedSearch search(objective, first.labels, first.groups);
  for (int instance = 0; instance < 20; ++instance) {
    Rows rows = first;
    rows.scores = random_instance(random, 3000).scores;
    expect_same(search.find(rows.scores), ScoreSweep(rows.outcomes()).find(objective));
  }
}

TEST(BoundedSearch, AThresholdSearchTakesIt) {
  std::mt19937_64 random(3);
  const Rows rows = random_instance(random, 2000);
  for (const char* bias : {"spd", "eqodds"}) {  // with bounds and without
    const Objective objective = make_objective(bias);
    expect_same(find_threshold(rows.outcomes(), objective), ScoreSweep(rows.outcomes()).find(objective));
  }
}

TEST(BoundedSearch, SaysWhatItCannotTake) {
  const Rows rows{{0.1, 0.2, 0.3}, {0, 1, 1}, {0, 1, 0}};
  const Objective spd = make_objective("spd");
  EXPECT_FALSE(BoundedSearch::suits(spd, 3));
  EXPECT_FALSE(BoundedSearch::suits(make_objective("eqodds"), 2));
  EXPECT_FALSE(BoundedSearch::suits(make_objective("spd", "auc"), 2));
  EXPECT_NE(error_of([&] { BoundedSearch(make_objective("eqodds"), rows.labels, rows.groups); }).find("eqodds"),
            std::string::npos);
  BoundedSearch search(spd, rows.labels, rows.groups);
  const std::vector<double> two = {0.1, 0.2};
  EXPECT_NE(error_of([&] { (void)search.find(two); }).find("2 scores for 3 rows"), std::string::npos);
  for (const double bad : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    const std::vector<double> scores = {0.1, bad, 0.2};
    EXPECT_NE(error_of([&] { (void)search.find(scores); }).find("row 1"), std::string::npos);
  }
}

}  // namespace
}  // namespace posthoc::fairness
