#include "fairness/score_sums_statistics.h"

#include <gtest/gtest.h>

#include "fairness/resampling.h"
#include "fairness/score_statistic.h"
#include "support/close.h"
#include "support/outcome_rows.h"

namespace posthoc::fairness {
namespace {

using testing::close;

std::vector<const Measure*> measures_of_sums() {
  std::vector<const Measure*> result;
  for (const Measure& measure : measures()) {
    if (measure.of_group_scores != nullptr) result.push_back(&measure);
  }
  return result;
}

void expect_same(const Measure& measure, const Value& value, const Value& plain) {
  ASSERT_EQ(value.defined(), plain.defined()) << measure.name;
  if (plain.defined()) {
    EXPECT_TRUE(close(value.number(), plain.number(), 1e-12, 1e-14)) << measure.name;
  } else {
    EXPECT_EQ(value.reason(), plain.reason()) << measure.name;
  }
}

TEST(ScoreSumsStatistics, AResampleIsWorthItsRowsWrittenOut) {
  std::mt19937_64 random(11);
  const std::vector<const Measure*> measures = measures_of_sums();
  ASSERT_EQ(measures.size(), 7U);
  int undefined = 0;
  for (int trial = 0; trial < 200; ++trial) {
    const int groups = 2 + trial % 2;
    Rows rows = random_rows(random, 1 + random() % 40, 1 + random() % 20, groups);
    if (trial % 10 == 0) rows.scores[0] = 1.5;  // no probability
    const ScoreSumsStatistics sums(measures, rows.outcomes());
    const RowResampler resampler(rows.labels, rows.groups, Strata::group);  // no group vanishes
    std::vector<std::uint32_t> weights(rows.scores.size());
    for (std::uint32_t resample = 0; resample < 5; ++resample) {
      resampler.draw({1, 2, resample}, weights);
      std::vector<Value> values(measures.size(), 0.0);
      sums.values(weights, values);
      for (std::size_t m = 0; m < measures.size(); ++m) {
        const Value plain = ScoreStatistic(*measures[m], rows.outcomes())(weights);
        expect_same(*measures[m], values[m], plain);
        undefined += plain.defined() ? 0 : 1;
      }
    }
  }
  EXPECT_GT(undefined, 100);  // both kinds of values were compared
  EXPECT_LT(undefined, 5000);
}

TEST(ScoreSumsStatistics, WithoutABlockIsWithTheOthers) {
  std::mt19937_64 random(12);
  const std::vector<const Measure*> measures = measures_of_sums();
  for (int trial = 0; trial < 30; ++trial) {
    const Rows rows = random_rows(random, 10 + random() % 300, 1 + random() % 20, 2);
    const JackknifeBlocks blocks(RowResampler(rows.labels, rows.groups, Strata::group), false, 3);
    const std::vector<Value> values = ScoreSumsStatistics(measures, rows.outcomes()).without(blocks.rows);
    ASSERT_EQ(values.size(), blocks.rows.size() * measures.size());
    for (std::size_t m = 0; m < measures.size(); ++m) {
      const std::vector<Value> plain = ScoreStatistic(*measures[m], rows.outcomes()).without(blocks.rows);
      for (std::size_t b = 0; b < plain.size(); ++b) {
        expect_same(*measures[m], values[b * measures.size() + m], plain[b]);
      }
    }
  }
}

}  // namespace
}  // namespace posthoc::fairness
