#include "fairness/counts.h"

#include <gtest/gtest.h>

#include "support/outcome_rows.h"

namespace posthoc::fairness {
namespace {

// Group 0: 2 favourable labels, 1 unfavourable; group 1: one row, unfavourable.
const Rows kRows{{0.5, 0.7, 0.6, 0.2}, {1, 1, 0, 0}, {0, 0, 0, 1}};

TEST(Counts, ThresholdIsStrict) {
  const GroupCounts counts = count(kRows.outcomes(), 0.5);
  EXPECT_EQ(counts[0], (CellCounts{.tp = 1, .fp = 1, .tn = 0, .fn = 1}));
  EXPECT_EQ(counts[1], (CellCounts{.tp = 0, .fp = 0, .tn = 1, .fn = 0}));
  EXPECT_EQ(counts.total(), (CellCounts{.tp = 1, .fp = 1, .tn = 1, .fn = 1}));
  EXPECT_EQ(counts[kAllGroups], counts.total());
}

TEST(Counts, DecisionsCountAsTheirThresholdDoes) {
  const std::vector<std::uint8_t> decisions{0, 1, 1, 0};
  EXPECT_EQ(count(decisions, kRows.labels, kRows.groups), count(kRows.outcomes(), 0.5));
}

TEST(Counts, CellsAddUp) {
  const CellCounts cells{.tp = 1, .fp = 2, .tn = 4, .fn = 8};
  EXPECT_EQ(cells.n(), 15);
  EXPECT_EQ(cells.positives(), 9);
  EXPECT_EQ(cells.negatives(), 6);
  EXPECT_EQ(cells.selected(), 3);
}

TEST(Counts, MajorityFollowsTheMoreFrequentLabel) {
  Rows rows{{0.5, 0.5, 0.5}, {1, 0, 0}, {0, 0, 1}};
  EXPECT_EQ(count_majority(rows.outcomes()).total(), (CellCounts{.tn = 2, .fn = 1}));
  rows.labels = {1, 1, 0};
  EXPECT_EQ(count_majority(rows.outcomes()).total(), (CellCounts{.tp = 2, .fp = 1}));
  EXPECT_EQ(count_majority(kRows.outcomes()).total(), (CellCounts{.tp = 2, .fp = 2}));
}

TEST(Counts, RatesOverNoRowsAreUndefinedWithAReason) {
  const GroupCounts counts = count(kRows.outcomes(), 0.5);
  EXPECT_EQ(tpr(counts, 0).number(), 0.5);
  EXPECT_EQ(fpr(counts, 0).number(), 1.0);
  EXPECT_EQ(selection_rate(counts, 0).number(), 2.0 / 3.0);
  EXPECT_EQ(base_rate(counts, 0).number(), 2.0 / 3.0);
  EXPECT_EQ(tnr(counts, kAllGroups).number(), 0.5);
  const Value undefined = tpr(counts, 1);
  EXPECT_FALSE(undefined.defined());
  EXPECT_TRUE(std::isnan(undefined.number()));
  EXPECT_EQ(undefined.reason(), "group 1 has no positive labels");
}

TEST(Counts, RefusesFewerThanTwoGroups) {
  EXPECT_EQ(error_of([] { GroupCounts counts(1); }), "group counts: expected at least 2 groups, got 1");
}

TEST(Value, ArithmeticKeepsTheFirstReason) {
  const Value no_rows = Value::undefined("has no rows", 3);
  const Value no_labels = Value::undefined("has no positive labels");
  EXPECT_EQ((Value(1.0) - no_rows).reason(), "group 3 has no rows");
  EXPECT_EQ((no_labels + no_rows).reason(), "the data has no positive labels");
  EXPECT_EQ((no_rows / 2).reason(), "group 3 has no rows");
  EXPECT_EQ((Value(1.0) - no_rows).with_empty_as_zero(), 1.0);
  EXPECT_TRUE(std::isnan((Value(1.0) - no_rows).number()));
  EXPECT_EQ(((Value(1.0) + Value(2.0)) / 2).number(), 1.5);
  EXPECT_EQ(Value(1.0).reason(), "");
}

TEST(Value, NotANumberIsUndefined) {
  const Value value(std::nan(""));
  EXPECT_FALSE(value.defined());
  EXPECT_EQ(value.reason(), "the result is not a number");
}

}  // namespace
}  // namespace posthoc::fairness
