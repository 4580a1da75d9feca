#include "fairness/objective.h"

#include <cmath>
#include <gtest/gtest.h>

#include "fairness/threshold.h"
#include "support/close.h"
#include "support/outcome_rows.h"

namespace posthoc::fairness {
namespace {

// At 0.5: selection rates 0.5 and 1, TPR 1 and 1, accuracy 0.75.
const Rows kRows{{0.2, 0.8, 0.7, 0.6}, {0, 1, 1, 0}, {0, 0, 1, 1}};

// Group 0 has no favourable label; at 0.5 group 1 has TPR 1.
const Rows kNoPositive{{0.2, 0.1, 0.7, 0.6}, {0, 0, 1, 0}, {0, 0, 1, 1}};

TEST(Objective, IsTheWeightedSum) {
  EXPECT_EQ(evaluate(make_objective("spd"), kRows.outcomes(), 0.5), 0.75 * 0.5 + 0.25 * 0.25);
  EXPECT_EQ(evaluate(make_objective("spd", "accuracy", 1.0), kRows.outcomes(), 0.5), 0.5);
  EXPECT_EQ(evaluate(make_objective("spd", "accuracy", 0.0), kRows.outcomes(), 0.5), 0.25);
  EXPECT_TRUE(
      testing::close(evaluate(make_objective("eod", "balanced_accuracy", 0.5), kRows.outcomes(), 0.5), 0.125, 1e-15));
}

TEST(Objective, ScoreBasedPerformanceIsAConstant) {
  const Objective objective = make_objective("spd", "auc", 0.5);
  const double loss = 1 - auc(kRows.outcomes()).number();
  EXPECT_EQ(auc(kRows.outcomes()).number(), 1.0);
  Rows rows = kRows;
  rows.scores = {0.8, 0.2, 0.7, 0.6};
  EXPECT_EQ(auc(rows.outcomes()).number(), 0.25);
  EXPECT_EQ(evaluate(objective, rows.outcomes(), 0.5), 0.5 * 0.5 + 0.5 * 0.75);
  EXPECT_EQ(evaluate(objective, rows.outcomes(), 1.0), 0.5 * 0.75);
  EXPECT_EQ(loss, 0.0);
}

TEST(Objective, AnUndefinedMeasureIsTheWorstOrItsEmptyRateIsZero) {
  const Outcomes outcomes = kNoPositive.outcomes();
  // Accuracy is 0.75. Worst: |bias| = 1. Zero: |0 - TPR_1|, which is 0 once nobody is selected.
  EXPECT_EQ(evaluate(make_objective("eod"), outcomes, 0.5), 0.75 + 0.25 * 0.25);
  EXPECT_EQ(evaluate(make_objective("eod"), outcomes, 1.0), 0.75 + 0.25 * 0.25);
  const Objective zero = make_objective("eod", "accuracy", 0.75, EmptyCell::zero);
  EXPECT_EQ(evaluate(zero, outcomes, 0.5), 0.75 + 0.25 * 0.25);
  EXPECT_EQ(evaluate(zero, outcomes, 1.0), 0.25 * 0.25);

  const Rows one_class{{0.2, 0.8}, {1, 1}, {0, 1}};
  EXPECT_EQ(evaluate(make_objective("spd", "auc", 0.5), one_class.outcomes(), 1.0), 0.5);
}

TEST(Objective, ConstrainedPrefersFeasibleThenPerformanceThenTheLeastUnfair) {
  // At 0.5: |SPD| = 0.5 and accuracy 0.75.
  EXPECT_EQ(evaluate(make_constrained_objective("spd", "accuracy", 0.5), kRows.outcomes(), 0.5), 0.25);
  EXPECT_EQ(evaluate(make_constrained_objective("spd", "accuracy", 0.4), kRows.outcomes(), 0.5), 1.5);
  EXPECT_EQ(evaluate(make_constrained_objective("spd", "accuracy", 0.4), kRows.outcomes(), 1.0), 0.5);
  // Selection rates 0.5 and 1: the ratio is 0.5.
  EXPECT_EQ(evaluate(make_constrained_objective("di", "accuracy", 0.5), kRows.outcomes(), 0.5), 0.25);
  EXPECT_EQ(evaluate(make_objective("di", "accuracy", 0.5), kRows.outcomes(), 0.5), 0.25 + 0.125);
  // Nobody is selected: the ratio is undefined and never feasible.
  EXPECT_EQ(evaluate(make_constrained_objective("di", "accuracy", 0.99), kRows.outcomes(), 1.0), 2.0);
}

TEST(Objective, AResultSaysWhetherItIsFeasible) {
  const Rows apart{{0.2, 0.3, 0.7, 0.8}, {0, 1, 0, 1}, {0, 0, 1, 1}};
  const ThresholdResult free = find_threshold(apart.outcomes(), make_constrained_objective("spd"));
  EXPECT_TRUE(free.feasible);
  EXPECT_EQ(free.bias.number(), 0.0);
  const Rows no_negative{{0.2, 0.3, 0.7}, {1, 1, 0}, {0, 0, 1}};
  const ThresholdResult none = find_threshold(no_negative.outcomes(), make_constrained_objective("eod"));
  EXPECT_FALSE(none.feasible);
  EXPECT_FALSE(none.bias.defined());
  EXPECT_EQ(none.objective, 2.0);
}

TEST(Objective, AnInfeasiblePhiIsAboveOneAlsoAfterRounding) {
  const auto nearly_fair = [](const GroupCounts& /*counts*/) { return Value(1e-30); };
  const Measure tiny{"tiny", "tiny", Measure::Kind::bias, 1.0, "a bias that 1 + bias does not show", nearly_fair};
  Objective objective = make_constrained_objective("spd", "accuracy", 0.0);
  objective.bias = &tiny;
  EXPECT_GT(evaluate(objective, kRows.outcomes(), 0.5), 1.0);
}

TEST(Objective, RefusesBadParts) {
  EXPECT_EQ(error_of([] { make_constrained_objective("spd", "accuracy", 1.0); }),
            "objective: epsilon is 1; expected a number from 0 to below 1");
  EXPECT_THROW(make_constrained_objective("spd", "accuracy", std::nan("")), Error);
  EXPECT_THROW(make_objective("spd", "brier"), Error);
  const Measure empty{"empty", "empty", Measure::Kind::bias, 1.0, "no function"};
  EXPECT_EQ(error_of([&] {
              validate(Objective{&empty, &find_measure("accuracy")});
            }),
            "objective: the measure empty needs exactly one function, of counts or of outcomes");
  EXPECT_EQ(error_of([] { make_objective("spd", "accuracy", 1.5); }),
            "objective: lambda is 1.5; expected a number in [0, 1]");
  EXPECT_THROW(make_objective("spd", "accuracy", std::nan("")), Error);
  EXPECT_THROW(make_objective("accuracy"), Error);
  EXPECT_THROW(make_objective("spd", "eod"), Error);
  EXPECT_EQ(error_of([] { validate(Objective{}); }), "objective: a bias and a performance measure are needed");
  const Measure& spd = find_measure("spd");
  EXPECT_EQ(error_of([&] { validate(Objective{&spd, &spd}); }), "objective: spd is not a performance measure");
}

}  // namespace
}  // namespace posthoc::fairness
