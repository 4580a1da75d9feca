#include "debias/equalized_odds.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>

#include "debias/evaluation.h"
#include "debias/small_problem.h"
#include "fairness/equalized_odds.h"
#include "support/close.h"
#include "support/expect_error.h"
#include "support/outcome_rows.h"

namespace posthoc::debias {
namespace {

using fairness::Rows;
using testing::close;
using testing::fails_with;

Problem problem_of(const Rows& rows) {
  Problem problem;
  problem.validation = rows.outcomes();
  problem.objective = fairness::make_objective("spd");
  return problem;
}

// Rows whose scores say something of the labels, and more so in the privileged group.
Rows informative_rows(std::uint64_t n) {
  std::mt19937_64 random(31);
  Rows rows = fairness::mixed_rows(random, n, 1000, 2);
  for (std::size_t i = 0; i < rows.scores.size(); ++i) {
    const double weight = rows.groups[i] == kPrivileged ? 0.5 : 0.3;
    rows.scores[i] = (1 - weight) * rows.scores[i] + weight * rows.labels[i];
  }
  return rows;
}

double detail(const Debiased& result, std::string_view name) {
  for (const Detail& detail : result.details) {
    if (detail.name == name) return detail.value.number();
  }
  ADD_FAILURE() << "no detail " << name;
  return 0;
}

MethodOptions with_threshold(double threshold) {
  MethodOptions options;
  options.equalized_odds.threshold = threshold;
  return options;
}

TEST(EqualizedOddsMethod, MakesTheExpectedRatesOfBothGroupsEqual) {
  const Rows rows = informative_rows(2000);
  for (const MethodOptions& options : {MethodOptions{}, with_threshold(0.4), with_threshold(kHalfOrAbove)}) {
    const Debiased result = method("equalized-odds", options)->fit(problem_of(rows));
    const fairness::GroupCounts counts = count(result.rule, rows.outcomes());
    for (const int group : {kUnprivileged, kPrivileged}) {
      EXPECT_TRUE(close(counts[group].tp / counts[group].positives(), detail(result, "tpr"), 1e-12));
      EXPECT_TRUE(close(counts[group].fp / counts[group].negatives(), detail(result, "fpr"), 1e-12));
    }
    EXPECT_TRUE(close(detail(result, "lp_objective"), 2 * (detail(result, "fpr") - detail(result, "tpr")), 1e-12));
    EXPECT_LT(detail(result, "lp_objective"), -0.2);
    EXPECT_GT(detail(result, "gap"), 0.0);
    EXPECT_TRUE(result.notes.empty());
    EXPECT_TRUE(is_randomised(result.rule));
  }
}

TEST(EqualizedOddsMethod, StandsOnTheMostAccurateThresholdOrTheGivenOne) {
  const Rows rows = informative_rows(500);
  for (const auto& search : {fairness::ThresholdSearch::exact(), fairness::ThresholdSearch::grid(501)}) {
    Problem problem = problem_of(rows);
    problem.threshold_search = search;
    const double best = fairness::find_accuracy_threshold(rows.outcomes(), search).threshold;
    const Debiased result = EqualizedOddsMethod().fit(problem);
    EXPECT_EQ(std::get<EqualizedOdds>(result.rule).threshold, best);
  }
  const Debiased given = method("equalized-odds", with_threshold(0.375))->fit(problem_of(rows));
  const auto& rule = std::get<EqualizedOdds>(given.rule);
  EXPECT_EQ(rule.threshold, 0.375);
  const auto program = fairness::solve_equalized_odds(fairness::count(rows.outcomes(), 0.375));
  EXPECT_EQ(rule.sp2p, program.best.probabilities.sp2p);
  EXPECT_EQ(rule.sn2p, program.best.probabilities.sn2p);
  EXPECT_EQ(rule.op2p, program.best.probabilities.op2p);
  EXPECT_EQ(rule.on2p, program.best.probabilities.on2p);
}

TEST(EqualizedOddsMethod, DrawnDecisionsApproachTheExpectedOnes) {
  const Rows rows = informative_rows(20000);
  const Debiased result = method("equalized-odds", with_threshold(0.5))->fit(problem_of(rows));
  const fairness::GroupCounts expected = count(result.rule, rows.outcomes());
  constexpr int kDraws = 50;
  fairness::CellCounts sum;
  for (std::uint64_t seed = 0; seed < kDraws; ++seed) {
    const fairness::GroupCounts drawn = count_drawn(result.rule, rows.outcomes(), seed);
    sum += drawn.total();
    for (const int group : {kUnprivileged, kPrivileged}) {
      const double deviation = std::sqrt(expected[group].n() / 4);  // of one draw, at most
      EXPECT_NEAR(drawn[group].tp, expected[group].tp, 4 * deviation);
      EXPECT_NEAR(drawn[group].fp, expected[group].fp, 4 * deviation);
    }
  }
  const double deviation = std::sqrt(expected.total().n() / 4 / kDraws);
  EXPECT_NEAR(sum.tp / kDraws, expected.total().tp, 4 * deviation);
  EXPECT_NEAR(sum.fp / kDraws, expected.total().fp, 4 * deviation);
}

TEST(EqualizedOddsMethod, ARowIsDecidedTheSameInAnyBatch) {
  const Rows rows = informative_rows(300);
  const Debiased result = EqualizedOddsMethod().fit(problem_of(rows));
  // Of the first rows alone the counts are the same as of the first rows among all: what the rest adds is the same.
  const auto first = [&](std::size_t n) {
    const std::span<const double> scores(rows.scores);
    return fairness::Outcomes{scores.first(n), std::span(rows.labels).first(n), std::span(rows.groups).first(n)};
  };
  const std::vector<double> all = favourable_probabilities(result.rule, rows.outcomes());
  fairness::GroupCounts counts(2);
  for (std::size_t row = 0; row < rows.scores.size(); ++row) {
    EXPECT_EQ(favourable_probability(result.rule, rows.scores[row], rows.groups[row]), all[row]);
    const double favourable = decide(all[row], 7, row) ? 1.0 : 0.0;
    counts.add(rows.groups[row], rows.labels[row] != 0 ? fairness::CellCounts{.tp = favourable, .fn = 1 - favourable}
                                                       : fairness::CellCounts{.fp = favourable, .tn = 1 - favourable});
    EXPECT_EQ(count_drawn(result.rule, first(row + 1), 7), counts);
  }
}

TEST(EqualizedOddsMethod, SaysWhenOnlyConstantDecisionsAreLeft) {
  // All scores are equal: every threshold decides the same for everybody.
  const Rows equal{{0.3, 0.3, 0.3, 0.3, 0.3, 0.3}, {0, 1, 0, 0, 1, 0}, {0, 0, 0, 1, 1, 1}};
  const Debiased result = EqualizedOddsMethod().fit(problem_of(equal));
  ASSERT_EQ(result.notes.size(), 1U);
  EXPECT_NE(result.notes[0].find("group 0"), std::string::npos);
  EXPECT_EQ(result.notes[0].find('\n'), std::string::npos);
  EXPECT_EQ(detail(result, "lp_objective"), 0.0);
  EXPECT_EQ(detail(result, "gap"), 0.0);
  EXPECT_EQ(count(result.rule, equal.outcomes()).total().selected(), 0);  // more labels are unfavourable
  EXPECT_TRUE(evaluate(result.rule, equal.outcomes(), problem_of(equal).objective).degenerate.has_value());
}

TEST(EqualizedOddsMethod, KeepsTheModelIfThereIsOne) {
  const SmallProblem small = small_problem();
  EXPECT_EQ(EqualizedOddsMethod().fit(small.problem()).model.get(), small.model.get());
  EXPECT_EQ(EqualizedOddsMethod().fit(problem_of(informative_rows(50))).model, nullptr);
}

TEST(EqualizedOddsMethod, RefusesABadProblem) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto refuses = [](const Rows& rows, std::initializer_list<std::string_view> parts) {
    return fails_with([&] { method("equalized-odds")->fit(problem_of(rows)); }, parts);
  };
  EXPECT_TRUE(refuses({{}, {}, {}}, {"row"}));
  EXPECT_TRUE(refuses({{0.1, nan}, {0, 1}, {0, 1}}, {"nan"}));
  EXPECT_TRUE(refuses({{0.1, 0.2}, {0, 1}, {1, 1}}, {"group 0", "no favourable labels"}));  // one group
  EXPECT_TRUE(refuses({{0.1, 0.2}, {1, 1}, {0, 1}}, {"no unfavourable labels"}));           // one class
  EXPECT_TRUE(refuses({{0.1, 0.2, 0.3}, {0, 1, 1}, {0, 0, 1}}, {"group 1", "no unfavourable labels"}));
  EXPECT_TRUE(refuses({{0.1, 0.2, 0.3}, {0, 1, 1}, {0, 1, 2}}, {"two groups", "3"}));
  for (const double threshold : {-0.1, 1.1, nan}) {
    EXPECT_TRUE(fails_with([&] { method("equalized-odds", with_threshold(threshold)); }, {"threshold", "[0, 1]"}));
  }
}

}  // namespace
}  // namespace posthoc::debias
