#include "fairness/threshold.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>

#include "support/outcome_rows.h"

namespace posthoc::fairness {
namespace {

using Search = ThresholdSearch;

// One row a score, groups alternating; labels favourable from `first_favourable` on, so that the
// most accurate cut lies just before it.
Rows separable(std::vector<double> scores, std::size_t first_favourable) {
  Rows rows;
  rows.scores = std::move(scores);
  for (std::size_t i = 0; i < rows.scores.size(); ++i) {
    rows.labels.push_back(i >= first_favourable ? 1 : 0);
    rows.groups.push_back(static_cast<std::int32_t>(i % 2));
  }
  return rows;
}

double accurate_threshold(const Rows& rows) {
  const ThresholdResult result = find_accuracy_threshold(rows.outcomes());
  EXPECT_EQ(result.objective, 0.0);
  EXPECT_EQ(result.performance.number(), 1.0);
  return result.threshold;
}

TEST(Threshold, CutsAtMidpoints) {
  EXPECT_EQ(accurate_threshold(separable({0.25, 0.5, 0.75}, 1)), 0.375);
  EXPECT_EQ(accurate_threshold(separable({0.25, 0.5, 0.75}, 2)), 0.625);
}

TEST(Threshold, EndsPreferZeroAndOne) {
  EXPECT_EQ(accurate_threshold(separable({0.25, 0.5}, 0)), 0.0);
  EXPECT_EQ(accurate_threshold(separable({0.25, 0.5}, 2)), 1.0);
  EXPECT_EQ(accurate_threshold(separable({0.0, 0.5}, 0)), -1.0);  // 0 would not select the score 0
  EXPECT_EQ(accurate_threshold(separable({0.5, 1.0}, 2)), 1.0);
  EXPECT_EQ(accurate_threshold(separable({0.5, 1.25}, 2)), 1.25);
  EXPECT_EQ(accurate_threshold(separable({-3.0, -2.0}, 0)), -4.0);
  EXPECT_EQ(accurate_threshold(separable({-3.0, -2.0}, 2)), 1.0);
  EXPECT_EQ(accurate_threshold(separable({2.0, 3.0}, 0)), 0.0);
  const double huge = -1e300;  // too large for a difference of 1 to show
  EXPECT_EQ(accurate_threshold(separable({huge, 0.5}, 0)),
            std::nextafter(huge, -std::numeric_limits<double>::infinity()));
  EXPECT_EQ(accurate_threshold(separable({-1.7e308, 1.7e308}, 1)), 0.0);  // no overflow
}

TEST(Threshold, AMidpointThatRoundsUpBecomesTheLowerScore) {
  const double lower = std::nextafter(0.5, 1.0);  // odd last bit: the midpoint rounds to even, up
  const double upper = std::nextafter(lower, 1.0);
  EXPECT_EQ(accurate_threshold(separable({lower, upper}, 1)), lower);
  EXPECT_EQ(accurate_threshold(separable({0.5, lower}, 1)), 0.5);
}

TEST(Threshold, EqualScoresMoveTogether) {
  const Rows rows{{0.5, 0.5, 0.5}, {0, 1, 1}, {0, 1, 0}};
  const ThresholdResult result = find_accuracy_threshold(rows.outcomes());
  EXPECT_EQ(result.threshold, 0.0);
  EXPECT_EQ(result.counts.total(), (CellCounts{.tp = 2, .fp = 1}));
}

TEST(Threshold, TiesGoToTheCutNearestOneHalfThenTheLower) {
  // Error 1/3 everywhere but at 0.45, where it is 2/3: 0, 0.9 and 1 tie.
  const Rows near{{0.3, 0.6, 1.2}, {1, 0, 1}, {0, 1, 0}};
  EXPECT_EQ(find_accuracy_threshold(near.outcomes()).threshold, std::midpoint(0.6, 1.2));  // 0.9, nearer than 0
  // Cuts 0, 0.5 and 1 have the errors 1/2, 1, 1/2: the ends are equally far from one half.
  const Rows far{{0.25, 0.75}, {1, 0}, {0, 1}};
  EXPECT_EQ(find_accuracy_threshold(far.outcomes()).threshold, 0.0);
}

TEST(Threshold, ResultDescribesItsThreshold) {
  const Rows rows{{0.2, 0.8, 0.7, 0.6}, {0, 1, 1, 0}, {0, 0, 1, 1}};
  const Objective objective = make_objective("aod");
  for (const Search& search : {Search::exact(), Search::grid(11)}) {
    const ThresholdResult result = find_threshold(rows.outcomes(), objective, search);
    EXPECT_EQ(result.counts, count(rows.outcomes(), result.threshold));
    EXPECT_EQ(result.objective, evaluate(objective, rows.outcomes(), result.threshold));
    EXPECT_EQ(result.bias.number(), average_odds_difference(result.counts).number());
    EXPECT_EQ(result.performance.number(), accuracy(result.counts).number());
  }
}

TEST(Threshold, ScoreBasedPerformanceLeavesTheBiasToDecide) {
  const Rows rows{{0.2, 0.8, 0.7, 0.6}, {0, 1, 1, 0}, {0, 0, 1, 1}};
  const ThresholdResult result = find_threshold(rows.outcomes(), make_objective("spd", "auc"));
  EXPECT_EQ(result.bias.number(), 0.0);
  EXPECT_EQ(result.performance.number(), 1.0);
}

TEST(Threshold, GridIsLinspace) {
  const std::vector<double> wide = grid_thresholds(Search::grid(501, Search::Precision::float64));
  ASSERT_EQ(wide.size(), 501U);
  EXPECT_EQ(wide.front(), 0.0);
  EXPECT_EQ(wide.back(), 1.0);
  EXPECT_EQ(wide[408], 0.8160000000000001);  // as numpy.linspace(0, 1, 501)[408] prints
  EXPECT_EQ(wide[3], 0.006);
  const std::vector<double> narrow = grid_thresholds(Search::grid(501));
  EXPECT_EQ(narrow[408], static_cast<double>(0.816F));
  EXPECT_EQ(narrow.back(), 1.0);
  EXPECT_EQ(grid_thresholds(Search::grid(2)), (std::vector<double>{0.0, 1.0}));
}

TEST(Threshold, GridTakesTheFirstMinimum) {
  const Rows rows = separable({0.25, 0.75}, 1);
  EXPECT_EQ(find_accuracy_threshold(rows.outcomes(), Search::grid(5)).threshold, 0.25);
  EXPECT_EQ(find_accuracy_threshold(rows.outcomes(), Search::grid(11)).threshold, static_cast<double>(0.3F));
}

TEST(Threshold, GridComparesInItsPrecision) {
  // The float32 nearest to 0.1 lies above the double 0.1: the score passes the double threshold and
  // not the rounded one.
  const Rows rows = separable({static_cast<double>(0.1F), 0.5}, 1);
  const Search wide = Search::grid(11, Search::Precision::float64);
  EXPECT_EQ(find_accuracy_threshold(rows.outcomes(), wide).threshold, 0.2);
  EXPECT_EQ(find_accuracy_threshold(rows.outcomes(), Search::grid(11)).threshold, static_cast<double>(0.1F));
}

TEST(Threshold, SearchTextRoundTrips) {
  for (const char* text : {"exact", "grid501", "grid1001", "grid2"}) {
    EXPECT_EQ(to_string(parse_threshold_search(text)), text);
  }
  EXPECT_EQ(parse_threshold_search("exact"), Search::exact());
  EXPECT_EQ(parse_threshold_search("grid501"), Search::grid(501));
}

TEST(Threshold, SearchTextErrors) {
  for (const char* text : {"", "Exact", "exact ", "grid", "grid1", "grid-5", "grid+5", "grid 5", "grid5x", "grid2.5",
                           "grid99999999999999999999", "501"}) {
    const std::string message = error_of([&] { parse_threshold_search(text); });
    EXPECT_EQ(message, fmt::format("threshold search '{}': expected exact, grid501, grid1001 or "
                                   "another grid<points> of 2 to 10000000 points",
                                   text));
  }
  EXPECT_THROW(grid_thresholds(Search::grid(1)), Error);
  EXPECT_THROW(grid_thresholds(Search::exact()), Error);
  const Rows rows = separable({0.25, 0.75}, 1);
  EXPECT_THROW(find_accuracy_threshold(rows.outcomes(), Search::grid(-1)), Error);
}

TEST(Threshold, RefusesABadObjective) {
  const Rows rows = separable({0.25, 0.75}, 1);
  EXPECT_THROW(find_threshold(rows.outcomes(), Objective{}), Error);
}

}  // namespace
}  // namespace posthoc::fairness
