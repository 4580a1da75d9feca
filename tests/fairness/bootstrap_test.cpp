#include "fairness/bootstrap.h"

#include <cmath>
#include <gtest/gtest.h>
#include <string>
#include <string_view>

#include "fairness/bootstrap_measure.h"
#include "support/close.h"
#include "support/expect_error.h"
#include "support/outcome_rows.h"

namespace posthoc::fairness {
namespace {

using testing::close;
using testing::fails_with;

TEST(Bootstrap, GivesEveryMeasureAnIntervalAroundItsValue) {
  std::mt19937_64 random(1);
  const Rows rows = mixed_rows(random, 400, 50, 2);
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
    const auto spd =
        bootstrap_measure(find_measure("spd"), counts, rows.outcomes(), {.resamples = 20000, .method = method});
    // A quantile near 2.5 % of 20000 draws has the standard error 2.7 * error / sqrt(20000) = 0.019 error.
    EXPECT_TRUE(close(spd.interval.low, -0.2 - 1.95996 * error, 0, 0.08 * error));
    EXPECT_TRUE(close(spd.interval.high, -0.2 + 1.95996 * error, 0, 0.08 * error));
  }
}

std::size_t stratum_of(Strata strata, std::int32_t group, std::uint8_t label) {
  const auto of_group = static_cast<std::size_t>(group);
  return strata == Strata::none ? 0 : strata == Strata::group ? of_group : 2 * of_group + label;
}

// BCa with the jackknife in its plainest form: every row is left out and the others are counted anew.
TEST(Bootstrap, TheJackknifeOfCellsIsThatOfRows) {
  std::mt19937_64 random(6);
  const Rows rows = mixed_rows(random, 90, 50, 2);
  const GroupCounts counts = count(rows.outcomes(), 0.5);
  for (const auto strata : {Strata::none, Strata::group, Strata::group_and_label}) {
    const BootstrapOptions options{.resamples = 300, .method = IntervalMethod::bca, .strata = strata, .seed = 3};
    const auto intervals = bootstrap(counts, rows.outcomes(), options);
    const CellResampler resampler(cells_of(counts), strata, 2);
    for (const MeasureInterval& of : intervals) {
      if (!of.measure->of_counts) continue;
      std::vector<LeftOut> left_out;
      for (std::size_t row = 0; row < 90; ++row) {
        Rows others = rows;
        const auto at = static_cast<std::ptrdiff_t>(row);
        others.scores.erase(others.scores.begin() + at);
        others.labels.erase(others.labels.begin() + at);
        others.groups.erase(others.groups.begin() + at);
        left_out.push_back({of.measure->of_counts(count(others.outcomes(), 0.5)), 1,
                            stratum_of(strata, rows.groups[row], rows.labels[row])});
      }
      std::vector<Value> replicates;
      for (std::uint32_t r = 0; r < 300; ++r) {
        std::vector<double> cells(8);
        resampler.draw({3, purpose("bootstrap cells"), r}, cells);
        replicates.push_back(of.measure->of_counts(counts_of_cells(cells, 2)));
      }
      const Interval expected = make_interval(of.estimate, replicates, left_out, 0.95, IntervalMethod::bca);
      EXPECT_TRUE(close(of.interval.low, expected.low, 1e-9, 1e-12)) << of.measure->name;
      EXPECT_TRUE(close(of.interval.high, expected.high, 1e-9, 1e-12)) << of.measure->name;
    }
  }
}

TEST(Bootstrap, OneSeedGivesOneAnswer) {
  std::mt19937_64 random(7);
  const Rows rows = mixed_rows(random, 200, 50, 2);
  const auto low = [&](std::uint64_t seed) { return bootstrap(rows.outcomes(), 0.5, {.seed = seed})[0].interval.low; };
  const auto auc_low = [&](std::uint64_t seed) {
    for (const auto& of : bootstrap(rows.outcomes(), 0.5, {.seed = seed})) {
      if (of.measure->name == "auc") return of.interval.low;
    }
    return std::nan("");
  };
  EXPECT_EQ(low(1), low(1));
  EXPECT_EQ(auc_low(1), auc_low(1));
  EXPECT_NE(auc_low(1), auc_low(2));
}

TEST(Bootstrap, AMeasureWithoutAValueHasNoInterval) {
  // Group 0 has one positive row in 40: a third of the resamples have none.
  Rows rows;
  for (int i = 0; i < 80; ++i) {
    rows.scores.push_back(i % 7);
    rows.groups.push_back(i % 2);
    rows.labels.push_back(i == 0 || (i % 2 == 1 && i % 3 == 0) ? 1 : 0);
  }
  const auto of = [&](const BootstrapOptions& options, std::string_view name) {
    for (const auto& interval : bootstrap(rows.outcomes(), 3, options)) {
      if (interval.measure->name == name) return interval;
    }
    throw Error("no such measure");
  };
  const MeasureInterval eod = of({}, "eod");
  EXPECT_TRUE(eod.estimate.defined());
  EXPECT_FALSE(eod.interval.defined());
  EXPECT_NEAR(eod.interval.undefined, 2000 * std::pow(39.0 / 40, 40), 120);
  EXPECT_NE(eod.interval.reason.find("group 0 has no positive labels"), std::string::npos) << eod.interval.reason;
  EXPECT_TRUE(of({}, "spd").interval.defined());
  EXPECT_TRUE(of({.strata = Strata::group_and_label}, "eod").interval.defined());
  const MeasureInterval bca = of({.method = IntervalMethod::bca, .strata = Strata::group_and_label}, "eod");
  EXPECT_NE(bca.interval.reason.find("without one of the rows"), std::string::npos) << bca.interval.reason;

  for (std::uint8_t& label : rows.labels) label = 1;
  EXPECT_EQ(of({}, "auc").interval.reason, "the data has no negative labels");
}

TEST(Bootstrap, ExpectedCountsAreDrawnAsDecisions) {
  std::mt19937_64 random(8);
  const Rows rows = mixed_rows(random, 400, 50, 2);
  GroupCounts counts(2);  // everybody is selected with probability 1/4
  for (std::size_t row = 0; row < 400; ++row) {
    counts.add(rows.groups[row],
               rows.labels[row] != 0 ? CellCounts{.tp = 0.25, .fn = 0.75} : CellCounts{.fp = 0.25, .tn = 0.75});
  }
  const double error = std::sqrt(0.25 * 0.75 / counts[0].n() + 0.25 * 0.75 / counts[1].n());
  for (const auto method : {IntervalMethod::percentile, IntervalMethod::bca}) {
    const auto spd = bootstrap(counts, rows.outcomes(), {.resamples = 10000, .method = method}).front();
    EXPECT_TRUE(close(spd.interval.low, -1.95996 * error, 0, 0.1 * error));
    EXPECT_TRUE(close(spd.interval.high, 1.95996 * error, 0, 0.1 * error));
  }
}

TEST(Bootstrap, RefusesWhatDoesNotFit) {
  std::mt19937_64 random(9);
  const Rows rows = mixed_rows(random, 50, 50, 2);
  const Outcomes outcomes = rows.outcomes();
  EXPECT_TRUE(fails_with([&] { bootstrap(outcomes, 0.5, {.resamples = 0}); }, {"resamples", "got 0"}));
  EXPECT_TRUE(fails_with([&] { bootstrap(outcomes, 0.5, {.resamples = 2000000}); }, {"resamples", "2000000"}));
  EXPECT_TRUE(fails_with([&] { bootstrap(outcomes, 0.5, {.resamples = 30}); }, {"30 resamples", "at least 40"}));
  EXPECT_TRUE(fails_with([&] { bootstrap(outcomes, 0.5, {.level = 95}); }, {"level is 95"}));
  EXPECT_TRUE(fails_with([&] { bootstrap(outcomes, std::nan("")); }, {"threshold"}));
  GroupCounts other = count(outcomes, 0.5);
  other.add(1, {.tp = 1});
  EXPECT_TRUE(fails_with([&] { bootstrap(other, outcomes); }, {"group 1", "label 1"}));
  EXPECT_TRUE(fails_with([&] { bootstrap(GroupCounts(3), outcomes); }, {"3 groups", "2"}));
  EXPECT_TRUE(fails_with([] { parse_strata("label"); }, {"unknown strata 'label'", "group-and-label"}));
}

}  // namespace
}  // namespace posthoc::fairness
