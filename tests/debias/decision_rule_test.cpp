#include "debias/decision_rule.h"

#include <cmath>
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

TEST(RejectOption, IsOneThresholdAGroup) {
  const DecisionRule rule = RejectOption::around(0.5, 0.25);
  // The region is open below and closed above, 0.25 < score <= 0.75.
  const std::vector<double> scores = {0.2, 0.25, 0.26, 0.5, 0.74, 0.75, 0.76};
  for (const double score : scores) {
    EXPECT_EQ(favourable_probability(rule, score, kUnprivileged), score > 0.25 ? 1.0 : 0.0) << score;
    EXPECT_EQ(favourable_probability(rule, score, kPrivileged), score > 0.75 ? 1.0 : 0.0) << score;
  }
  EXPECT_FALSE(is_randomised(rule));
}

TEST(EqualizedOdds, KeepsAndTurnsDecisions) {
  const DecisionRule rule = EqualizedOdds{.sp2p = 0.9, .sn2p = 0.1, .op2p = 1.0, .on2p = 0.3};
  EXPECT_EQ(favourable_probability(rule, 0.5, kPrivileged), 0.9);  // 0.5 is favourable, as in AIF360
  EXPECT_EQ(favourable_probability(rule, 0.49999, kPrivileged), 0.1);
  EXPECT_EQ(favourable_probability(rule, 0.5, kUnprivileged), 1.0);
  EXPECT_EQ(favourable_probability(rule, 0.49999, kUnprivileged), 0.3);
  EXPECT_TRUE(is_randomised(rule));
  EXPECT_FALSE(is_randomised(EqualizedOdds{1.0, 0.0, 0.0, 1.0}));
}

TEST(CalibratedMix, MixesWithTheBaseRate) {
  const DecisionRule rule = CalibratedMix{.privileged_mix_rate = 0.25,
                                          .unprivileged_mix_rate = 0.0,
                                          .privileged_base_rate = 0.6,
                                          .unprivileged_base_rate = 0.6};
  EXPECT_EQ(favourable_probability(rule, 0.9, kPrivileged), 1.0);
  EXPECT_EQ(favourable_probability(rule, 0.1, kPrivileged), 0.25);  // the base rate is favourable
  EXPECT_EQ(favourable_probability(rule, 0.1, kUnprivileged), 0.0);
  EXPECT_TRUE(is_randomised(rule));
}

TEST(Decide, DependsOnSeedAndRowAloneAndHasTheProbability) {
  constexpr int kRows = 20000;
  for (const double p : {0.0, 0.1, 0.5, 0.93, 1.0}) {
    int favourable = 0;
    for (std::uint64_t row = 0; row < kRows; ++row) favourable += decide(p, 3, row) ? 1 : 0;
    const double deviation = std::sqrt(p * (1 - p) / kRows);
    EXPECT_LE(std::abs(favourable / double{kRows} - p), 4 * deviation) << p;
  }
  int different = 0;
  for (std::uint64_t row = 0; row < 100; ++row) different += decide(0.5, 0, row) != decide(0.5, 1, row) ? 1 : 0;
  EXPECT_GT(different, 20);
}

TEST(CountDrawn, IsACountOfDecisionsNearTheExpectedOne) {
  std::mt19937_64 random(11);
  const Rows rows = fairness::random_rows(random, 4000, 50, 2);
  const DecisionRule rule = EqualizedOdds{.sp2p = 0.7, .sn2p = 0.2, .op2p = 0.6, .on2p = 0.4};
  const fairness::GroupCounts expected = count(rule, rows.outcomes());
  const fairness::GroupCounts drawn = count_drawn(rule, rows.outcomes(), 1);
  for (const int group : {0, 1}) {
    EXPECT_TRUE(close(drawn[group].n(), expected[group].n(), 1e-12));
    EXPECT_EQ(drawn[group].tp, std::floor(drawn[group].tp));
    EXPECT_NEAR(drawn[group].tp, expected[group].tp, 4 * std::sqrt(expected[group].n() / 4));
    EXPECT_NEAR(drawn[group].fp, expected[group].fp, 4 * std::sqrt(expected[group].n() / 4));
  }
  EXPECT_NE(drawn, count_drawn(rule, rows.outcomes(), 2));
  EXPECT_EQ(count_drawn(Threshold{0.4}, rows.outcomes(), 1), count(Threshold{0.4}, rows.outcomes()));
}

TEST(DecisionRule, RefusesWhatItCannotDo) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_TRUE(fails_with([] { validate(RejectOption::around(0.5, -0.1)); }, {"margin", "-0.1"}));
  EXPECT_TRUE(fails_with([&] { validate(RejectOption{0.5, nan, 0.4, 0.6}); }, {"margin", "not a number"}));
  EXPECT_TRUE(fails_with([] { validate(RejectOption{0.5, 0.1, 0.6, 0.4}); }, {"0.6", "above"}));
  EXPECT_TRUE(fails_with([] { validate(EqualizedOdds{1.5, 0, 1, 0}); }, {"sp2p", "[0, 1]", "1.5"}));
  EXPECT_TRUE(fails_with([&] { validate(EqualizedOdds{1, 0, 1, nan}); }, {"on2p", "[0, 1]"}));
  EXPECT_TRUE(fails_with([] { validate(CalibratedMix{-0.1, 0, 0.5, 0.5}); }, {"privileged_mix_rate", "-0.1"}));
  const Rows three{{0.1, 0.9, 0.4}, {0, 1, 1}, {0, 1, 2}};
  EXPECT_TRUE(fails_with([&] { count(RejectOption{}, three.outcomes()); }, {"two groups", "3"}));
  EXPECT_NO_THROW(count(Threshold{0.5}, three.outcomes()));
}

}  // namespace
}  // namespace posthoc::debias
