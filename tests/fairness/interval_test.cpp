#include "fairness/interval.h"

#include <gtest/gtest.h>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "support/close.h"
#include "support/expect_error.h"

namespace posthoc::fairness {
namespace {

using nlohmann::json;
using testing::close;
using testing::fails_with;

constexpr auto kPercentile = IntervalMethod::percentile;
constexpr auto kBca = IntervalMethod::bca;

std::vector<Value> to_values(const std::vector<double>& numbers) { return {numbers.begin(), numbers.end()}; }

std::vector<LeftOut> left_out_of(const json& samples) {
  std::vector<LeftOut> left_out;
  for (std::size_t stratum = 0; stratum < samples.size(); ++stratum) {
    for (const double value : samples[stratum]) left_out.push_back({value, 1, stratum});
  }
  return left_out;
}

TEST(Interval, AgreesWithScipy) {
  const json golden = json::parse(read_file("tests/golden/bootstrap_intervals.json"));
  for (const json& c : golden.at("cases")) {
    SCOPED_TRACE(c.at("name").get<std::string>());
    const auto replicates = c.at("replicates").get<std::vector<double>>();
    const double estimate = c.at("estimate");
    const std::vector<LeftOut> left_out = left_out_of(c.at("jackknife"));
    EXPECT_TRUE(close(bias_correction(estimate, replicates), c.at("z0"), 1e-12, 1e-14));
    EXPECT_TRUE(close(acceleration(left_out), c.at("acceleration"), 1e-9, 1e-12));
    for (const auto method : {kPercentile, kBca}) {
      const Interval interval = make_interval(estimate, to_values(replicates), left_out, c.at("level"), method);
      ASSERT_TRUE(interval.defined()) << interval.reason;
      const json& expected = c.at(std::string(to_string(method)));
      EXPECT_TRUE(close(interval.low, expected[0], 1e-9, 1e-12)) << to_string(method);
      EXPECT_TRUE(close(interval.high, expected[1], 1e-9, 1e-12)) << to_string(method);
    }
  }
  for (const json& point : golden.at("normal_quantile")) {
    EXPECT_TRUE(close(normal_quantile(point[0]), point[1], 1e-13, 1e-14)) << point;
  }
}

TEST(Interval, UnitsThatAreAlikeCountAsMany) {
  const std::vector<LeftOut> together{{0.1, 3, 0}, {0.4, 2, 0}, {0.3, 4, 1}, {0.2, 1, 1}};
  std::vector<LeftOut> apart;
  for (const LeftOut& unit : together)
    apart.insert(apart.end(), static_cast<std::size_t>(unit.units), {unit.value, 1, unit.stratum});
  EXPECT_TRUE(close(acceleration(together), acceleration(apart), 1e-13));
  EXPECT_EQ(acceleration(std::vector<LeftOut>{{0.5, 10, 0}}), 0.0);
}

TEST(Interval, IsUndefinedWithAReason) {
  const Value missing = Value::undefined("has no positive labels", 1);
  std::vector<Value> replicates(1000, 0.5);
  for (std::size_t i = 0; i < 500; ++i) replicates[i] = 0.1;
  const std::vector<LeftOut> left_out{{0.1, 5, 0}, {0.2, 5, 0}};

  Interval interval = make_interval(missing, replicates, left_out, 0.95, kPercentile);
  EXPECT_EQ(interval.reason, "group 1 has no positive labels");
  EXPECT_TRUE(std::isnan(interval.low) && std::isnan(interval.high));

  for (std::size_t i = 0; i < 25; ++i) replicates[i] = missing;  // as many as the tail holds
  interval = make_interval(0.3, replicates, left_out, 0.95, kPercentile);
  EXPECT_TRUE(interval.defined());
  EXPECT_EQ(interval.undefined, 25);
  EXPECT_EQ(interval.resamples, 975);
  EXPECT_EQ(interval.low, 0.1);
  EXPECT_EQ(interval.high, 0.5);
  EXPECT_TRUE(make_interval(0.3, replicates, left_out, 0.95, kBca).defined());

  replicates[25] = missing;
  interval = make_interval(0.3, replicates, left_out, 0.95, kPercentile);
  EXPECT_EQ(interval.reason, "undefined in 26 of 1000 resamples: group 1 has no positive labels");
  EXPECT_EQ(interval.undefined, 26);

  replicates.assign(1000, 0.5);
  EXPECT_EQ(make_interval(0.6, replicates, left_out, 0.95, kBca).reason,
            "no resample lies beyond the estimate on one side, so the bias has no estimate");
  EXPECT_EQ(make_interval(0.5, replicates, std::vector<LeftOut>{{0.1, 5, 0}, {missing, 1, 0}}, 0.95, kBca).reason,
            "undefined without one of the rows: group 1 has no positive labels");
  EXPECT_TRUE(make_interval(0.5, replicates, left_out, 0.95, kBca).defined());
}

TEST(Interval, RefusesBadLevels) {
  const std::vector<Value> replicates(100, 0.5);
  for (const double level : {0.0, 1.0, -0.5, 2.0, std::numeric_limits<double>::quiet_NaN()}) {
    EXPECT_TRUE(fails_with([&] { make_interval(0.5, replicates, {}, level, kPercentile); }, {"level"})) << level;
  }
  EXPECT_TRUE(make_interval(0.5, replicates, {}, 0.98, kPercentile).defined());
  EXPECT_TRUE(fails_with([&] { make_interval(0.5, replicates, {}, 0.99, kPercentile); }, {"100 resamples", "200"}));
}

TEST(Interval, MethodsHaveNames) {
  for (const auto method : {kPercentile, kBca}) EXPECT_EQ(parse_interval_method(to_string(method)), method);
  EXPECT_TRUE(fails_with([] { parse_interval_method("BC"); }, {"'BC'", "percentile", "bca"}));
}

TEST(NormalQuantile, InvertsTheDistribution) {
  EXPECT_EQ(normal_quantile(0.5), 0.0);
  EXPECT_EQ(normal_quantile(0.0), -std::numeric_limits<double>::infinity());
  EXPECT_EQ(normal_quantile(1.0), std::numeric_limits<double>::infinity());
  for (double p = 0.001; p < 1; p += 0.001) EXPECT_TRUE(close(normal_cdf(normal_quantile(p)), p, 1e-14));
  EXPECT_TRUE(fails_with([] { normal_quantile(1.5); }, {"1.5"}));
}

}  // namespace
}  // namespace posthoc::fairness
