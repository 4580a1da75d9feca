// Reject option searches on random instances: against brute force, and properties that must hold.
#include "fairness/reject_option.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <numeric>
#include <vector>

#include "fairness/bruteforce.h"
#include "support/close.h"
#include "support/outcome_rows.h"

namespace posthoc::fairness {
namespace {

using testing::close;

std::vector<const Measure*> bias_measures() {
  std::vector<const Measure*> all;
  for (const Measure& measure : measures()) {
    if (measure.kind == Measure::Kind::bias) all.push_back(&measure);
  }
  return all;
}

RejectOptionGoal random_goal(std::mt19937_64& random) {
  static const std::vector<const Measure*> biases = bias_measures();
  const char* performances[] = {"balanced_accuracy", "accuracy", "balanced_accuracy", "f1", "precision", "auc"};
  const double bounds[] = {0.0, 0.05, 0.05, 0.2, 1.0};
  return make_reject_option_goal(biases[random() % biases.size()]->name, bounds[random() % 5],
                                 performances[random() % 6]);
}

// Both groups have a row; one class, one score and empty cells occur.
Rows random_instance(std::mt19937_64& random, std::uint64_t most) {
  Rows rows = random_rows(random, 2 + random() % (most - 1), 1 + random() % (random() % 2 == 0 ? 5 : 40), 2);
  rows.groups[0] = 0;
  rows.groups[1] = 1;
  if (random() % 4 == 0) {
    for (double& score : rows.scores) score = score * 3 - 1;  // beyond [0, 1] too
  }
  return rows;
}

void expect_same_number(const Value& actual, const Value& expected) {
  EXPECT_EQ(actual.defined(), expected.defined());
  EXPECT_EQ(actual.reason(), expected.reason());
  if (expected.defined()) {
    EXPECT_EQ(actual.number(), expected.number());
  }
}

void expect_same(const RejectOptionResult& actual, const RejectOptionResult& expected) {
  EXPECT_EQ(actual.lower, expected.lower);
  EXPECT_EQ(actual.upper, expected.upper);
  EXPECT_EQ(actual.threshold, expected.threshold);
  EXPECT_EQ(actual.margin, expected.margin);
  EXPECT_EQ(actual.counts, expected.counts);
  expect_same_number(actual.bias, expected.bias);
  expect_same_number(actual.performance, expected.performance);
  EXPECT_EQ(actual.feasible, expected.feasible);
  EXPECT_EQ(actual.feasible_found, expected.feasible_found);
  EXPECT_EQ(actual.tied, expected.tied);
  EXPECT_EQ(actual.grid_index, expected.grid_index);
  EXPECT_TRUE(actual.complete);
}

std::string name(const RejectOptionGoal& goal) {
  return fmt::format("{}, {}, {}", goal.bias->name, goal.performance->name, goal.bound);
}

TEST(RejectOption, ExactEqualsBruteForce) {
  std::mt19937_64 random(1);
  int infeasible = 0;
  int undefined = 0;
  int margins = 0;
  for (int instance = 0; instance < 6000; ++instance) {
    const Rows rows = random_instance(random, random() % 10 == 0 ? 60 : 14);
    const RejectOptionGoal goal = random_goal(random);
    const ScoreSweep sorted(rows.outcomes());  // because sums of scores differ in their last bit by the order of rows
    const RejectOptionResult result = RejectOptionSweep(rows.outcomes()).find_exact(goal);
    expect_same(result, find_reject_option_bruteforce(sorted.sorted(), goal));
    infeasible += result.feasible ? 0 : 1;
    undefined += result.bias.defined() ? 0 : 1;
    margins += result.margin > 0 ? 1 : 0;
    ASSERT_FALSE(HasFailure()) << "instance " << instance << ": " << name(goal);
  }
  EXPECT_GT(infeasible, 100);
  EXPECT_GT(undefined, 100);
  EXPECT_GT(margins, 500);
}

TEST(RejectOption, GridEqualsBruteForce) {
  std::mt19937_64 random(2);
  int infeasible = 0;
  int ties = 0;
  for (int instance = 0; instance < 60; ++instance) {
    const Rows rows = random_instance(random, 25);
    const RejectOptionGoal goal = random_goal(random);
    const ScoreSweep sorted(rows.outcomes());
    const RejectOptionResult result = RejectOptionSweep(rows.outcomes()).find_on_grid(goal);
    expect_same(result, find_reject_option_on_grid_bruteforce(sorted.sorted(), goal));
    infeasible += result.feasible ? 0 : 1;
    ties += result.tied > 1 ? 1 : 0;
    ASSERT_FALSE(HasFailure()) << "instance " << instance << ": " << name(goal);
  }
  EXPECT_GT(infeasible, 5);
  EXPECT_GT(ties, 20);
}

// As large as brute force can be, so that windows grow and shrink by many rows: all measures that have windows, with
// few scores that many share and with none that is shared.
TEST(RejectOption, WindowsEqualBruteForceOnManyRows) {
  std::mt19937_64 random(8);
  int margins = 0;
  for (const std::uint64_t levels : {3, 25, 1'000'000}) {
    for (const char* bias : {"spd", "eod", "aod", "fprd", "fnrd", "di", "eqodds"}) {
      for (const char* performance : {"accuracy", "balanced_accuracy"}) {
        for (const double bound : {0.0, 0.02, 0.2}) {
          const Rows rows = mixed_rows(random, 150, levels, 2);
          const RejectOptionGoal goal = make_reject_option_goal(bias, bound, performance);
          const RejectOptionResult result = RejectOptionSweep(rows.outcomes()).find_exact(goal);
          expect_same(result, find_reject_option_bruteforce(rows.outcomes(), goal));
          margins += result.margin > 0 ? 1 : 0;
          ASSERT_FALSE(HasFailure()) << levels << " scores: " << name(goal);
        }
      }
    }
  }
  EXPECT_GT(margins, 30);
}

// Less is better; rounding of a performance aside.
bool no_worse(const RejectOptionResult& a, const RejectOptionResult& b, const RejectOptionGoal& goal) {
  if (a.feasible != b.feasible) return a.feasible;
  const auto unfairness = [&](const RejectOptionResult& result) {
    return result.bias.defined() ? goal.bias->unfairness(result.bias.number()) : 2.0;
  };
  if (!a.feasible && unfairness(a) != unfairness(b)) return unfairness(a) < unfairness(b);
  if (a.performance.defined() != b.performance.defined()) return a.performance.defined();
  return !a.performance.defined() || a.performance.number() >= b.performance.number() - 1e-15;
}

TEST(RejectOption, ExactIsNeverWorseThanTheGrid) {
  std::mt19937_64 random(3);
  int better = 0;
  for (int instance = 0; instance < 600; ++instance) {
    const Rows rows = random_instance(random, 150);
    const RejectOptionGoal goal = random_goal(random);
    const RejectOptionSweep sweep(rows.outcomes());
    const RejectOptionResult grid = sweep.find_on_grid(goal);
    for (const std::int64_t max_pairs : {RejectOptionSweep::kMaxPairs, std::int64_t{30}}) {
      const RejectOptionResult exact = sweep.find_exact(goal, max_pairs);
      EXPECT_TRUE(no_worse(exact, grid, goal)) << "instance " << instance << ": " << name(goal) << ", " << max_pairs;
      better += no_worse(grid, exact, goal) ? 0 : 1;
      EXPECT_LE(exact.lower, exact.upper);
      EXPECT_EQ(exact.counts, sweep.count(exact.lower, exact.upper));
      EXPECT_EQ(exact.counts[0], count(rows.outcomes(), exact.lower)[0]);
      EXPECT_EQ(exact.counts[1], count(rows.outcomes(), exact.upper)[1]);
    }
  }
  EXPECT_GT(better, 100);
}

TEST(RejectOption, TheOrderOfRowsDoesNotMatter) {
  std::mt19937_64 random(4);
  for (int instance = 0; instance < 300; ++instance) {
    const Rows rows = random_instance(random, 100);
    const Rows reordered = shuffled(rows, random);
    const RejectOptionGoal goal = make_reject_option_goal(instance % 2 == 0 ? "eod" : "erd", 0.05);
    expect_same(RejectOptionSweep(reordered.outcomes()).find_exact(goal),
                RejectOptionSweep(rows.outcomes()).find_exact(goal));
    expect_same(RejectOptionSweep(reordered.outcomes()).find_on_grid(goal),
                RejectOptionSweep(rows.outcomes()).find_on_grid(goal));
    ASSERT_FALSE(HasFailure()) << "instance " << instance;
  }
}

// Scores that are neighbouring doubles, where a midpoint rounds onto one of them and a sum of threshold and margin to
// another number than the threshold of the group.
TEST(RejectOption, NeighbouringDoublesAreToldApart) {
  std::mt19937_64 random(5);
  for (int instance = 0; instance < 300; ++instance) {
    Rows rows = random_instance(random, 14);
    for (double& score : rows.scores) {
      double near = 0.3;
      for (auto steps = random() % 6; steps > 0; --steps) near = std::nextafter(near, 1.0);
      score = near;
    }
    const RejectOptionGoal goal = make_reject_option_goal("spd", 0.1);
    const RejectOptionResult result = RejectOptionSweep(rows.outcomes()).find_exact(goal);
    expect_same(result, find_reject_option_bruteforce(rows.outcomes(), goal));
    EXPECT_EQ(result.counts[0], count(rows.outcomes(), result.lower)[0]);
    EXPECT_EQ(result.counts[1], count(rows.outcomes(), result.upper)[1]);
    ASSERT_FALSE(HasFailure()) << "instance " << instance;
  }
}

TEST(RejectOption, TooManyPairsAreThinnedAndSaidSo) {
  std::mt19937_64 random(6);
  const Rows rows = mixed_rows(random, 1200, 100'000, 2);
  const RejectOptionSweep sweep(rows.outcomes());
  const RejectOptionGoal goal = make_reject_option_goal("aaod", 0.03);
  const RejectOptionResult all = sweep.find_exact(goal);
  EXPECT_TRUE(all.complete);
  double before = 0;
  for (const std::int64_t max_pairs : {4, 10'000, 200'000}) {
    const RejectOptionResult part = sweep.find_exact(goal, max_pairs);
    EXPECT_FALSE(part.complete);
    EXPECT_TRUE(part.feasible);
    EXPECT_LE(part.feasible_found, max_pairs);
    EXPECT_LE(part.performance.number(), all.performance.number());
    EXPECT_GE(part.performance.number(), sweep.find_on_grid(goal).performance.number());
    before = part.performance.number();
  }
  EXPECT_TRUE(close(before, all.performance.number(), 0, 0.005));
  EXPECT_TRUE(sweep.find_exact(make_reject_option_goal("aod"), 4).complete);  // needs no pairs

  Rows few = rows;
  std::fill(few.groups.begin() + 20, few.groups.end(), 1);
  const RejectOptionSweep of_few(few.outcomes());
  const RejectOptionResult most = of_few.find_exact(goal, 8'000);  // of some 11 x 1200
  EXPECT_FALSE(most.complete);
  EXPECT_GT(most.feasible_found, of_few.find_exact(goal).feasible_found / 4);  // as many of each would be 1 / 13
}

TEST(RejectOption, TheGridIsAif360s) {
  const std::vector<RejectOptionPoint> points = reject_option_grid();
  ASSERT_EQ(points.size(), 5000U);
  EXPECT_EQ(points.front().threshold, 0.01);
  EXPECT_EQ(points.front().margin, 0.0);
  EXPECT_EQ(points[1040].threshold, 0.207979797979798);  // AIF360's best of Adult for statistical parity
  EXPECT_EQ(points[1040].margin, 0.16977942692228407);
  EXPECT_EQ(points.back().threshold, 0.99);
  EXPECT_EQ(points.back().margin, 1.0 - 0.99);
}

// By hand: of six, the best two of each group are qualified. Scores 0.9, 0.6, 0.4 of group 1 and 0.7, 0.35, 0.1 of
// group 0, of whom 0.9, 0.6 and 0.7, 0.35 have favourable labels.
TEST(RejectOption, AnInstanceByHand) {
  const Rows rows{{0.9, 0.6, 0.4, 0.7, 0.35, 0.1}, {1, 1, 0, 1, 1, 0}, {1, 1, 1, 0, 0, 0}};
  const RejectOptionResult result = RejectOptionSweep(rows.outcomes()).find_exact(make_reject_option_goal("spd", 0.0));
  EXPECT_TRUE(result.feasible);
  EXPECT_EQ(result.performance.number(), 1.0);
  EXPECT_EQ(result.bias.number(), 0.0);
  EXPECT_EQ(result.lower, std::midpoint(0.1, 0.35));
  EXPECT_EQ(result.upper, std::midpoint(0.4, 0.6));
  // As many of both groups: 4 x 4 pairs of decisions, of which the equal rates are 4. All of them have lower <= upper.
  EXPECT_EQ(result.feasible_found, 4);
}

TEST(RejectOption, UndefinedIsAResultWithAReason) {
  const Rows rows{{0.9, 0.6, 0.4, 0.7, 0.35, 0.1}, {1, 1, 0, 0, 0, 0}, {1, 1, 1, 0, 0, 0}};
  const RejectOptionSweep sweep(rows.outcomes());
  for (const RejectOptionResult& result :
       {sweep.find_exact(make_reject_option_goal("eod")), sweep.find_on_grid(make_reject_option_goal("eod"))}) {
    EXPECT_FALSE(result.feasible);
    EXPECT_EQ(result.feasible_found, 0);
    EXPECT_EQ(result.bias.reason(), "group 0 has no positive labels");
    EXPECT_EQ(result.performance.number(), 0.875);  // only one of 0.7 and 0.6 can be on its side
  }
  for (const std::uint8_t label : {std::uint8_t{0}, std::uint8_t{1}}) {
    Rows one_class = rows;
    std::fill(one_class.labels.begin(), one_class.labels.end(), label);
    const RejectOptionSweep one(one_class.outcomes());
    for (const RejectOptionResult& result :
         {one.find_exact(make_reject_option_goal("spd")), one.find_on_grid(make_reject_option_goal("spd"))}) {
      EXPECT_TRUE(result.feasible);
      EXPECT_FALSE(result.performance.defined());
      EXPECT_EQ(result.margin, 0);
    }
  }
}

TEST(RejectOption, EqualScoresLeaveConstantDecisions) {
  const Rows rows{{0.5, 0.5, 0.5, 0.5}, {1, 0, 1, 0}, {0, 0, 1, 1}};
  const RejectOptionSweep sweep(rows.outcomes());
  const RejectOptionResult exact = sweep.find_exact(make_reject_option_goal("spd"));
  EXPECT_TRUE(exact.feasible);
  EXPECT_EQ(exact.performance.number(), 0.5);
  EXPECT_EQ(exact.margin, 0.0);
  EXPECT_EQ(exact.feasible_found, 2);  // everybody or nobody
  EXPECT_EQ(sweep.find_on_grid(make_reject_option_goal("spd")).performance.number(), 0.5);
}

TEST(RejectOption, RefusesWhatItCannotSearch) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const Rows good{{0.1, 0.9, 0.5}, {0, 1, 1}, {0, 1, 0}};
  const RejectOptionSweep sweep(good.outcomes());
  const auto error = [](const Rows& rows) { return error_of([&] { RejectOptionSweep{rows.outcomes()}; }); };
  Rows bad = good;
  bad.groups[2] = 2;
  EXPECT_EQ(error(bad), "reject option: knows two groups, 0 and 1, and row 2 is of group 2");
  bad.groups = {1, 1, 1};
  EXPECT_EQ(error(bad), "reject option: needs rows of both groups, and group 0 has none");
  bad.groups = {0, 0, 0};
  EXPECT_EQ(error(bad), "reject option: needs rows of both groups, and group 1 has none");
  bad = good;
  bad.scores[1] = nan;
  EXPECT_NE(error(bad), "");
  EXPECT_NE(error(Rows{}), "");
  for (const double bound : {-0.1, 1.1, nan}) {
    EXPECT_NE(error_of([&] { make_reject_option_goal("spd", bound); }).find("[0, 1]"), std::string::npos);
  }
  EXPECT_NE(error_of([] { make_reject_option_goal("accuracy"); }), "");
  EXPECT_NE(error_of([] { make_reject_option_goal("spd", 0.05, "spd"); }), "");
  EXPECT_NE(error_of([&] { return sweep.find_exact({}); }), "");
  EXPECT_NE(error_of([&] { return sweep.find_on_grid({}); }), "");
  EXPECT_NE(error_of([&] { return sweep.find_exact(make_reject_option_goal("spd"), 3); }).find("max_pairs"),
            std::string::npos);
  EXPECT_NE(error_of([&] { return sweep.count(0.6, 0.5); }), "");
  EXPECT_NE(error_of([&] { return sweep.count(nan, 0.5); }), "");
}

}  // namespace
}  // namespace posthoc::fairness
