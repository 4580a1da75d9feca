// How often intervals hold the truth, in data drawn anew many times from a population whose measures are known.
#include <array>
#include <cmath>
#include <gtest/gtest.h>
#include <map>
#include <string>

#include "fairness/binomial.h"
#include "fairness/bootstrap_difference.h"
#include "support/outcome_rows.h"

namespace posthoc::fairness {
namespace {

constexpr int kDataSets = 400;  // a share of 95 % of them has the standard error 1.1 %
constexpr int kRows = 200;
constexpr double kThreshold = 0.5;

// The population: group g has the share kShare[g] of rows, of which kBaseRate[g] have a favourable label; scores of
// group g and label y are normal around kMean[g][y] with variance 1. A changed predictor adds kShift[g] and noise of
// variance kNoise to them.
constexpr std::array<double, 2> kShare{0.4, 0.6};
constexpr std::array<double, 2> kBaseRate{0.35, 0.55};
constexpr double kMean[2][2] = {{-0.4, 0.9}, {0.0, 1.3}};
constexpr std::array<double, 2> kShift{0.3, -0.05};
constexpr double kNoise = 0.3;

struct Sample {
  Rows original;
  Rows changed;
};

enum class Design { population, fixed_labels };  // group and label drawn as well, or their numbers held

Sample draw_sample(std::uint32_t number, Design design) {
  UniformDraws draws({2024, purpose("coverage test"), number}, 0);
  const auto normal = [&] { return normal_quantile(draws.uniform()); };
  Sample sample;
  for (int row = 0; row < kRows; ++row) {
    int group = draws.uniform() < kShare[1] ? 1 : 0;
    int label = draws.uniform() < kBaseRate[static_cast<std::size_t>(group)] ? 1 : 0;
    if (design == Design::fixed_labels) {
      const double place = (row + 0.5) / kRows;
      group = place > kShare[0] ? 1 : 0;
      const double in_group = group == 1 ? (place - kShare[0]) / kShare[1] : place / kShare[0];
      label = in_group < kBaseRate[static_cast<std::size_t>(group)] ? 1 : 0;
    }
    const double score = kMean[group][label] + normal();
    const double changed = score + kShift[static_cast<std::size_t>(group)] + std::sqrt(kNoise) * normal();
    for (const auto& [rows, value] : {std::pair{&sample.original, score}, {&sample.changed, changed}}) {
      rows->scores.push_back(value);
      rows->labels.push_back(static_cast<std::uint8_t>(label));
      rows->groups.push_back(group);
    }
  }
  return sample;
}

// The measures of the population.
std::map<std::string, double> truth(double threshold, bool of_changed) {
  const double variance = of_changed ? 1 + kNoise : 1;
  const auto mean = [&](std::size_t g, std::size_t y) { return kMean[g][y] + (of_changed ? kShift[g] : 0); };
  GroupCounts shares(2);
  double labelled[2] = {0, 0};
  for (const std::size_t g : {0, 1}) {
    const auto selected = [&](std::size_t y) { return normal_cdf((mean(g, y) - threshold) / std::sqrt(variance)); };
    const double positives = kShare[g] * kBaseRate[g];
    const double negatives = kShare[g] - positives;
    shares.add(static_cast<int>(g), {.tp = positives * selected(1),
                                     .fp = negatives * selected(0),
                                     .tn = negatives * (1 - selected(0)),
                                     .fn = positives * (1 - selected(1))});
    labelled[0] += negatives;
    labelled[1] += positives;
  }
  double area = 0;  // P(a positive row's score > a negative row's), over the groups of the two
  for (const std::size_t g : {0, 1}) {
    for (const std::size_t h : {0, 1}) {
      const double weight = kShare[g] * kBaseRate[g] / labelled[1] * kShare[h] * (1 - kBaseRate[h]) / labelled[0];
      area += weight * normal_cdf((mean(g, 1) - mean(h, 0)) / std::sqrt(2 * variance));
    }
  }
  return {
      {"spd", statistical_parity_difference(shares).number()},   {"eod", equal_opportunity_difference(shares).number()},
      {"aod", average_odds_difference(shares).number()},         {"accuracy", accuracy(shares).number()},
      {"balanced_accuracy", balanced_accuracy(shares).number()}, {"auc", area}};
}

using Coverage = std::map<std::string, double>;

void add(Coverage& coverage, const Measure& measure, const Interval& interval,
         const std::map<std::string, double>& expected) {
  const std::string name(measure.name);
  if (!expected.contains(name)) return;
  const double value = expected.at(name);
  coverage[name] += interval.low <= value && value <= interval.high ? 1.0 / kDataSets : 0.0;
}

// Each data set has a seed of its own: one seed for all would give the ends of all intervals the same error.
Coverage coverage_at_threshold(BootstrapOptions options, Design design) {
  const auto expected = truth(kThreshold, false);
  Coverage coverage;
  for (std::uint32_t number = 0; number < kDataSets; ++number) {
    const Sample sample = draw_sample(number, design);
    options.seed = number;
    for (const auto& of : bootstrap(sample.original.outcomes(), kThreshold, options)) {
      add(coverage, *of.measure, of.interval, expected);
    }
  }
  return coverage;
}

void expect_nominal(const Coverage& coverage) {
  EXPECT_EQ(coverage.size(), 6U);
  for (const auto& [name, share] : coverage) {
    EXPECT_GE(share, 0.90) << name;
    EXPECT_LE(share, 0.98) << name;
  }
}

class CoverageOf : public ::testing::TestWithParam<IntervalMethod> {
 protected:
  [[nodiscard]] static BootstrapOptions options(Strata strata) {
    return {.resamples = 300, .method = GetParam(), .strata = strata};
  }
};

TEST_P(CoverageOf, AFixedRuleOnRowsOfAPopulation) {
  const Coverage coverage = coverage_at_threshold(options(Strata::group), Design::population);
  expect_nominal(coverage);
  if (GetParam() == IntervalMethod::bca) return;  // once is enough for the following
  expect_nominal(coverage_at_threshold(options(Strata::none), Design::population));
  // With the numbers of labels held, what the base rates vary by is missing in the parity's interval.
  const Coverage held = coverage_at_threshold(options(Strata::group_and_label), Design::population);
  EXPECT_LT(held.at("spd"), coverage.at("spd") - 0.02);
}

TEST_P(CoverageOf, AFixedRuleOnRowsChosenByLabel) {
  expect_nominal(coverage_at_threshold(options(Strata::group_and_label), Design::fixed_labels));
}

TEST_P(CoverageOf, ThePairedDifference) {
  auto expected = truth(kThreshold, true);
  for (auto& [name, value] : expected) value -= truth(kThreshold, false).at(name);
  Coverage coverage;
  for (std::uint32_t number = 0; number < kDataSets; ++number) {
    const Sample sample = draw_sample(number, Design::population);
    BootstrapOptions with_seed = options(Strata::group);
    with_seed.seed = number;
    for (const auto& of : bootstrap_difference(sample.original.outcomes(), kThreshold, sample.changed.outcomes(),
                                               kThreshold, with_seed)) {
      add(coverage, *of.measure, of.interval, expected);
    }
  }
  expect_nominal(coverage);
}

INSTANTIATE_TEST_SUITE_P(Methods, CoverageOf, ::testing::Values(IntervalMethod::percentile, IntervalMethod::bca),
                         [](const auto& of) { return std::string(to_string(of.param)); });

}  // namespace
}  // namespace posthoc::fairness
