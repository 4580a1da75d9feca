#include "debias/evaluation.h"

#include <gtest/gtest.h>
#include <limits>

#include "support/close.h"
#include "support/expect_error.h"
#include "support/outcome_rows.h"

namespace posthoc::debias {
namespace {

using fairness::Rows;
using testing::close;
using testing::fails_with;

TEST(DecisionRule, ThresholdIsStrict) {
  const DecisionRule rule = Threshold{0.5};
  EXPECT_EQ(favourable_probability(rule, 0.5, 0), 0.0);
  EXPECT_EQ(favourable_probability(rule, 0.50001, 1), 1.0);
}

TEST(DecisionRule, CountsAreThoseOfTheThreshold) {
  std::mt19937_64 random(4);
  for (int repeat = 0; repeat < 200; ++repeat) {
    const Rows rows = fairness::random_rows(random, 1 + random() % 40, 1 + random() % 11, 2 + random() % 3);
    for (const double threshold : {-1.0, 0.0, 0.1, 0.25, 0.5, 0.9, 1.0}) {
      EXPECT_EQ(count(Threshold{threshold}, rows.outcomes()), fairness::count(rows.outcomes(), threshold));
    }
  }
}

TEST(DecisionRule, RefusesBadRows) {
  const Rows rows{{0.1, std::numeric_limits<double>::quiet_NaN()}, {0, 1}, {0, 1}};
  EXPECT_TRUE(fails_with([&] { count(Threshold{0.5}, rows.outcomes()); }, {"nan"}));
}

TEST(DecisionRule, RefusesAThresholdThatIsNoNumber) {
  const Rows rows{{0.1, 0.9}, {0, 1}, {0, 1}};
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_TRUE(fails_with([&] { count(Threshold{nan}, rows.outcomes()); }, {"threshold", "not a number"}));
}

TEST(Evaluate, NumbersByHand) {
  // Group 0: one of two positives and none of two negatives selected. Group 1: two of two, and one of two.
  const Rows rows{{0.9, 0.2, 0.1, 0.3, 0.8, 0.7, 0.6, 0.4}, {1, 1, 0, 0, 1, 1, 0, 0}, {0, 0, 0, 0, 1, 1, 1, 1}};
  const Evaluation spd = evaluate(Threshold{0.5}, rows.outcomes(), fairness::make_objective("spd"));
  EXPECT_EQ(spd.bias.number(), 0.25 - 0.75);
  EXPECT_EQ(spd.performance.number(), 0.75);
  EXPECT_EQ(spd.objective.number(), 0.75 * 0.5 + 0.25 * 0.25);
  EXPECT_FALSE(spd.degenerate.has_value());
  EXPECT_EQ(spd.audit.counts[0], (fairness::CellCounts{.tp = 1, .fp = 0, .tn = 2, .fn = 1}));
  EXPECT_EQ(spd.audit.counts[1], (fairness::CellCounts{.tp = 2, .fp = 1, .tn = 1, .fn = 0}));

  const Evaluation eod = evaluate(Threshold{0.5}, rows.outcomes(), fairness::make_objective("eod", "accuracy", 1.0));
  EXPECT_EQ(eod.bias.number(), -0.5);
  EXPECT_EQ(eod.objective.number(), 0.5);
}

TEST(Evaluate, AnUndefinedObjectiveSaysWhy) {
  const Rows rows{{0.9, 0.2, 0.8, 0.3}, {0, 0, 1, 0}, {0, 0, 1, 1}};
  for (const fairness::EmptyCell empty : {fairness::EmptyCell::worst, fairness::EmptyCell::zero}) {
    const Evaluation result =
        evaluate(Threshold{0.5}, rows.outcomes(), fairness::make_objective("eod", "accuracy", 0.75, empty));
    EXPECT_FALSE(result.bias.defined());
    EXPECT_EQ(result.bias.reason(), "group 0 has no positive labels");
    EXPECT_FALSE(result.objective.defined());
    EXPECT_EQ(result.objective.reason(), "group 0 has no positive labels");
    EXPECT_TRUE(std::isnan(result.objective.number()));
    EXPECT_EQ(result.performance.number(), 0.75);
  }
  // A performance measure that is undefined says so too: no negative labels, no true negative rate.
  const Rows positives{{0.9, 0.2}, {1, 1}, {0, 1}};
  const Evaluation result =
      evaluate(Threshold{0.5}, positives.outcomes(), fairness::make_objective("spd", "balanced_accuracy"));
  EXPECT_TRUE(result.bias.defined());
  EXPECT_FALSE(result.objective.defined());
  EXPECT_EQ(result.objective.reason(), result.performance.reason());
  EXPECT_NE(result.objective.reason().find("no negative labels"), std::string::npos) << result.objective.reason();
}

TEST(Evaluate, FlagsDegenerateDecisions) {
  const Rows rows{{0.9, 0.2, 0.8, 0.3, 0.1}, {1, 0, 0, 1, 0}, {0, 0, 1, 1, 1}};
  const fairness::Objective objective = fairness::make_objective("spd");
  const Evaluation nobody = evaluate(Threshold{1.0}, rows.outcomes(), objective);
  ASSERT_TRUE(nobody.degenerate.has_value());
  EXPECT_NE(nobody.degenerate->find("below 1 %"), std::string::npos) << *nobody.degenerate;
  const Evaluation everybody = evaluate(Threshold{0.0}, rows.outcomes(), objective);
  ASSERT_TRUE(everybody.degenerate.has_value());
  EXPECT_NE(everybody.degenerate->find("above 99 %"), std::string::npos) << *everybody.degenerate;

  // Group 1 gets everything, group 0 nothing.
  const Rows by_group{{0.1, 0.2, 0.8, 0.9}, {1, 0, 0, 1}, {0, 0, 1, 1}};
  const Evaluation result = evaluate(Threshold{0.5}, by_group.outcomes(), objective);
  ASSERT_TRUE(result.degenerate.has_value());
  EXPECT_NE(result.degenerate->find("group alone"), std::string::npos) << *result.degenerate;

  // Half of each group is selected, with two rights and two wrongs: as bad as the constant.
  const Rows no_better{{0.1, 0.9, 0.1, 0.9}, {0, 0, 1, 1}, {0, 0, 1, 1}};
  const Evaluation useless = evaluate(Threshold{0.5}, no_better.outcomes(), objective);
  ASSERT_TRUE(useless.degenerate.has_value());
  EXPECT_NE(useless.degenerate->find("no better than a constant"), std::string::npos) << *useless.degenerate;
}

TEST(Evaluate, RefusesBadInput) {
  const Rows rows{{0.1, 0.9}, {0, 1}, {0, 1}};
  EXPECT_TRUE(fails_with([&] { return evaluate(Threshold{0.5}, {}, fairness::make_objective("spd")); }, {"row"}));
  EXPECT_TRUE(fails_with([&] { return evaluate(Threshold{0.5}, rows.outcomes(), {}); }, {"measure"}));
}

}  // namespace
}  // namespace posthoc::debias
