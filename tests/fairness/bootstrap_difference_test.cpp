#include "fairness/bootstrap_difference.h"

#include <gtest/gtest.h>
#include <set>
#include <string_view>

#include "support/close.h"
#include "support/expect_error.h"
#include "support/outcome_rows.h"

namespace posthoc::fairness {
namespace {

using testing::close;
using testing::fails_with;

TEST(BootstrapDifference, OfAPredictorFromItselfIsExactlyZero) {
  std::mt19937_64 random(1);
  const Rows rows = mixed_rows(random, 300, 50, 2);
  for (const auto method : {IntervalMethod::percentile, IntervalMethod::bca}) {
    const auto differences = bootstrap_difference(rows.outcomes(), 0.5, rows.outcomes(), 0.5, {.method = method});
    ASSERT_EQ(differences.size(), measures().size());
    for (const DifferenceInterval& of : differences) {
      ASSERT_TRUE(of.interval.defined() && of.distance_interval.defined()) << of.interval.reason;
      for (const double end :
           {of.interval.low, of.interval.high, of.distance_interval.low, of.distance_interval.high}) {
        EXPECT_EQ(end, 0.0) << of.measure->name;
      }
    }
  }
}

// The joint cells have the distribution of the rows: the interval of the parity's change against its closed form. With
// d = (changed - original) in {-1, 0, 1} a row, a group's change is the mean of d.
TEST(BootstrapDifference, TheParityIntervalIsTheNormalOneForManyRows) {
  std::mt19937_64 random(2);
  Rows original = mixed_rows(random, 3000, 50, 2);
  Rows changed = original;
  for (double& score : changed.scores) {
    if (random() % 4 == 0) score = static_cast<double>(random() % 100) / 100;
  }
  double mean[2] = {0, 0};
  double square[2] = {0, 0};
  double rows[2] = {0, 0};
  for (std::size_t row = 0; row < 3000; ++row) {
    const double d = (changed.scores[row] > 0.5 ? 1 : 0) - (original.scores[row] > 0.5 ? 1 : 0);
    mean[original.groups[row]] += d;
    square[original.groups[row]] += d * d;
    ++rows[original.groups[row]];
  }
  double variance = 0;
  for (const int group : {0, 1}) {
    mean[group] /= rows[group];
    variance += (square[group] / rows[group] - mean[group] * mean[group]) / rows[group];
  }
  const double error = std::sqrt(variance);
  const auto decided = [](const Rows& of) {
    std::vector<double> favourable;
    for (const double score : of.scores) favourable.push_back(score > 0.5 ? 1 : 0);
    return favourable;
  };
  const std::vector<double> before = decided(original);
  const std::vector<double> after = decided(changed);
  const Measure* const asked[] = {&find_measure("spd")};
  const double change = mean[0] - mean[1];
  for (const auto method : {IntervalMethod::percentile, IntervalMethod::bca}) {
    const auto spd = bootstrap_difference({original.outcomes(), before}, {changed.outcomes(), after}, asked,
                                          {.resamples = 10000, .method = method})
                         .front();
    EXPECT_EQ(spd.measure->name, "spd");
    EXPECT_TRUE(close(spd.difference.number(), change, 1e-12, 1e-15));
    EXPECT_TRUE(close(spd.interval.low, change - 1.95996 * error, 0, 0.1 * error));
    EXPECT_TRUE(close(spd.interval.high, change + 1.95996 * error, 0, 0.1 * error));
    EXPECT_TRUE(
        close(spd.distance.number(), std::abs(spd.changed.number()) - std::abs(spd.original.number()), 1e-12, 1e-15));
  }
}

TEST(BootstrapDifference, SwappingThePredictorsSwapsTheSign) {
  std::mt19937_64 random(3);
  const Rows rows = mixed_rows(random, 400, 50, 2);
  const auto forward = bootstrap_difference(rows.outcomes(), 0.4, rows.outcomes(), 0.6);
  const auto backward = bootstrap_difference(rows.outcomes(), 0.6, rows.outcomes(), 0.4);
  for (std::size_t m = 0; m < forward.size(); ++m) {
    EXPECT_TRUE(close(forward[m].difference.number(), -backward[m].difference.number(), 1e-12, 1e-15));
    const double width = forward[m].interval.high - forward[m].interval.low;  // other draws, the same distribution
    EXPECT_TRUE(close(forward[m].interval.low, -backward[m].interval.high, 0, 0.15 * width + 1e-15));
  }
}

TEST(BootstrapDifference, RulesThatRandomiseCountInPart) {
  std::mt19937_64 random(4);
  const Rows rows = mixed_rows(random, 200, 50, 2);
  const std::vector<double> half(200, 0.5);
  const std::vector<double> all(200, 1.0);
  const auto differences = bootstrap_difference({rows.outcomes(), half}, {rows.outcomes(), all});
  // Measures that are sums of rates: resamples centre on the estimate. Those with an absolute value or a maximum in
  // them, which chance can only raise, need not; and where everybody is selected some rates do not exist.
  const std::set<std::string_view> centred = {"spd", "eod", "aod", "accuracy", "balanced_accuracy", "recall"};
  std::size_t checked = 0;
  for (const DifferenceInterval& of : differences) {
    if (!centred.contains(of.measure->name)) continue;
    ++checked;
    ASSERT_TRUE(of.interval.defined()) << of.measure->name << of.interval.reason;
    EXPECT_LE(of.interval.low, of.difference.number() + 1e-12) << of.measure->name;
    EXPECT_GE(of.interval.high, of.difference.number() - 1e-12) << of.measure->name;
  }
  EXPECT_EQ(checked, centred.size());
  EXPECT_GT(differences.front().interval.high - differences.front().interval.low, 0.1);
}

TEST(BootstrapDifference, OfSomeMeasuresIsThatOfAll) {
  std::mt19937_64 random(6);
  const Rows rows = mixed_rows(random, 300, 50, 2);
  Rows other = rows;
  for (double& score : other.scores) score = score * score;
  const std::vector<double> even(300, 0.5);
  const std::vector<double> third(300, 0.25);
  const DecidedOutcomes original{rows.outcomes(), even};
  const DecidedOutcomes changed{other.outcomes(), third};
  const auto all = bootstrap_difference(original, changed);
  const std::vector<const Measure*> asked = {&find_measure("brier_score"), &find_measure("eod"),
                                             &find_measure("accuracy")};
  const auto some = bootstrap_difference(original, changed, asked);
  ASSERT_EQ(some.size(), asked.size());
  for (std::size_t m = 0; m < asked.size(); ++m) {
    EXPECT_EQ(some[m].measure, asked[m]);
    const DifferenceInterval& same = all[static_cast<std::size_t>(asked[m] - measures().data())];
    EXPECT_EQ(some[m].difference.number(), same.difference.number());
    EXPECT_EQ(some[m].interval.low, same.interval.low);
    EXPECT_EQ(some[m].interval.high, same.interval.high);
    EXPECT_EQ(some[m].distance_interval.low, same.distance_interval.low);
    EXPECT_EQ(some[m].distance_interval.high, same.distance_interval.high);
  }
}

// Group 0 is selected at 1/4, then 3/8, group 1 at 1/2, then 1/4: the ratio goes from 1/2 to 3/2.
TEST(BootstrapDifference, TheDistanceOfARatioIsItsDistanceFromOne) {
  Rows rows;
  std::vector<double> before;
  std::vector<double> after;
  for (const int group : {0, 1}) {
    for (int row = 0; row < 80; ++row) {
      rows.scores.push_back(0.5);
      rows.labels.push_back(row % 2 == 0 ? 1 : 0);
      rows.groups.push_back(group);
      before.push_back(row < (group == 0 ? 20 : 40) ? 1 : 0);
      after.push_back(row < (group == 0 ? 30 : 20) ? 1 : 0);
    }
  }
  const std::vector<const Measure*> ratio = {&find_measure("di")};
  const auto di = bootstrap_difference({rows.outcomes(), before}, {rows.outcomes(), after}, ratio).front();
  EXPECT_TRUE(close(di.difference.number(), 1.0, 1e-12, 0));
  EXPECT_TRUE(close(di.distance.number(), 1.0 / 3 - 1.0 / 2, 1e-12, 0));
  EXPECT_LT(di.distance_interval.low, di.distance.number());
  EXPECT_GT(di.distance_interval.high, di.distance.number());
  EXPECT_LT(di.distance_interval.high, 1.0);
}

TEST(BootstrapDifference, RefusesOtherRows) {
  std::mt19937_64 random(5);
  const Rows rows = mixed_rows(random, 50, 50, 2);
  Rows other = rows;
  other.labels[3] = static_cast<std::uint8_t>(1 - other.labels[3]);
  EXPECT_TRUE(fails_with([&] { bootstrap_difference(rows.outcomes(), 0.5, other.outcomes(), 0.5); }, {"same rows"}));
  const std::vector<double> bad(50, 1.5);
  EXPECT_TRUE(fails_with([&] { bootstrap_difference({rows.outcomes(), bad}, {rows.outcomes(), bad}); }, {"1.5"}));
  const std::vector<double> few(49, 1);
  EXPECT_TRUE(fails_with([&] { bootstrap_difference({rows.outcomes(), few}, {rows.outcomes(), few}); }, {"49", "50"}));
  EXPECT_TRUE(
      fails_with([&] { bootstrap_difference(rows.outcomes(), std::nan(""), rows.outcomes(), 0.5); }, {"threshold"}));
}

}  // namespace
}  // namespace posthoc::fairness
