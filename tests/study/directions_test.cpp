#include "study/directions.h"

#include <cmath>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/close.h"
#include "support/expect_error.h"
#include "support/json_file.h"
#include "tensor/random.h"

namespace posthoc::study {
namespace {

using testing::all_close;
using testing::close;
using testing::fails_with;

TEST(Directions, ConcentrationCountsTheLargestCoordinates) {
  const std::vector<double> one{0, 0, -3, 0};
  EXPECT_EQ(concentration(one).half, 1);
  EXPECT_EQ(concentration(one).nine_tenths, 1);
  const std::vector<double> even(10, -0.1);
  EXPECT_EQ(concentration(even).half, 5);
  EXPECT_EQ(concentration(even).nine_tenths, 9);
  const std::vector<double> two{1, 2, -2, 4};  // squares 1, 4, 4, 16 of 25
  EXPECT_EQ(concentration(two).half, 1);
  EXPECT_EQ(concentration(two).nine_tenths, 3);
}

TEST(Directions, AnIsotropicOneIsAsConcentratedAsNormalDraws) {
  const std::int64_t n = 40000;
  const Concentration drawn = concentration(random_normal({n}, {1, 2, 3}, Dtype::float64).to_vector());
  const Concentration expected = isotropic_concentration(n);
  EXPECT_TRUE(close(static_cast<double>(drawn.half), static_cast<double>(expected.half), 0.03));
  EXPECT_TRUE(close(static_cast<double>(drawn.nine_tenths), static_cast<double>(expected.nine_tenths), 0.03));
  EXPECT_EQ(isotropic_concentration(1).nine_tenths, 1);
}

TEST(Directions, SortedMagnitudesKeepBothEnds) {
  std::vector<double> direction;
  for (int i = 0; i < 1000; ++i) direction.push_back(i % 2 == 0 ? i : -i);
  const auto points = sorted_magnitudes(direction, 50);
  ASSERT_LE(points.size(), 50U);
  ASSERT_GT(points.size(), 40U);
  const double length = std::sqrt(999.0 * 1000.0 * 1999.0 / 6.0);
  EXPECT_EQ(points.front().rank, 1);
  EXPECT_TRUE(close(points.front().magnitude, 999.0 / length, 1e-14));
  EXPECT_EQ(points.back().rank, 1000);
  EXPECT_EQ(points.back().magnitude, 0.0);
  for (const auto& [rank, magnitude] : points) {
    EXPECT_TRUE(close(magnitude, static_cast<double>(1000 - rank) / length, 1e-14, 1e-18));
  }
  EXPECT_EQ(sorted_magnitudes(std::vector<double>{2.0}).size(), 1U);
}

TEST(Directions, StackingAgreesWithNumPysSingularValues) {
  const auto golden = testing::read_json("tests/golden/symmetric_eigen.json").at("stacked");
  const StackedDirections found = stack(golden.at("rows").get<std::vector<std::vector<double>>>());
  const auto expected = golden.at("singular_values").get<std::vector<double>>();
  // One row is a sum of two others, so the last singular value is 0; it is the root of an eigenvalue near 1e-16.
  EXPECT_TRUE((all_close<double, double>(found.singular_values, expected, 1e-12, 1e-7)));
  const auto cosines = golden.at("cosines").get<std::vector<std::vector<double>>>();
  for (std::size_t i = 0; i < cosines.size(); ++i) {
    EXPECT_TRUE((all_close<double, double>(found.cosines[i], cosines[i], 1e-13, 1e-15)));
  }
}

TEST(Directions, StackingKnowsTheTwoEnds) {
  const StackedDirections apart = stack({{2, 0, 0}, {0, 0.1, 0}, {0, 0, -5}});
  for (const double value : apart.singular_values) EXPECT_TRUE(close(value, 1.0, 1e-15));
  const StackedDirections one = stack({{1, 2}, {2, 4}, {-1, -2}, {10, 20}});
  EXPECT_TRUE(close(one.singular_values[0], 2.0, 1e-14));
  EXPECT_TRUE(close(one.singular_values[1], 0.0, 0.0, 1e-7));
  EXPECT_EQ(stack({}).singular_values.size(), 0U);
}

TEST(Directions, RefusesWhatIsNoDirection) {
  EXPECT_TRUE(fails_with([] { (void)concentration({}); }, {"no coordinates"}));
  EXPECT_TRUE(fails_with([] { (void)concentration(std::vector<double>{0, 0}); }, {"length above 0"}));
  EXPECT_TRUE(fails_with([] { (void)concentration(std::vector<double>{1, std::nan("")}); }, {"finite"}));
  EXPECT_TRUE(fails_with([] { (void)stack({{1, 2}, {1}}); }, {"1 coordinates against 2"}));
  EXPECT_TRUE(fails_with([] { (void)sorted_magnitudes(std::vector<double>{1, 2}, 1); }, {"at least 2 points"}));
  EXPECT_TRUE(fails_with([] { (void)isotropic_concentration(0); }, {"at least 1"}));
}

}  // namespace
}  // namespace posthoc::study
