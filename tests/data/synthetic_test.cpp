#include "data/synthetic.h"

#include <cmath>
#include <gtest/gtest.h>

#include "support/close.h"
#include "support/expect_error.h"

namespace posthoc::data {
namespace {

using testing::fails_with;

struct Rates {
  double positive = 0;    // P(y=1)
  double privileged = 0;  // P(a=1)
  double parity = 0;      // P(y=1 | a=0) - P(y=1 | a=1)
  double error = 0;       // standard error of parity
};

Rates rates_of(const Dataset& data) {
  double count[2][2] = {};
  const auto& groups = data.attribute("group").groups;
  for (std::size_t i = 0; i < groups.size(); ++i) ++count[groups[i]][data.labels[i]];
  const double n[2] = {count[0][0] + count[0][1], count[1][0] + count[1][1]};
  const double p[2] = {count[0][1] / n[0], count[1][1] / n[1]};
  return {(count[0][1] + count[1][1]) / (n[0] + n[1]), n[1] / (n[0] + n[1]), p[0] - p[1],
          std::sqrt(p[0] * (1 - p[0]) / n[0] + p[1] * (1 - p[1]) / n[1])};
}

TEST(Synthetic, TheBiasIsTheOneAskedFor) {
  const double four_errors_of_a_half = 4.0 * 0.5 / std::sqrt(200000.0);
  for (const double bias : {0.2, 0.0, -0.35, 0.5, max_synthetic_bias(), -max_synthetic_bias()}) {
    SyntheticOptions options;
    options.rows = 200000;
    options.bias = bias;
    options.seed = 11;
    const Rates rates = rates_of(generate_synthetic(options));
    EXPECT_EQ(synthetic_parity_difference(options), -bias);
    EXPECT_TRUE(testing::close(rates.parity, -bias, 0.0, 4.0 * rates.error)) << "bias " << bias;
    EXPECT_TRUE(testing::close(rates.positive, 0.5, 0.0, four_errors_of_a_half));
    EXPECT_TRUE(testing::close(rates.privileged, 0.5, 0.0, four_errors_of_a_half));
  }
}

TEST(Synthetic, TheLargestBiasIsThatOfAngleZero) {
  // At angle 0, P(a=1 | y=1) is the mean of Phi(c r) over r ~ N(2, 4). Here by the midpoint rule instead of the
  // formula.
  const double c = std::sqrt(std::acos(-1.0) / 8.0);
  const double step = 1e-3;
  double mean = 0.0;
  for (int i = 0; i < 24000; ++i) {
    const double z = -12.0 + (i + 0.5) * step;
    const double density = std::exp(-z * z / 2) / std::sqrt(2.0 * std::acos(-1.0));
    mean += 0.5 * std::erfc(-c * (2.0 + 2.0 * z) / std::sqrt(2.0)) * density * step;
  }
  EXPECT_TRUE(testing::close(max_synthetic_bias(), 2.0 * mean - 1.0, 1e-10));
}

TEST(Synthetic, ClassesAreUnitGaussiansAtTheDocumentedMeans) {
  SyntheticOptions options;
  options.rows = 100000;
  options.features = 3;
  const Dataset data = generate_synthetic(options);
  const auto x = data.features.values<double>();
  double count[2] = {};
  double sum[2][3] = {};
  double squares[2][3] = {};
  double right = 0;  // decisions of the best classifier, the sign of x1 + x2
  for (std::size_t i = 0; i < data.labels.size(); ++i) {
    const int y = data.labels[i];
    ++count[y];
    for (std::size_t j = 0; j < 3; ++j) sum[y][j] += x[3 * i + j], squares[y][j] += x[3 * i + j] * x[3 * i + j];
    if ((x[3 * i] + x[3 * i + 1] > 0) == (y == 1)) ++right;
  }
  for (const int y : {0, 1}) {
    for (std::size_t j = 0; j < 3; ++j) {
      const double expected = j == 2 ? 0.0 : (y == 1 ? 1.0 : -1.0) / std::sqrt(2.0);
      const double mean = sum[y][j] / count[y];
      EXPECT_TRUE(testing::close(mean, expected, 0.0, 4.0 / std::sqrt(count[y])));
      const double variance = squares[y][j] / count[y] - mean * mean;
      EXPECT_TRUE(testing::close(variance, 1.0, 0.0, 4.0 * std::sqrt(2.0 / count[y])));
    }
  }
  EXPECT_TRUE(testing::close(right / 100000.0, 0.8413447, 0.0, 4.0 * std::sqrt(0.8413 * 0.1587 / 100000.0)));
}

TEST(Synthetic, ARowDependsOnItsIndexAndTheSeedAlone) {
  SyntheticOptions options;
  options.rows = 50;
  const Dataset few = generate_synthetic(options);
  options.rows = 80;
  options.features = 5;
  const Dataset more = generate_synthetic(options);
  EXPECT_EQ(more.feature_names, (std::vector<std::string>{"x1", "x2", "noise3", "noise4", "noise5"}));
  EXPECT_EQ(more.features.shape(), (Shape{80, 5}));
  for (std::size_t i = 0; i < 50; ++i) {
    EXPECT_EQ(few.labels[i], more.labels[i]);
    EXPECT_EQ(few.attribute("group").groups[i], more.attribute("group").groups[i]);
    for (std::size_t j = 0; j < 2; ++j) {
      EXPECT_EQ(few.features.values<double>()[2 * i + j], more.features.values<double>()[5 * i + j]);
    }
  }
  options.seed = 1;
  const Dataset other = generate_synthetic(options);
  EXPECT_NE(other.features.to_vector(), more.features.to_vector());
  EXPECT_NE(other.checksum, more.checksum);
}

TEST(Synthetic, BadOptionsAreErrors) {
  const auto with = [](std::int64_t rows, std::int64_t features, double bias) {
    return [=] { generate_synthetic({rows, features, bias, 0}); };
  };
  EXPECT_TRUE(fails_with(with(0, 2, 0.1), {"rows", "got 0"}));
  EXPECT_TRUE(fails_with(with(-5, 2, 0.1), {"rows", "got -5"}));
  EXPECT_TRUE(fails_with(with(std::int64_t{1} << 60, 2, 0.1), {"rows"}));
  EXPECT_TRUE(fails_with(with(10, 1, 0.1), {"features", "got 1"}));
  EXPECT_TRUE(fails_with(with(100, 2, 0.6), {"bias", "0.5656", "got 0.6"}));
  EXPECT_TRUE(fails_with(with(100, 2, std::nan("")), {"bias", "nan"}));
  EXPECT_TRUE(fails_with(with(1, 2, 0.1), {"1 rows", "more rows"}));
}

}  // namespace
}  // namespace posthoc::data
