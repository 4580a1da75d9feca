#include "fairness/resampling.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <numeric>

#include "fairness/binomial.h"
#include "support/close.h"
#include "support/expect_error.h"
#include "support/outcome_rows.h"

namespace posthoc::fairness {
namespace {

using testing::close;
using testing::fails_with;

constexpr int kDraws = 200000;

double log_factorial(double k) { return std::lgamma(k + 1); }

double probability(double n, double p, double k) {
  return std::exp(log_factorial(n) - log_factorial(k) - log_factorial(n - k) + k * std::log(p) +
                  (n - k) * std::log1p(-p));
}

// The chi-square distance of draws from the distribution, over bins that expect 50 draws or more, in standard
// deviations from its mean.
double chi_square_excess(std::int64_t n, double p, std::uint32_t number) {
  UniformDraws draws({11, purpose("binomial test"), number}, 0);
  std::vector<double> seen(static_cast<std::size_t>(n) + 1);
  for (int i = 0; i < kDraws; ++i) {
    const std::int64_t k = draw_binomial(n, p, draws);
    if (k < 0 || k > n) return std::numeric_limits<double>::quiet_NaN();
    ++seen[static_cast<std::size_t>(k)];
  }
  double chi_square = 0;
  double bins = 0;
  double in_bin = 0;
  double expected = 0;
  double left = kDraws;  // expected beyond the bin
  for (std::int64_t k = 0; k <= n; ++k) {
    const double here = kDraws * probability(static_cast<double>(n), p, static_cast<double>(k));
    in_bin += seen[static_cast<std::size_t>(k)];
    expected += here;
    left -= here;
    if ((expected < 50 || left < 50) && k < n) continue;
    chi_square += (in_bin - expected) * (in_bin - expected) / expected;
    ++bins;
    in_bin = expected = 0;
  }
  return (chi_square - (bins - 1)) / std::sqrt(2 * (bins - 1));
}

TEST(Binomial, DrawsHaveTheDistribution) {
  std::uint32_t number = 0;
  for (const std::int64_t n : {1, 2, 7, 40, 1000, 30000, 1000000}) {
    for (const double p : {0.001, 0.02, 0.3, 0.5, 0.77, 0.999}) {
      const double mean = static_cast<double>(n) * std::min(p, 1 - p);
      if (mean < 0.01) continue;  // one bin
      const double excess = chi_square_excess(n, p, number++);
      EXPECT_LT(excess, 4.0) << "n = " << n << ", p = " << p;  // a NaN fails too
    }
  }
  EXPECT_GT(number, 35U);
}

TEST(Binomial, TheEndsAreCertain) {
  UniformDraws draws({1, 2, 3}, 0);
  EXPECT_EQ(draw_binomial(1000000, 0, draws), 0);
  EXPECT_EQ(draw_binomial(1000000, 1, draws), 1000000);
  EXPECT_EQ(draw_binomial(0, 0.5, draws), 0);
  for (int i = 0; i < 1000; ++i) EXPECT_LE(draw_binomial(3, 1 - 1e-17, draws), 3);
  EXPECT_TRUE(fails_with([&] { draw_binomial(-1, 0.5, draws); }, {"-1"}));
  EXPECT_TRUE(fails_with([&] { draw_binomial(1, 1.5, draws); }, {"1.5"}));
  EXPECT_TRUE(fails_with([&] { draw_binomial(1, std::nan(""), draws); }, {"nan"}));
}

double sum(std::span<const double> cells) { return std::accumulate(cells.begin(), cells.end(), 0.0); }

TEST(CellResampler, KeepsTheRowsOfEachStratum) {
  const std::vector<double> counts{3, 0, 5, 2, 0, 0, 7, 100, 1, 1, 1, 0};  // three groups of tn, fp, fn, tp
  for (const auto& [strata, cells] :
       {std::pair{Strata::none, 12U}, {Strata::group, 4U}, {Strata::group_and_label, 2U}}) {
    const CellResampler resampler(counts, strata, 3);
    std::vector<double> drawn(12);
    for (std::uint32_t resample = 0; resample < 100; ++resample) {
      resampler.draw({1, 2, resample}, drawn);
      for (std::size_t begin = 0; begin < 12; begin += cells) {
        EXPECT_EQ(sum(std::span(drawn).subspan(begin, cells)), sum(std::span(counts).subspan(begin, cells)));
      }
      for (const std::size_t empty : {1, 4, 5, 11}) EXPECT_EQ(drawn[empty], 0);
      EXPECT_TRUE(std::ranges::all_of(drawn, [](double count) { return count >= 0 && count == std::floor(count); }));
    }
  }
}

// Mean, variance and covariance of a multinomial draw: n p, n p (1 - p) and -n p q.
TEST(CellResampler, CellsHaveTheMultinomialsMoments) {
  const std::vector<double> counts{30, 10, 40, 20, 5.5, 4.5, 2.25, 7.75};
  const CellResampler resampler(counts, Strata::group, 2);
  std::vector<double> drawn(8);
  std::vector<double> mean(8);
  std::vector<double> product(64);
  for (std::uint32_t resample = 0; resample < kDraws; ++resample) {
    resampler.draw({5, 6, resample}, drawn);
    for (std::size_t i = 0; i < 8; ++i) {
      mean[i] += drawn[i] / kDraws;
      for (std::size_t j = 0; j < 8; ++j)
        product[i * 8 + j] += (drawn[i] - counts[i]) * (drawn[j] - counts[j]) / kDraws;
    }
  }
  for (std::size_t i = 0; i < 8; ++i) {
    const double n = i < 4 ? 100 : 20;
    const double variance = counts[i] * (1 - counts[i] / n);
    EXPECT_TRUE(close(mean[i], counts[i], 0, 5 * std::sqrt(variance / kDraws)));
    for (std::size_t j = 0; j < 8; ++j) {
      const double expected = i == j ? variance : i / 4 == j / 4 ? -counts[i] * counts[j] / n : 0;
      EXPECT_TRUE(close(product[i * 8 + j], expected, 0, 5 * 25 * std::sqrt(2.0 / kDraws))) << i << ", " << j;
    }
  }
}

TEST(CellResampler, RefusesWhatIsNoCount) {
  const auto making = [](std::vector<double> counts) { return [counts] { CellResampler(counts, Strata::group, 2); }; };
  EXPECT_TRUE(fails_with(making({1, 1, 1, 1, -1, 1, 1, 1}), {"group 1", "-1"}));
  EXPECT_TRUE(fails_with(making({1, 1, std::nan(""), 1, 1, 1, 1, 1}), {"group 0", "nan"}));
  EXPECT_TRUE(fails_with(making({1, 1, 1.5, 1, 1, 1, 1, 1}), {"group 0", "2.5 rows with label 1"}));
  EXPECT_TRUE(fails_with(making({1, 1, 1}), {"3 cells"}));
}

TEST(CellResampler, CellsAndCountsAreTheSame) {
  GroupCounts counts(2);
  counts.add(0, {.tp = 1, .fp = 2, .tn = 3, .fn = 4});
  counts.add(1, {.tp = 5, .fp = 6, .tn = 7, .fn = 8});
  EXPECT_EQ(cells_of(counts), (std::vector<double>{3, 2, 4, 1, 7, 6, 8, 5}));
  EXPECT_EQ(counts_of_cells(cells_of(counts), 2), counts);
}

TEST(RowResampler, DrawsEveryRowAlikeWithinItsStratum) {
  std::mt19937_64 random(3);
  const Rows rows = random_rows(random, 60, 10, 3);
  for (const auto strata : {Strata::none, Strata::group, Strata::group_and_label}) {
    const RowResampler resampler(rows.labels, rows.groups, strata);
    std::vector<std::uint32_t> weights(60);
    std::vector<double> mean(60);
    constexpr int kResamples = 20000;
    for (std::uint32_t resample = 0; resample < kResamples; ++resample) {
      resampler.draw({1, 2, resample}, weights);
      for (std::size_t row = 0; row < 60; ++row) mean[row] += static_cast<double>(weights[row]) / kResamples;
      std::size_t seen = 0;
      for (std::size_t s = 0; s < resampler.strata(); ++s) {
        std::size_t drawn = 0;
        for (const std::size_t row : resampler.stratum(s)) drawn += weights[row];
        ASSERT_EQ(drawn, resampler.stratum(s).size());
        seen += drawn;
      }
      ASSERT_EQ(seen, 60U);
    }
    for (const double weight : mean) EXPECT_TRUE(close(weight, 1, 0, 5 / std::sqrt(kResamples)));
  }
}

}  // namespace
}  // namespace posthoc::fairness
