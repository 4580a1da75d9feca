// Threshold searches on random instances: against brute force, and properties that must hold.
#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <numeric>
#include <vector>

#include "fairness/bruteforce.h"
#include "fairness/threshold.h"
#include "support/outcome_rows.h"

namespace posthoc::fairness {
namespace {

const std::vector<Objective>& all_objectives() {
  static const std::vector<Objective> objectives = [] {
    std::vector<Objective> all;
    for (const Measure& bias : measures()) {
      if (bias.kind != Measure::Kind::bias) continue;
      for (const char* performance : {"accuracy", "precision", "f1"}) {
        for (const EmptyCell empty : {EmptyCell::worst, EmptyCell::zero}) {
          all.push_back(make_objective(bias.name, performance, 0.6, empty));
          for (const double epsilon : {0.0, 0.1, 0.4}) {
            all.push_back(make_constrained_objective(bias.name, performance, epsilon, empty));
          }
        }
      }
    }
    for (const char* bias : {"spd", "eod", "aod"}) {
      for (const char* performance : {"accuracy", "balanced_accuracy", "auc"}) {
        for (const double lambda : {0.0, 0.3, 0.75, 1.0}) {
          for (const EmptyCell empty : {EmptyCell::worst, EmptyCell::zero}) {
            all.push_back(make_objective(bias, performance, lambda, empty));
          }
        }
      }
    }
    return all;
  }();
  return objectives;
}

// Small and large, one row, one score, one class, two to four groups of which some may be empty.
Rows random_instance(std::mt19937_64& random) {
  const std::uint64_t n = random() % 4 == 0 ? 1 + random() % 200 : 1 + random() % 20;
  const std::uint64_t levels = 1 + random() % (random() % 2 == 0 ? 5 : 40);
  return random_rows(random, n, levels, 1 + random() % 4);
}

void expect_same(const ThresholdResult& actual, const ThresholdResult& expected) {
  EXPECT_EQ(actual.threshold, expected.threshold);
  EXPECT_EQ(actual.objective, expected.objective);
  EXPECT_EQ(actual.counts, expected.counts);
  EXPECT_EQ(actual.feasible, expected.feasible);
  EXPECT_EQ(actual.bias.defined(), expected.bias.defined());
  EXPECT_EQ(actual.bias.reason(), expected.bias.reason());
  EXPECT_FALSE(std::isnan(actual.objective));
  EXPECT_EQ(actual.performance.with_empty_as_zero(), expected.performance.with_empty_as_zero());
}

TEST(ThresholdRandom, ExactEqualsBruteForce) {
  std::mt19937_64 random(1);
  int undefined = 0;
  for (int instance = 0; instance < 2500; ++instance) {
    const Rows rows = random_instance(random);
    const ScoreSweep sweep(rows.outcomes());
    // Six of the objectives each, all of them over the instances.
    for (int k = 0; k < 6; ++k) {
      const Objective& objective = all_objectives()[random() % all_objectives().size()];
      const ThresholdResult result = sweep.find(objective);
      // Sorted, because sums of scores differ in their last bit by the order of rows.
      expect_same(result, find_threshold_bruteforce(sweep.sorted(), objective));
      undefined += result.bias.defined() ? 0 : 1;
      ASSERT_FALSE(HasFailure()) << "instance " << instance << ": " << objective.bias->name << ", "
                                 << objective.performance->name << ", " << objective.lambda;
    }
  }
  EXPECT_GT(undefined, 100);  // empty cells were among the instances
}

TEST(ThresholdRandom, GridEqualsBruteForce) {
  std::mt19937_64 random(2);
  for (int instance = 0; instance < 500; ++instance) {
    const Rows rows = random_instance(random);
    const ScoreSweep sweep(rows.outcomes());
    const auto precision =
        random() % 2 == 0 ? ThresholdSearch::Precision::float32 : ThresholdSearch::Precision::float64;
    const auto search = ThresholdSearch::grid(static_cast<int>(2 + random() % 60), precision);
    const Objective& objective = all_objectives()[random() % all_objectives().size()];
    expect_same(sweep.find(objective, search), find_threshold_bruteforce(sweep.sorted(), objective, search));
    ASSERT_FALSE(HasFailure()) << "instance " << instance;
  }
}

TEST(ThresholdRandom, ExactIsNeverWorseThanAGrid) {
  std::mt19937_64 random(3);
  int better = 0;
  for (int instance = 0; instance < 1000; ++instance) {
    const Rows rows = random_rows(random, 1 + random() % 200, 1 + random() % 1000, 2);
    const ScoreSweep sweep(rows.outcomes());
    const Objective& objective = all_objectives()[random() % all_objectives().size()];
    const double exact = sweep.find(objective).objective;
    for (const int points : {2, 11, 501}) {
      const double grid = sweep.find(objective, ThresholdSearch::grid(points)).objective;
      EXPECT_LE(exact, grid);
      better += exact < grid ? 1 : 0;
    }
  }
  EXPECT_GT(better, 100);  // and often better
}

TEST(ThresholdRandom, TheOrderOfRowsDoesNotMatter) {
  std::mt19937_64 random(4);
  for (int instance = 0; instance < 300; ++instance) {
    const Rows rows = random_instance(random);
    const Rows reordered = shuffled(rows, random);
    const Objective& objective = all_objectives()[random() % all_objectives().size()];
    for (const auto& search : {ThresholdSearch::exact(), ThresholdSearch::grid(21)}) {
      expect_same(find_threshold(reordered.outcomes(), objective, search),
                  find_threshold(rows.outcomes(), objective, search));
    }
    ASSERT_FALSE(HasFailure()) << "instance " << instance;
  }
}

}  // namespace
}  // namespace posthoc::fairness
