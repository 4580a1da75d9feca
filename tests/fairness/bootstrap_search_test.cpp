#include "fairness/bootstrap_search.h"

#include <algorithm>
#include <gtest/gtest.h>

#include "support/expect_error.h"
#include "support/outcome_rows.h"

namespace posthoc::fairness {
namespace {

using testing::fails_with;
using Search = ThresholdSearch;

Rows written_out(const Outcomes& outcomes, std::span<const std::uint32_t> weights) {
  Rows rows;
  for (std::size_t row = 0; row < outcomes.size(); ++row) {
    rows.scores.insert(rows.scores.end(), weights[row], outcomes.scores[row]);
    rows.labels.insert(rows.labels.end(), weights[row], outcomes.labels[row]);
    rows.groups.insert(rows.groups.end(), weights[row], outcomes.groups[row]);
  }
  return rows;
}

void expect_same(const ThresholdResult& a, const ThresholdResult& b) {
  EXPECT_EQ(a.threshold, b.threshold);
  EXPECT_EQ(a.objective, b.objective);
  EXPECT_EQ(a.counts, b.counts);
  EXPECT_EQ(a.bias.reason(), b.bias.reason());
  EXPECT_EQ(a.performance.reason(), b.performance.reason());
}

TEST(ScoreSweep, AResampleIsSearchedAsItsRowsAre) {
  std::mt19937_64 random(4);
  for (int trial = 0; trial < 200; ++trial) {
    const Rows rows = random_rows(random, 1 + random() % 60, 1 + random() % 30, 2 + random() % 2);
    const ScoreSweep sweep(rows.outcomes());
    const RowResampler resampler(sweep.sorted().labels, sweep.sorted().groups, Strata::group);
    std::vector<std::uint32_t> weights(rows.scores.size());
    resampler.draw({1, 2, static_cast<std::uint32_t>(trial)}, weights);
    const Rows resample = written_out(sweep.sorted(), weights);
    for (const Search& search : {Search::exact(), Search::grid(51)}) {
      for (const char* performance : {"accuracy", "auc"}) {
        const Objective objective = make_objective("eod", performance, 0.5);
        expect_same(sweep.resampled(weights).find(objective, search),
                    find_threshold(resample.outcomes(), objective, search));
      }
    }
  }
}

TEST(ScoreSweep, RefusesWeightsThatAreNoResample) {
  std::mt19937_64 random(4);
  const Rows rows = random_rows(random, 3, 5, 2);
  const ScoreSweep sweep(rows.outcomes());
  EXPECT_TRUE(fails_with(
      [&] {
        static_cast<void>(sweep.resampled(std::vector<std::uint32_t>{1, 1}));
      },
      {"2 weights for 3 rows"}));
  EXPECT_TRUE(fails_with(
      [&] {
        static_cast<void>(sweep.resampled(std::vector<std::uint32_t>{0, 0, 0}));
      },
      {"at least one row"}));
}

double plain_quantile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  return quantile(values, share);
}

// Everything in the plainest way: each resample's rows are written out, searched and counted.
TEST(BootstrapSearch, IsThePlainBootstrap) {
  std::mt19937_64 random(5);
  for (int trial = 0; trial < 6; ++trial) {
    const Rows validation = mixed_rows(random, 150, 40, 2);
    const Rows test = mixed_rows(random, 200, 40, 2);
    const Objective objective = make_objective("spd", "accuracy", 0.3 + 0.1 * trial);
    const Search search = trial % 2 == 0 ? Search::exact() : Search::grid(101);
    const BootstrapOptions options{.resamples = 100, .level = 0.9, .seed = 17};
    const SearchIntervals result = bootstrap_search(validation.outcomes(), test.outcomes(), objective, search, options);

    const ScoreSweep keep(validation.outcomes());
    const RowResampler resampler(keep.sorted().labels, keep.sorted().groups, options.strata);
    std::vector<double> thresholds;
    std::vector<double> parity;
    for (std::uint32_t r = 0; r < 100; ++r) {
      std::vector<std::uint32_t> weights(150);
      resampler.draw({17, purpose("bootstrap validation rows"), r}, weights);
      const Rows resample = written_out(keep.sorted(), weights);
      thresholds.push_back(find_threshold(resample.outcomes(), objective, search).threshold);
      const CellResampler cells(cells_of(count(test.outcomes(), thresholds.back())), options.strata, 2);
      std::vector<double> drawn(8);
      cells.draw({17, purpose("bootstrap cells"), r}, drawn);
      parity.push_back(statistical_parity_difference(counts_of_cells(drawn, 2)).number());
    }
    EXPECT_EQ(result.threshold, find_threshold(validation.outcomes(), objective, search).threshold);
    EXPECT_EQ(result.threshold_interval.low, plain_quantile(thresholds, (1 - 0.9) / 2));
    EXPECT_EQ(result.threshold_interval.high, plain_quantile(thresholds, 1 - (1 - 0.9) / 2));
    ASSERT_EQ(result.measures.size(), measures().size());
    const MeasureInterval& spd = result.measures.front();
    EXPECT_EQ(spd.estimate.number(), statistical_parity_difference(count(test.outcomes(), result.threshold)).number());
    EXPECT_EQ(spd.interval.low, plain_quantile(parity, (1 - 0.9) / 2));
    EXPECT_EQ(spd.interval.high, plain_quantile(parity, 1 - (1 - 0.9) / 2));
    // A measure of the scores does not know the threshold.
    const auto fixed = bootstrap(test.outcomes(), result.threshold, options);
    for (std::size_t m = 0; m < fixed.size(); ++m) {
      if (!fixed[m].measure->of_outcomes) continue;
      EXPECT_EQ(result.measures[m].interval.low, fixed[m].interval.low);
      EXPECT_EQ(result.measures[m].interval.high, fixed[m].interval.high);
    }
  }
}

TEST(BootstrapSearch, RefusesBca) {
  std::mt19937_64 random(5);
  const Rows rows = random_rows(random, 30, 40, 2);
  EXPECT_TRUE(fails_with(
      [&] {
        bootstrap_search(rows.outcomes(), rows.outcomes(), make_objective("spd"), {}, {.method = IntervalMethod::bca});
      },
      {"percentile"}));
}

}  // namespace
}  // namespace posthoc::fairness
