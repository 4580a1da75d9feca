#include "fairness/bootstrap.h"

#include <gtest/gtest.h>

#include "support/close.h"
#include "support/outcome_rows.h"

namespace posthoc::fairness {
namespace {

using testing::close;

TEST(Bootstrap, GivesEveryMeasureAnIntervalAroundItsValue) {
  std::mt19937_64 random(1);
  const Rows rows = random_rows(random, 400, 50, 2);
  for (const auto method : {IntervalMethod::percentile, IntervalMethod::bca}) {
    for (const auto strata : {Strata::none, Strata::group, Strata::group_and_label}) {
      const auto intervals = bootstrap(rows.outcomes(), 0.5, {.method = method, .strata = strata});
      ASSERT_EQ(intervals.size(), measures().size());
      for (std::size_t m = 0; m < intervals.size(); ++m) {
        const auto& [measure, estimate, interval] = intervals[m];
        EXPECT_EQ(measure, &measures()[m]);
        ASSERT_TRUE(interval.defined()) << measure->name << ": " << interval.reason;
        EXPECT_LT(interval.low, estimate.number()) << measure->name;
        EXPECT_GT(interval.high, estimate.number()) << measure->name;
        EXPECT_EQ(interval.resamples, 2000);
        EXPECT_EQ(interval.undefined, 0);
      }
    }
  }
}

// P(favourable) of one group of n rows has the standard error sqrt(p (1 - p) / n); spd's square is the sum of two.
TEST(Bootstrap, TheParityIntervalIsTheNormalOneForManyRows) {
  GroupCounts counts(2);
  counts.add(0, {.tp = 300, .fp = 100, .tn = 400, .fn = 200});
  counts.add(1, {.tp = 400, .fp = 200, .tn = 300, .fn = 100});
  Rows rows;
  for (const std::int32_t group : {0, 1}) {
    for (int i = 0; i < 1000; ++i) {
      rows.scores.push_back(i % 100);
      rows.labels.push_back(i < 500 ? 1 : 0);
      rows.groups.push_back(group);
    }
  }
  const double error = std::sqrt(0.4 * 0.6 / 1000 + 0.6 * 0.4 / 1000);
  for (const auto method : {IntervalMethod::percentile, IntervalMethod::bca}) {
    const auto spd = bootstrap(counts, rows.outcomes(), {.resamples = 20000, .method = method}).front();
    EXPECT_EQ(spd.measure->name, "spd");
    // A quantile near 2.5 % of 20000 draws has the standard error 2.7 * error / sqrt(20000) = 0.019 error.
    EXPECT_TRUE(close(spd.interval.low, -0.2 - 1.95996 * error, 0, 0.08 * error));
    EXPECT_TRUE(close(spd.interval.high, -0.2 + 1.95996 * error, 0, 0.08 * error));
  }
}

}  // namespace
}  // namespace posthoc::fairness
