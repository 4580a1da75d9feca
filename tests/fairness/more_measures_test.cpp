// The measures beyond the three differences of Savani et al. and accuracy; AIF360's numbers are in reference_test.cpp.
#include <cmath>
#include <gtest/gtest.h>
#include <limits>

#include "fairness/group_scores.h"
#include "fairness/measure.h"
#include "fairness/statistic.h"
#include "fairness/worst_pair.h"
#include "support/close.h"
#include "support/outcome_rows.h"

namespace posthoc::fairness {
namespace {

using testing::close;

GroupCounts counts_of(std::initializer_list<CellCounts> cells) {
  GroupCounts counts(static_cast<int>(cells.size()));
  int group = 0;
  for (const CellCounts& one : cells) counts.add(group++, one);
  return counts;
}

TEST(MoreMeasures, RatiosWithoutDenominatorAreUndefined) {
  const GroupCounts none_of_1 = counts_of({{.tp = 1, .tn = 1}, {.tn = 1, .fn = 1}});
  EXPECT_EQ(disparate_impact(none_of_1).reason(), "group 1 has no favourable decisions");
  EXPECT_EQ(disparate_impact(none_of_1).with_empty_as_zero(), std::numeric_limits<double>::infinity());
  const GroupCounts none_of_0 = counts_of({{.tn = 1, .fn = 1}, {.tp = 1, .tn = 1}});
  EXPECT_EQ(disparate_impact(none_of_0).number(), 0.0);
  const GroupCounts nobody = counts_of({{.tn = 1}, {.tn = 1, .fn = 1}});
  EXPECT_EQ(disparate_impact(nobody).reason(), "group 1 has no favourable decisions");
  EXPECT_TRUE(std::isnan(disparate_impact(nobody).with_empty_as_zero()));
  EXPECT_EQ(error_rate_ratio(counts_of({{.fp = 1}, {.tp = 1}})).reason(), "group 1 has no wrong decisions");
  EXPECT_EQ(error_rate_ratio(counts_of({{.fp = 1}, {}})).reason(), "group 1 has no rows");
}

TEST(MoreMeasures, RatiosOfMoreGroupsAreTheSmallest) {
  // Selection rates 0.5, 0.25, 1.
  const GroupCounts three = counts_of({{.tp = 1, .tn = 1}, {.fp = 1, .tn = 3}, {.tp = 2}});
  EXPECT_EQ(disparate_impact(three).number(), 0.25);
  const GroupCounts nobody = counts_of({{.tn = 1}, {.tn = 1}, {.tn = 1}});
  EXPECT_EQ(disparate_impact(nobody).reason(), "the data has no favourable decisions");
  const GroupCounts empty = counts_of({{.tp = 1}, {}, {.tn = 1}});
  EXPECT_EQ(disparate_impact(empty).reason(), "group 1 has no rows");
}

TEST(MoreMeasures, PrecisionAndF1) {
  const GroupCounts counts = counts_of({{.tp = 3, .fp = 1, .tn = 2, .fn = 0}, {.tp = 1, .fp = 1, .tn = 1, .fn = 2}});
  EXPECT_TRUE(close(precision(counts).number(), 4.0 / 6, 1e-15));
  EXPECT_TRUE(close(recall(counts).number(), 4.0 / 6, 1e-15));
  EXPECT_TRUE(close(specificity(counts).number(), 3.0 / 5, 1e-15));
  EXPECT_TRUE(close(f1(counts).number(), 8.0 / 12, 1e-15));
  EXPECT_TRUE(close(error_rate(counts).number(), 4.0 / 11, 1e-15));
  EXPECT_EQ(positive_predictive_value_difference(counts).number(), 0.25);
  const GroupCounts nobody = counts_of({{.tn = 1}, {.tn = 1, .fn = 1}});
  EXPECT_EQ(precision(nobody).reason(), "the data has no favourable decisions");
  EXPECT_EQ(f1(nobody).number(), 0.0);
  EXPECT_EQ(f1(counts_of({{.tn = 1}, {.tn = 1}})).reason(),
            "the data has neither favourable labels nor favourable decisions");
}

TEST(MoreMeasures, EntropyIndices) {
  // Benefits 1, 1, 2, 0: mu = 1.
  const GroupCounts counts = counts_of({{.tp = 1, .fp = 1}, {.tn = 1, .fn = 1}});
  EXPECT_EQ(generalized_entropy_index(counts).number(), 0.25);
  EXPECT_TRUE(close(theil_index(counts).number(), 2 * std::log(2.0) / 4, 1e-15));
  const GroupCounts equal = counts_of({{.tp = 1}, {.tn = 1}});
  EXPECT_EQ(theil_index(equal).number(), 0.0);
  EXPECT_EQ(generalized_entropy_index(equal).number(), 0.0);
  const GroupCounts none = counts_of({{.fn = 1}, {.fn = 2}});
  EXPECT_EQ(theil_index(none).reason(), "the data has only false negatives: nobody has any benefit");
  EXPECT_EQ(generalized_entropy_index(counts_of({{}, {}})).reason(), "the data has no rows");
}

TEST(MoreMeasures, LossesOfScores) {
  const Rows rows{{0.25, 0.75, 1.0, 0.0}, {0, 1, 1, 0}, {0, 0, 1, 1}};
  EXPECT_EQ(brier_score(rows.outcomes()).number(), 2 * 0.0625 / 4);
  EXPECT_TRUE(close(log_loss(rows.outcomes()).number(), -2 * std::log(0.75) / 4, 1e-15));
  const Rows certain_and_wrong{{0.0, 1.0}, {1, 1}, {0, 1}};
  EXPECT_TRUE(close(log_loss(certain_and_wrong.outcomes()).number(), 52 * std::log(2.0) / 2, 1e-15));
  EXPECT_EQ(brier_score(certain_and_wrong.outcomes()).number(), 0.5);
}

TEST(MoreMeasures, RatesOfScores) {
  const Rows rows{{0.25, 0.75, 0.5, 0.125}, {0, 1, 1, 0}, {0, 0, 1, 1}};
  EXPECT_EQ(generalized_true_positive_rate_difference(rows.outcomes()).number(), 0.25);
  EXPECT_EQ(generalized_false_negative_rate_difference(rows.outcomes()).number(), -0.25);
  EXPECT_EQ(generalized_false_positive_rate_difference(rows.outcomes()).number(), 0.125);
  EXPECT_EQ(generalized_true_negative_rate_difference(rows.outcomes()).number(), -0.125);
  const GroupScores scores(rows.outcomes());
  EXPECT_EQ(calibration_gap(scores, 0).number(), 0.0);
  EXPECT_EQ(calibration_gap(scores, 1).number(), 0.3125 - 0.5);
  EXPECT_EQ(calibration_gap_difference(rows.outcomes()).number(), 0.1875);
  EXPECT_EQ(gtpr(scores, kAllGroups).number(), 0.625);
}

TEST(MoreMeasures, ScoresThatAreNoProbabilitiesAreUndefined) {
  const Rows rows{{1.25, 0.75, 0.5, 0.125}, {0, 1, 1, 0}, {0, 0, 1, 1}};
  EXPECT_EQ(calibration_gap_difference(rows.outcomes()).reason(), "group 0 has a score outside [0, 1]");
  EXPECT_EQ(brier_score(rows.outcomes()).reason(), "the data has a score outside [0, 1]");
  EXPECT_FALSE(log_loss(rows.outcomes()).defined());
  EXPECT_TRUE(auc(rows.outcomes()).defined());
  const Rows no_positive{{0.5, 0.75, 0.5}, {0, 1, 0}, {0, 0, 1}};
  EXPECT_EQ(generalized_true_positive_rate_difference(no_positive.outcomes()).reason(),
            "group 1 has no positive labels");
}

// The bias over all groups is that of the worst pair, found by another way: each pair alone.
TEST(MoreMeasures, BiasOfManyGroupsIsThatOfTheWorstPair) {
  std::mt19937_64 random(8);
  int compared = 0;
  for (int instance = 0; instance < 400; ++instance) {
    const Rows rows = random_rows(random, 5 + random() % 60, 2 + random() % 20, 2 + random() % 4);
    const GroupCounts counts = count(rows.outcomes(), 0.5);
    for (const Measure& measure : measures()) {
      if (measure.kind != Measure::Kind::bias) continue;
      const Value value = measure.of_counts ? measure.of_counts(counts) : measure.of_outcomes(rows.outcomes());
      const auto pair = worst_pair(measure, counts, rows.outcomes());
      if (!value.defined()) continue;
      if (!pair) {  // a ratio of two rates that are both 0
        EXPECT_EQ(measure.scale, Measure::Scale::ratio) << measure.name;
        continue;
      }
      EXPECT_LT(pair->first, pair->second);
      EXPECT_TRUE(close(measure.unfairness(value.number()), measure.unfairness(pair->value.number()), 1e-12, 1e-14))
          << measure.name;
      if (counts.groups() == 2) {
        EXPECT_EQ(value.number(), pair->value.number()) << measure.name;
      }
      ++compared;
    }
  }
  EXPECT_GT(compared, 3000);
}

TEST(MoreMeasures, TheWorstPairIsNamed) {
  const Rows rows{{0.2, 0.8, 0.7, 0.9, 0.1, 0.1}, {1, 0, 1, 0, 0, 1}, {0, 0, 1, 1, 2, 2}};
  const GroupCounts counts = count(rows.outcomes(), 0.5);  // selection rates 0.5, 1, 0
  const auto pair = worst_pair(find_measure("spd"), counts, rows.outcomes());
  ASSERT_TRUE(pair);
  EXPECT_EQ(pair->first, 1);
  EXPECT_EQ(pair->second, 2);
  EXPECT_EQ(pair->value.number(), 1.0);
  const auto of_scores = worst_pair(find_measure("gtprd"), counts, rows.outcomes());  // 0.2, 0.7, 0.1
  ASSERT_TRUE(of_scores);
  EXPECT_EQ(of_scores->first, 1);
  EXPECT_EQ(of_scores->second, 2);
  EXPECT_THROW(worst_pair(find_measure("accuracy"), counts, rows.outcomes()), Error);
  EXPECT_FALSE(worst_pair(find_measure("spd"), counts_of({{.tp = 1}, {}, {.tn = 1}}), rows.outcomes()));
  // Groups 1 and 2 have no rows, so neither have the two together.
  const Rows gap{{0.2, 0.8, 0.7, 0.9}, {1, 0, 1, 0}, {0, 0, 3, 3}};
  EXPECT_FALSE(worst_pair(find_measure("gtprd"), count(gap.outcomes(), 0.5), gap.outcomes()));
}

TEST(MoreMeasures, StatisticsAreFoundByEitherName) {
  for (const Statistic& statistic : statistics()) {
    EXPECT_EQ(&find_statistic(statistic.name), &statistic);
    EXPECT_EQ(&find_statistic(statistic.long_name), &statistic);
    EXPECT_NE(statistic.of_counts == nullptr, statistic.of_scores == nullptr);
    EXPECT_FALSE(statistic.description.empty());
  }
  EXPECT_EQ(error_of([] { find_statistic("tpr"); }).substr(0, 44), "unknown statistic 'tpr'; known are n, P, N, ");
}

}  // namespace
}  // namespace posthoc::fairness
