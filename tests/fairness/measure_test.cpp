#include "fairness/measure.h"

#include <gtest/gtest.h>
#include <limits>
#include <set>

#include "support/close.h"
#include "support/outcome_rows.h"

namespace posthoc::fairness {
namespace {

GroupCounts counts_of(std::initializer_list<CellCounts> cells) {
  GroupCounts counts(static_cast<int>(cells.size()));
  int group = 0;
  for (const CellCounts& one : cells) counts.add(group++, one);
  return counts;
}

// Selection rates 0.3, 0.6; TPR 0.5, 0.75; FPR 0.25, 0.5.
const GroupCounts kTwo = counts_of({{.tp = 1, .fp = 2, .tn = 6, .fn = 1}, {.tp = 3, .fp = 3, .tn = 3, .fn = 1}});

TEST(Measure, TwoGroupsAreSignedUnprivilegedMinusPrivileged) {
  EXPECT_TRUE(testing::close(statistical_parity_difference(kTwo).number(), -0.3, 1e-15));
  EXPECT_EQ(equal_opportunity_difference(kTwo).number(), -0.25);
  EXPECT_EQ(average_odds_difference(kTwo).number(), -0.25);
  EXPECT_EQ(accuracy(kTwo).number(), 0.65);
  EXPECT_TRUE(testing::close(balanced_accuracy(kTwo).number(), (4.0 / 6 + 9.0 / 14) / 2, 1e-15));
}

TEST(Measure, MoreGroupsGiveTheLargestGap) {
  const GroupCounts three = counts_of({{.tp = 2, .fp = 1, .tn = 3, .fn = 2},    // .375 .5  .25
                                       {.tp = 1, .fp = 2, .tn = 2, .fn = 3},    // .375 .25 .5
                                       {.tp = 4, .fp = 3, .tn = 1, .fn = 0}});  // .875 1   .75
  EXPECT_EQ(statistical_parity_difference(three).number(), 0.5);
  EXPECT_EQ(equal_opportunity_difference(three).number(), 0.75);
  EXPECT_EQ(average_odds_difference(three).number(), 0.5);
}

TEST(Measure, EmptyCellsAreUndefinedAndSayWhy) {
  const GroupCounts no_positive = counts_of({{.fp = 1, .tn = 1}, {.tp = 1, .tn = 1}});
  EXPECT_TRUE(statistical_parity_difference(no_positive).defined());
  EXPECT_EQ(equal_opportunity_difference(no_positive).reason(), "group 0 has no positive labels");
  EXPECT_EQ(average_odds_difference(no_positive).reason(), "group 0 has no positive labels");
  EXPECT_EQ(equal_opportunity_difference(no_positive).with_empty_as_zero(), -1.0);

  const GroupCounts no_group = counts_of({{.tp = 1, .tn = 1}, {}});
  EXPECT_EQ(statistical_parity_difference(no_group).reason(), "group 1 has no rows");
  EXPECT_EQ(average_odds_difference(no_group).reason(), "group 1 has no negative labels");

  const GroupCounts one_class = counts_of({{.tp = 1}, {.tp = 1, .fn = 1}});
  EXPECT_EQ(balanced_accuracy(one_class).reason(), "the data has no negative labels");
  EXPECT_TRUE(accuracy(one_class).defined());
  EXPECT_EQ(accuracy(counts_of({{}, {}})).reason(), "the data has no rows");

  const GroupCounts gap = counts_of({{.tp = 1, .tn = 1}, {}, {.fp = 1, .fn = 1}});
  EXPECT_EQ(statistical_parity_difference(gap).reason(), "group 1 has no rows");
  EXPECT_TRUE(std::isnan(statistical_parity_difference(gap).number()));
  EXPECT_EQ(equal_opportunity_difference(gap).with_empty_as_zero(), 1.0);
}

TEST(Measure, AucCountsPairsAndTies) {
  const Rows rows{{0.1, 0.4, 0.4, 0.8}, {0, 0, 1, 1}, {0, 0, 1, 1}};
  EXPECT_EQ(auc(rows.outcomes()).number(), 3.5 / 4);
  const Rows zeros{{0.0, -0.0}, {0, 1}, {0, 1}};  // one tie, whatever the sign
  EXPECT_EQ(auc(zeros.outcomes()).number(), 0.5);
  const Rows positive{{0.1, 0.4}, {1, 1}, {0, 1}};
  EXPECT_EQ(auc(positive.outcomes()).reason(), "the data has no negative labels");
  const Rows negative{{0.1, 0.4}, {0, 0}, {0, 1}};
  EXPECT_EQ(auc(negative.outcomes()).reason(), "the data has no positive labels");
}

TEST(Measure, AucEqualsThePairCount) {
  std::mt19937_64 random(5);
  int compared = 0;
  for (int instance = 0; instance < 300; ++instance) {
    const Rows rows = random_rows(random, 1 + random() % 60, 2 + random() % 30, 2);
    double ordered = 0;
    double pairs = 0;
    for (std::size_t i = 0; i < rows.scores.size(); ++i) {
      for (std::size_t j = 0; j < rows.scores.size(); ++j) {
        if (rows.labels[i] != 1 || rows.labels[j] != 0) continue;
        pairs += 1;
        ordered += rows.scores[i] > rows.scores[j] ? 1 : rows.scores[i] == rows.scores[j] ? 0.5 : 0;
      }
    }
    const Value value = auc(rows.outcomes());
    EXPECT_EQ(value.defined(), pairs > 0);
    if (pairs == 0) continue;
    EXPECT_TRUE(testing::close(value.number(), ordered / pairs, 1e-14));
    ++compared;
  }
  EXPECT_GT(compared, 200);
}

TEST(Measure, TableIsConsistent) {
  std::set<std::string_view> names;
  for (const Measure& measure : measures()) {
    EXPECT_TRUE(names.insert(measure.name).second) << measure.name;
    EXPECT_NE(measure.of_counts == nullptr, measure.of_outcomes == nullptr) << measure.name;
    EXPECT_FALSE(measure.description.empty()) << measure.name;
    EXPECT_EQ(&find_measure(measure.name), &measure);
    EXPECT_EQ(&find_measure(measure.long_name), &measure);
    EXPECT_EQ(&find_measure(measure.name, measure.kind), &measure);
  }
}

TEST(Measure, LookupErrorListsTheKnownNames) {
  EXPECT_EQ(
      error_of([] { find_measure("auc", Measure::Kind::bias); }),
      "unknown bias measure 'auc'; known are spd, eod, aod, aaod, eqodds, di, fprd, fnrd, fdrd, ford, ppvd, apvd, "
      "erd, err, gtprd, gfprd, gfnrd, gtnrd, cgd");
  EXPECT_EQ(
      error_of([] { find_measure("", Measure::Kind::performance); }),
      "unknown performance measure ''; known are accuracy, balanced_accuracy, f1, precision, recall, specificity, "
      "auc");
  EXPECT_EQ(error_of([] { find_measure("spd", Measure::Kind::loss); }),
            "unknown loss 'spd'; known are error_rate, gei, theil, brier, log_loss");
  EXPECT_EQ(error_of([] { find_measure("spdd"); }).substr(0, 38), "unknown measure 'spdd'; known are spd,");
}

TEST(Measure, AliasesAreFound) {
  EXPECT_EQ(find_measure("true_positive_rate_difference").name, "eod");
  EXPECT_EQ(find_measure("positive_predictive_value", Measure::Kind::performance).name, "precision");
  EXPECT_THROW(find_measure(""), Error);  // most measures have no alias
}

TEST(Measure, UnfairnessIsZeroWhereFair) {
  const Measure& spd = find_measure("spd");
  EXPECT_EQ(spd.fair(), 0.0);
  EXPECT_EQ(spd.unfairness(-0.25), 0.25);
  const Measure& di = find_measure("di");
  EXPECT_EQ(di.fair(), 1.0);
  EXPECT_EQ(di.unfairness(1.0), 0.0);
  EXPECT_EQ(di.unfairness(0.25), 0.75);
  EXPECT_EQ(di.unfairness(4.0), 0.75);
  EXPECT_EQ(di.unfairness(0.0), 1.0);
  EXPECT_EQ(di.unfairness(std::numeric_limits<double>::infinity()), 1.0);
  for (const Measure& measure : measures()) {
    EXPECT_EQ(measure.higher_is_better(), measure.kind == Measure::Kind::performance);
    if (measure.kind != Measure::Kind::bias) continue;
    EXPECT_EQ(measure.unfairness(measure.fair()), 0.0) << measure.name;
    EXPECT_GE(measure.unfairness(measure.worst), 1.0) << measure.name;
  }
}

}  // namespace
}  // namespace posthoc::fairness
