#include "study/paired.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <nlohmann/json.hpp>
#include <vector>

#include "support/close.h"
#include "support/expect_error.h"
#include "support/json_file.h"

namespace posthoc::study {
namespace {

using testing::close;
using testing::fails_with;

TEST(Paired, AgreesWithScipyAndMpmath) {
  const nlohmann::json golden = testing::read_json("tests/golden/paired_comparison.json");
  for (const auto& point : golden.at("student_quantile")) {
    EXPECT_TRUE(close(student_quantile(point[0], point[1]), point[2], 1e-11, 1e-13)) << point;
  }
  for (const auto& point : golden.at("student_cdf")) {
    EXPECT_TRUE(close(student_cdf(point[0], point[1]), point[2], 1e-12, 1e-15)) << point;
  }
  for (const auto& c : golden.at("cases")) {
    SCOPED_TRACE(c.at("name").get<std::string>());
    const auto a = c.at("a").get<std::vector<double>>();
    const auto b = c.at("b").get<std::vector<double>>();
    const PairedComparison found = compare_paired(a, b, c.at("level"));
    EXPECT_EQ(found.pairs, a.size());
    EXPECT_TRUE(close(found.mean, c.at("mean"), 1e-12, 1e-15));
    EXPECT_TRUE(close(found.deviation.number(), c.at("deviation"), 1e-12));
    EXPECT_TRUE(close(found.low.number(), c.at("low"), 1e-10, 1e-14));
    EXPECT_TRUE(close(found.high.number(), c.at("high"), 1e-10, 1e-14));
    EXPECT_EQ(found.p, c.at("p").get<double>());  // both count the same signs
    EXPECT_EQ(found.lower, c.at("lower").get<std::size_t>());
    EXPECT_EQ(found.higher, c.at("higher").get<std::size_t>());
  }
}

TEST(Paired, OnePairHasADifferenceAndNoInterval) {
  const PairedComparison found = compare_paired(std::vector<double>{0.3}, std::vector<double>{0.1});
  EXPECT_TRUE(close(found.mean, 0.2, 1e-15));
  EXPECT_FALSE(found.low.defined());
  EXPECT_FALSE(found.high.defined());
  EXPECT_EQ(found.deviation.reason(), "the data has a single pair");
  EXPECT_FALSE(found.decided());
  EXPECT_EQ(found.p, 1.0);
}

TEST(Paired, EqualResultsDifferInNothing) {
  const std::vector<double> same(10, 0.25);
  const PairedComparison found = compare_paired(same, same);
  EXPECT_EQ(found.mean, 0.0);
  EXPECT_EQ(found.low.number(), 0.0);
  EXPECT_EQ(found.high.number(), 0.0);
  EXPECT_EQ(found.p, 1.0);
  EXPECT_EQ(found.lower + found.higher, 0U);
  EXPECT_FALSE(found.decided());
}

TEST(Paired, AnEqualShiftIsDecidedAndAsRareAsTheSignsAllow) {
  std::vector<double> a;
  std::vector<double> b;
  for (int i = 0; i < 10; ++i) {
    a.push_back(0.1 * i);
    b.push_back(0.1 * i + 0.125);
  }
  const PairedComparison found = compare_paired(a, b);
  EXPECT_TRUE(found.decided());
  EXPECT_EQ(found.lower, 10U);
  EXPECT_EQ(found.p, 2.0 / 1024);
}

// Drawn signs against all of them: 21 pairs, the last of which decides nothing.
TEST(Paired, ManyPairsAreDrawnAndAgreeWithAllSigns) {
  std::vector<double> a;
  for (int i = 0; i < 20; ++i) a.push_back(std::sin(3.0 * i) + 0.3);
  const std::vector<double> zero(21, 0.0);
  const double exact = compare_paired(a, std::span(zero).first(20)).p;
  a.push_back(0.0);
  const double drawn = compare_paired(a, zero).p;
  EXPECT_GT(exact, 0.05);
  EXPECT_NE(drawn, exact);
  EXPECT_TRUE(close(drawn, exact, 0.0, 4.0 * std::sqrt(exact * (1.0 - exact) / 1e5)));
  EXPECT_EQ(drawn, compare_paired(a, zero).p);
}

TEST(Paired, QuantileAndDistributionAreEachOthersInverse) {
  for (const std::size_t degrees : {1U, 2U, 3U, 9U, 50U, 1001U}) {
    for (const double p : {1e-6, 0.01, 0.4, 0.5, 0.77, 0.999}) {
      EXPECT_TRUE(close(student_cdf(student_quantile(p, degrees), degrees), p, 1e-9)) << degrees << " " << p;
    }
  }
}

TEST(Paired, RefusesWhatCannotBeCompared) {
  const std::vector<double> one{0.1};
  const std::vector<double> two{0.1, 0.2};
  const std::vector<double> missing{0.1, std::numeric_limits<double>::quiet_NaN()};
  EXPECT_TRUE(fails_with([&] { compare_paired(one, two); }, {"as many", "1 and 2"}));
  EXPECT_TRUE(fails_with([&] { compare_paired({}, {}); }, {"0 and 0"}));
  EXPECT_TRUE(fails_with([&] { compare_paired(two, missing); }, {"not finite"}));
  EXPECT_TRUE(fails_with([&] { compare_paired(two, two, 1.0); }, {"(0, 1)", "got 1"}));
  EXPECT_TRUE(fails_with([&] { student_quantile(0.0, 3); }, {"(0, 1)"}));
  EXPECT_TRUE(fails_with([&] { student_quantile(0.5, 0); }, {"at least 1 degree"}));
}

}  // namespace
}  // namespace posthoc::study
