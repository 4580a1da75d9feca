#include "fairness/bootstrap_measure.h"

#include <gtest/gtest.h>

#include "support/expect_error.h"
#include "support/outcome_rows.h"

namespace posthoc::fairness {
namespace {

TEST(BootstrapMeasure, IsTheEntryOfTheWholeTable) {
  const Rows rows{{0.9, 0.8, 0.7, 0.6, 0.4, 0.3, 0.2, 0.1, 0.55, 0.45},
                  {1, 1, 0, 1, 0, 1, 0, 0, 1, 0},
                  {0, 1, 0, 1, 0, 1, 0, 1, 0, 1}};
  const GroupCounts counts = count(rows.outcomes(), 0.5);
  BootstrapOptions options;
  options.resamples = 300;
  options.seed = 3;
  for (const IntervalMethod method : {IntervalMethod::percentile, IntervalMethod::bca}) {
    options.method = method;
    int with_interval = 0;
    for (const MeasureInterval& expected : bootstrap(counts, rows.outcomes(), options)) {
      const MeasureInterval alone = bootstrap_measure(*expected.measure, counts, rows.outcomes(), options);
      EXPECT_EQ(alone.measure, expected.measure);
      EXPECT_EQ(alone.estimate.number(), expected.estimate.number()) << expected.measure->name;
      EXPECT_EQ(alone.interval.reason, expected.interval.reason) << expected.measure->name;
      if (!expected.interval.defined()) continue;
      EXPECT_EQ(alone.interval.low, expected.interval.low) << expected.measure->name;
      EXPECT_EQ(alone.interval.high, expected.interval.high) << expected.measure->name;
      ++with_interval;
    }
    EXPECT_GE(with_interval, 5);
  }
}

TEST(BootstrapMeasure, BadInputIsRefused) {
  const Rows rows{{0.9, 0.1}, {1, 0}, {0, 1}};
  const GroupCounts counts = count(rows.outcomes(), 0.5);
  BootstrapOptions options;
  options.level = 1;
  EXPECT_TRUE(testing::fails_with([&] { bootstrap_measure(find_measure("spd"), counts, rows.outcomes(), options); },
                                  {"level"}));
  EXPECT_TRUE(testing::fails_with([&] { bootstrap_measure(Measure{}, counts, rows.outcomes()); }, {"no function"}));
}

}  // namespace
}  // namespace posthoc::fairness
