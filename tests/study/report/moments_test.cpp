#include "study/report/moments.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>

#include "support/expect_error.h"
#include "support/json_file.h"

namespace posthoc::study {
namespace {

using posthoc::testing::fails_with;

TEST(Moments, AgreeWithPythonsStatistics) {
  const auto golden = posthoc::testing::read_json("tests/golden/verdicts.json");
  ASSERT_EQ(golden.at("cases").size(), 6U);
  for (const auto& one : golden.at("cases")) {
    const std::vector<double> values = one.at("ours");
    const Moments ours = moments(values);
    const double scale = std::abs(one.at("mean").get<double>());
    EXPECT_NEAR(ours.mean, one.at("mean"), 1e-15 * scale);
    EXPECT_NEAR(ours.std, one.at("std"), 1e-9 * one.at("std").get<double>());
    const Moments theirs{one.at("theirs").at("mean"), one.at("theirs").at("std"), one.at("theirs").at("n")};
    const Comparison comparison = compare(ours, theirs, one.at("rounding"));
    EXPECT_NEAR(comparison.standard_error, one.at("standard_error"), 1e-9 * one.at("standard_error").get<double>());
    ASSERT_EQ(comparison.units.has_value(), !one.at("units").is_null());
    if (comparison.units) {
      EXPECT_NEAR(*comparison.units, one.at("units"), 1e-7 * std::abs(one.at("units").get<double>()));
    }
    EXPECT_EQ(comparison.within, one.at("within").get<bool>());
  }
}

TEST(Moments, EqualNumbersHaveNoSpread) {
  const std::vector<double> values(10, 0.1);  // whose sum is not 1
  EXPECT_EQ(moments(values).mean, 0.1);
  EXPECT_EQ(moments(values).std, 0.0);
}

TEST(Moments, RefuseWhatHasNoMean) {
  EXPECT_TRUE(fails_with([] { return moments({}); }, {"at least one number"}));
  const std::vector<double> broken = {1.0, std::numeric_limits<double>::quiet_NaN()};
  EXPECT_TRUE(fails_with([&] { return moments(broken); }, {"finite numbers", "nan"}));
  EXPECT_TRUE(fails_with([] { return compare({}, {0.1, 0.0, 1}, 0.0); }, {"two samples", "0 and 1"}));
}

}  // namespace
}  // namespace posthoc::study
