#include "fairness/score_statistic.h"

#include <gtest/gtest.h>

#include "support/close.h"
#include "support/outcome_rows.h"

namespace posthoc::fairness {
namespace {

using testing::close;

// AUC under another name, which takes the way of every measure without a formula of its own.
Value written_out(const Outcomes& outcomes) { return auc(outcomes); }

Measure plain_auc() {
  return {"plain", "plain", Measure::Kind::performance, 0.0, "AUC of the rows written out", nullptr, written_out};
}

bool same(const Value& a, const Value& b) {
  return a.reason() == b.reason() && (a.defined() ? a.number() == b.number() : !b.defined());
}

TEST(ScoreStatistic, AucOfAResampleIsThatOfItsRows) {
  std::mt19937_64 random(1);
  int undefined = 0;
  for (int trial = 0; trial < 300; ++trial) {
    const Rows rows = random_rows(random, 1 + random() % 40, 1 + random() % 20, 2);
    const ScoreStatistic fast(find_measure("auc"), rows.outcomes());
    const Measure plain_measure = plain_auc();
    const ScoreStatistic plain(plain_measure, rows.outcomes());
    EXPECT_TRUE(fast.is_quick_without_rows());
    EXPECT_FALSE(plain.is_quick_without_rows());
    const RowResampler resampler(rows.labels, rows.groups, Strata::none);
    std::vector<std::uint32_t> weights(rows.scores.size());
    for (std::uint32_t resample = 0; resample < 10; ++resample) {
      resampler.draw({1, 2, resample}, weights);
      const Value expected = plain(weights);
      EXPECT_TRUE(same(fast(weights), expected)) << fast(weights).number() << " for " << expected.number();
      undefined += expected.defined() ? 0 : 1;
    }
  }
  EXPECT_GT(undefined, 0);
  EXPECT_LT(undefined, 1500);
}

TEST(ScoreStatistic, AucWithoutARowIsThatOfTheOthers) {
  std::mt19937_64 random(2);
  for (int trial = 0; trial < 100; ++trial) {
    const Rows rows = random_rows(random, 2 + random() % 40, 1 + random() % 20, 2);
    const Measure plain_measure = plain_auc();
    const ScoreStatistic fast(find_measure("auc"), rows.outcomes());
    const ScoreStatistic plain(plain_measure, rows.outcomes());
    const JackknifeBlocks blocks(RowResampler(rows.labels, rows.groups, Strata::group), true, 0);
    ASSERT_EQ(blocks.rows.size(), rows.scores.size());
    const std::vector<Value> values = fast.without(blocks.rows);
    const std::vector<Value> expected = plain.without(blocks.rows);
    ASSERT_EQ(values.size(), expected.size());
    for (std::size_t b = 0; b < values.size(); ++b) EXPECT_TRUE(same(values[b], expected[b]));
  }
}

TEST(JackknifeBlocks, DealOutEveryRowOnceWithinItsStratum) {
  std::mt19937_64 random(3);
  const Rows rows = random_rows(random, 5000, 100, 3);
  for (const auto strata : {Strata::none, Strata::group, Strata::group_and_label}) {
    const RowResampler resampler(rows.labels, rows.groups, strata);
    const JackknifeBlocks blocks(resampler, false, 7);
    EXPECT_NEAR(static_cast<double>(blocks.rows.size()), 200, 4);
    std::vector<int> seen(5000);
    std::vector<std::size_t> in_stratum(resampler.strata());
    for (std::size_t b = 0; b < blocks.rows.size(); ++b) {
      EXPECT_FALSE(blocks.rows[b].empty());
      in_stratum[blocks.strata[b]] += blocks.rows[b].size();
      for (const std::size_t row : blocks.rows[b]) ++seen[row];
    }
    EXPECT_EQ(seen, std::vector<int>(5000, 1));
    for (std::size_t s = 0; s < resampler.strata(); ++s) EXPECT_EQ(in_stratum[s], resampler.stratum(s).size());
  }
}

}  // namespace
}  // namespace posthoc::fairness
