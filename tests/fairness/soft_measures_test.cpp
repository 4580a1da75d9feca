#include "fairness/soft_measures.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <random>

#include "support/close.h"
#include "support/expect_error.h"
#include "support/outcome_rows.h"

namespace posthoc::fairness {
namespace {

using testing::close;
using testing::fails_with;

Value soft(const char* measure, const Rows& rows, int groups = 2) {
  return soft_measure(find_measure(measure), rows.outcomes(), groups);
}

// Group 0: favourable labels with scores 0.25 and 0.5, an unfavourable one with 0.125.
// Group 1: a favourable label with 0.75, unfavourable ones with 0.5 and 0.25.
const Rows kByHand{{0.25, 0.5, 0.125, 0.75, 0.5, 0.25}, {1, 1, 0, 1, 0, 0}, {0, 0, 0, 1, 1, 1}};

TEST(SoftMeasure, HasMeanScoresWhereTheMeasureHasRates) {
  EXPECT_TRUE(close(soft("spd", kByHand).number(), 0.875 / 3 - 1.5 / 3, 1e-15));
  EXPECT_TRUE(close(soft("di", kByHand).number(), 0.875 / 1.5, 1e-15));
  EXPECT_TRUE(close(soft("eod", kByHand).number(), 0.375 - 0.75, 1e-15));
  EXPECT_TRUE(close(soft("fprd", kByHand).number(), 0.125 - 0.375, 1e-15));
  EXPECT_TRUE(close(soft("fnrd", kByHand).number(), 0.625 - 0.25, 1e-15));
  EXPECT_TRUE(close(soft("aod", kByHand).number(), (-0.375 - 0.25) / 2, 1e-15));
  EXPECT_TRUE(close(soft("aaod", kByHand).number(), (0.375 + 0.25) / 2, 1e-15));
  EXPECT_TRUE(close(soft("eqodds", kByHand).number(), 0.375, 1e-15));
  EXPECT_TRUE(close(soft("ppvd", kByHand).number(), 0.75 / 0.875 - 0.75 / 1.5, 1e-15));
  EXPECT_TRUE(close(soft("ford", kByHand).number(), 1.25 / 2.125 - 0.25 / 1.5, 1e-15));
  EXPECT_TRUE(close(soft("erd", kByHand).number(), (1.25 + 0.125) / 3 - (0.25 + 0.75) / 3, 1e-15));
  EXPECT_TRUE(close(soft("err", kByHand).number(), 1.375, 1e-15));
  EXPECT_TRUE(close(soft("gtprd", kByHand).number(), 0.375 - 0.75, 1e-15));
  EXPECT_TRUE(close(soft("cgd", kByHand).number(), (0.875 - 2) / 3 - (1.5 - 1) / 3, 1e-15));
}

TEST(SoftMeasure, OfScoresThatAreDecisionsIsTheMeasure) {
  std::mt19937_64 random(1);
  for (const std::uint64_t groups : {2U, 4U}) {
    for (int repeat = 0; repeat < 50; ++repeat) {
      const Rows rows = random_rows(random, 60, 2, groups);
      const int group_total = static_cast<int>(groups);
      if (group_count(rows.groups) != group_total) continue;
      const GroupCounts hard = count(rows.outcomes(), 0.5);
      EXPECT_EQ(soft_counts(rows.outcomes(), group_total), hard);
      for (const Measure& measure : measures()) {
        if (measure.kind != Measure::Kind::bias || !measure.of_counts) continue;
        const Value expected = measure.of_counts(hard);
        const Value actual = soft_measure(measure, rows.outcomes(), group_total);
        EXPECT_EQ(actual.reason(), expected.reason()) << measure.name;
        EXPECT_EQ(actual.with_empty_as_zero(), expected.with_empty_as_zero()) << measure.name;
      }
    }
  }
}

TEST(SoftMeasure, OfScoresIsTheMeasureItself) {
  std::mt19937_64 random(2);
  const Rows rows = mixed_rows(random, 200, 100, 3);
  int seen = 0;
  for (const Measure& measure : measures()) {
    if (measure.kind != Measure::Kind::bias || !measure.of_outcomes) continue;
    const double expected = measure.of_outcomes(rows.outcomes()).number();
    EXPECT_TRUE(close(soft_measure(measure, rows.outcomes(), 3).number(), expected, 1e-12)) << measure.name;
    ++seen;
  }
  EXPECT_EQ(seen, 5);
  // The generalised rates are the soft versions of the rates by construction, computed from other sums.
  EXPECT_TRUE(close(soft("eod", rows, 3).number(), soft("gtprd", rows, 3).number(), 1e-12));
  EXPECT_TRUE(close(soft("fprd", rows, 3).number(), soft("gfprd", rows, 3).number(), 1e-12));
  EXPECT_TRUE(close(soft("fnrd", rows, 3).number(), soft("gfnrd", rows, 3).number(), 1e-12));
}

TEST(SoftMeasure, OfAnEmptyCellIsUndefined) {
  const Rows one_group{{0.5, 0.25}, {1, 0}, {0, 0}};
  const Rows no_positives_in_0{{0.5, 0.25, 0.5}, {0, 1, 0}, {0, 1, 1}};
  const Rows nobody{{0.0, 0.0, 0.0, 0.0}, {0, 1, 0, 1}, {0, 0, 1, 1}};
  for (const Measure& measure : measures()) {
    if (measure.kind != Measure::Kind::bias) continue;
    SCOPED_TRACE(measure.name);
    EXPECT_FALSE(soft_measure(measure, one_group.outcomes(), 2).defined());
  }
  EXPECT_EQ(soft("spd", one_group).reason(), "group 1 has no rows");
  EXPECT_EQ(soft("eod", no_positives_in_0).reason(), "group 0 has no positive labels");
  EXPECT_TRUE(soft("fprd", no_positives_in_0).defined());
  EXPECT_EQ(soft("di", nobody).reason(), "group 1 has no favourable decisions");
  EXPECT_EQ(soft("ppvd", nobody).reason(), "group 0 has no favourable decisions");

  const Rows last_of_three_missing{{0.5, 0.25, 0.5, 0.75}, {0, 1, 0, 1}, {0, 0, 1, 1}};
  for (const Measure& measure : measures()) {
    if (measure.kind != Measure::Kind::bias) continue;
    EXPECT_TRUE(soft_measure(measure, last_of_three_missing.outcomes(), 2).defined()) << measure.name;
    EXPECT_FALSE(soft_measure(measure, last_of_three_missing.outcomes(), 3).defined()) << measure.name;
  }
}

TEST(SoftMeasure, TakesAProgramsOwnMeasureOfOutcomes) {
  Measure own = find_measure("gtprd");
  own.of_group_scores = nullptr;
  own.name = "own";
  EXPECT_EQ(soft_measure(own, kByHand.outcomes(), 2).number(), 0.375 - 0.75);
  EXPECT_EQ(soft_measure(own, kByHand.outcomes(), 3).reason(), "group 2 has no rows");
  own.of_outcomes = nullptr;
  EXPECT_TRUE(fails_with([&] { return soft_measure(own, kByHand.outcomes(), 2); }, {"own", "no function"}));
}

TEST(SoftMeasure, RefusesOtherKindsAndBadRows) {
  for (const Measure& measure : measures()) {
    if (measure.kind == Measure::Kind::bias) continue;
    EXPECT_TRUE(fails_with([&] { return soft_measure(measure, kByHand.outcomes(), 2); },
                           {measure.name, "no bias measure", "spd, eod, aod", "cgd"}));
  }
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const char* name : {"spd", "gtprd"}) {
    const Measure& measure = find_measure(name);
    const auto of = [&](const Rows& rows, int groups) {
      return [&measure, rows, groups] { return soft_measure(measure, rows.outcomes(), groups); };
    };
    EXPECT_TRUE(fails_with(of({{0.5, 1.5}, {0, 1}, {0, 1}}, 2), {"row 1", "1.5", "[0, 1]"}));
    EXPECT_TRUE(fails_with(of({{0.5, -0.5}, {0, 1}, {0, 1}}, 2), {"row 1", "-0.5"}));
    EXPECT_TRUE(fails_with(of({{0.5, nan}, {0, 1}, {0, 1}}, 2), {"row 1", "nan"}));
    EXPECT_TRUE(fails_with(of({{0.5, 0.5}, {0, 1}, {0, 2}}, 2), {"row 1", "group", "2"}));
    EXPECT_TRUE(fails_with(of({{}, {}, {}}, 2), {"row"}));
  }
}

TEST(SignedUnfairness, HasTheMagnitudeThatTheObjectiveCounts) {
  const Measure& spd = find_measure("spd");
  for (const double difference : {-0.5, 0.0, 0.25}) EXPECT_EQ(signed_unfairness(spd, difference).number(), difference);
  const Measure& di = find_measure("di");
  EXPECT_EQ(signed_unfairness(di, 1.0).number(), 0.0);
  EXPECT_EQ(signed_unfairness(di, 0.25).number(), -0.75);
  EXPECT_EQ(signed_unfairness(di, 4.0).number(), 0.75);
  EXPECT_EQ(signed_unfairness(di, 0.0).number(), -1.0);
  EXPECT_EQ(signed_unfairness(di, 1e300).number(), 1.0);
  for (const double ratio : {0.0, 0.3, 1.0, 1.7, 1e9}) {
    EXPECT_EQ(std::abs(signed_unfairness(di, ratio).number()), di.unfairness(ratio));
  }
  const Value undefined = Value::undefined("has no rows", 1);
  EXPECT_EQ(signed_unfairness(spd, undefined).reason(), "group 1 has no rows");
  EXPECT_EQ(signed_unfairness(di, undefined).reason(), "group 1 has no rows");
}

}  // namespace
}  // namespace posthoc::fairness
