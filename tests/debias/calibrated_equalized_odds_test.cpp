#include "debias/calibrated_equalized_odds.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>

#include "debias/small_problem.h"
#include "fairness/calibrated_odds.h"
#include "support/close.h"
#include "support/expect_error.h"
#include "support/outcome_rows.h"

namespace posthoc::debias {
namespace {

using fairness::Rows;
using testing::close;
using testing::fails_with;
using Cost = CalibratedOptions::Cost;

Problem problem_of(const Rows& rows) {
  Problem problem;
  problem.validation = rows.outcomes();
  problem.objective = fairness::make_objective("spd");
  return problem;
}

fairness::Value detail(const Debiased& result, std::string_view name) {
  for (const Detail& detail : result.details) {
    if (detail.name == name) return detail.value;
  }
  ADD_FAILURE() << "no detail " << name;
  return 0;
}

Debiased fit(const Rows& rows, Cost cost) {
  MethodOptions options;
  options.calibrated.cost = cost;
  return method("calibrated-equalized-odds", options)->fit(problem_of(rows));
}

bool some_note_says(const Debiased& result, std::string_view part) {
  return std::any_of(result.notes.begin(), result.notes.end(),
                     [&](const std::string& note) { return note.find(part) != std::string::npos; });
}

// GFPR is 0.2 of the unprivileged and 0.4 of the privileged, both base rates are 1/2.
const Rows kTwoThirds{{0.1, 0.3, 0.9, 0.9, 0.4, 0.6}, {0, 0, 1, 1, 0, 1}, {0, 0, 0, 0, 1, 1}};

TEST(CalibratedEqualizedOdds, FillsRuleDetailsAndNotes) {
  const Debiased result = fit(kTwoThirds, Cost::fpr);
  const auto& rule = std::get<CalibratedMix>(result.rule);
  EXPECT_TRUE(close(rule.unprivileged_mix_rate, 2.0 / 3, 1e-14));
  EXPECT_EQ(rule.privileged_mix_rate, 0.0);
  EXPECT_EQ(rule.unprivileged_base_rate, 0.5);
  EXPECT_EQ(rule.privileged_base_rate, 0.5);
  EXPECT_EQ(rule.threshold, kHalfOrAbove);
  EXPECT_TRUE(close(detail(result, "gfpr_unprivileged").number(), 0.2, 1e-14));
  EXPECT_TRUE(close(detail(result, "gfpr_after_unprivileged").number(), 0.4, 1e-14));
  EXPECT_TRUE(close(detail(result, "gfpr_after_privileged").number(), 0.4, 1e-14));
  EXPECT_TRUE(close(detail(result, "mix_rate_unclamped").number(), 2.0 / 3, 1e-14));
  EXPECT_EQ(result.details.size(), 17U);
  ASSERT_EQ(result.notes.size(), 1U);
  for (const char* part : {"false positive rate", "unprivileged group", "withholding information", "stay unequal"}) {
    EXPECT_NE(result.notes[0].find(part), std::string::npos) << part;
  }
}

// The details agree with the scores that the rule draws: mixed score by score, in expectation.
TEST(CalibratedEqualizedOdds, ItsRatesAfterAreThoseOfTheMixedScores) {
  std::mt19937_64 random(2);
  const Rows rows = fairness::mixed_rows(random, 400, 100, 2);
  for (const Cost cost : {Cost::fpr, Cost::fnr, Cost::weighted}) {
    const Debiased result = fit(rows, cost);
    const auto& rule = std::get<CalibratedMix>(result.rule);
    Rows mixed = rows;  // expected scores; generalised rates are linear in them
    for (std::size_t i = 0; i < mixed.scores.size(); ++i) {
      const bool privileged = mixed.groups[i] == kPrivileged;
      const double rate = privileged ? rule.privileged_mix_rate : rule.unprivileged_mix_rate;
      const double base = privileged ? rule.privileged_base_rate : rule.unprivileged_base_rate;
      mixed.scores[i] = rate * base + (1 - rate) * mixed.scores[i];
    }
    const fairness::GroupScores scores(mixed.outcomes());
    EXPECT_TRUE(close(detail(result, "gfpr_after_unprivileged").number(), gfpr(scores, 0).number(), 1e-12));
    EXPECT_TRUE(close(detail(result, "gfpr_after_privileged").number(), gfpr(scores, 1).number(), 1e-12));
    EXPECT_TRUE(close(detail(result, "gfnr_after_unprivileged").number(), gfnr(scores, 0).number(), 1e-12));
    EXPECT_TRUE(close(detail(result, "gfnr_after_privileged").number(), gfnr(scores, 1).number(), 1e-12));
  }
}

TEST(CalibratedEqualizedOdds, SaysWhenTheCostsCannotBeMadeEqual) {
  // The privileged group's GFPR, 0.8, is above what the base rate 1/2 gives the others; their rate is cut to 1.
  const Rows far{{0.1, 0.9, 0.8, 0.9}, {0, 1, 0, 1}, {0, 0, 1, 1}};
  const Debiased above = fit(far, Cost::fpr);
  EXPECT_EQ(std::get<CalibratedMix>(above.rule).unprivileged_mix_rate, 1.0);
  EXPECT_TRUE(close(detail(above, "mix_rate_unclamped").number(), 1.75, 1e-14));
  EXPECT_TRUE(some_note_says(above, "1.7500"));
  // The better group's GFPR, 0.6, is above its base rate already: mixing lowers it further.
  const Rows wrong_way{{0.6, 0.9, 0.8, 0.9}, {0, 1, 0, 1}, {0, 0, 1, 1}};
  const Debiased below = fit(wrong_way, Cost::fpr);
  EXPECT_EQ(std::get<CalibratedMix>(below.rule).unprivileged_mix_rate, 0.0);
  EXPECT_TRUE(close(detail(below, "mix_rate_unclamped").number(), -2, 1e-13));
  EXPECT_TRUE(some_note_says(below, "-2.0000"));
  // The better group's GFPR is its base rate: mixing changes nothing.
  const Rows stuck{{0.5, 0.9, 0.8, 0.9}, {0, 1, 0, 1}, {0, 0, 1, 1}};
  const Debiased still = fit(stuck, Cost::fpr);
  EXPECT_EQ(std::get<CalibratedMix>(still.rule).unprivileged_mix_rate, 0.0);
  EXPECT_FALSE(detail(still, "mix_rate_unclamped").defined());
  EXPECT_TRUE(some_note_says(still, "no mixing changes it"));
  for (const Debiased* result : {&above, &below, &still}) {
    EXPECT_EQ(result->notes.size(), 2U);
    for (const std::string& note : result->notes) EXPECT_EQ(note.find('\n'), std::string::npos);
  }
}

TEST(CalibratedEqualizedOdds, EqualScoresNeedNoMixing) {
  const Rows equal{{0.3, 0.3, 0.3, 0.3}, {0, 1, 0, 1}, {0, 0, 1, 1}};
  for (const Cost cost : {Cost::fpr, Cost::fnr, Cost::weighted}) {
    const Debiased result = fit(equal, cost);
    EXPECT_FALSE(is_randomised(result.rule));
    EXPECT_EQ(detail(result, "mix_rate_unclamped").number(), 0.0);
    EXPECT_EQ(result.notes.size(), 1U);
  }
}

TEST(CalibratedEqualizedOdds, DrawnDecisionsApproachTheExpectedOnes) {
  const Debiased result = fit(kTwoThirds, Cost::fpr);
  std::mt19937_64 random(8);
  const Rows rows = fairness::mixed_rows(random, 20000, 1000, 2);
  const fairness::GroupCounts expected = count(result.rule, rows.outcomes());
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const fairness::GroupCounts drawn = count_drawn(result.rule, rows.outcomes(), seed);
    const double deviation = std::sqrt(expected[kUnprivileged].n() / 4);
    EXPECT_NEAR(drawn[kUnprivileged].tp, expected[kUnprivileged].tp, 4 * deviation);
    EXPECT_NEAR(drawn[kUnprivileged].fp, expected[kUnprivileged].fp, 4 * deviation);
    EXPECT_EQ(drawn[kPrivileged], expected[kPrivileged]);  // not mixed, so nothing is drawn
  }
  EXPECT_NE(count_drawn(result.rule, rows.outcomes(), 0), count_drawn(result.rule, rows.outcomes(), 1));
}

TEST(CalibratedEqualizedOdds, KeepsTheModelIfThereIsOne) {
  const SmallProblem small = small_problem();
  EXPECT_EQ(CalibratedEqualizedOdds().fit(small.problem()).model.get(), small.model.get());
  EXPECT_EQ(fit(kTwoThirds, Cost::fpr).model, nullptr);
}

TEST(CalibratedEqualizedOdds, RefusesABadProblem) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto refuses = [](const Rows& rows, std::initializer_list<std::string_view> parts) {
    return fails_with([&] { fit(rows, Cost::weighted); }, parts);
  };
  EXPECT_TRUE(refuses({{}, {}, {}}, {"row"}));
  EXPECT_TRUE(refuses({{0.1, nan}, {0, 1}, {0, 1}}, {"nan"}));
  EXPECT_TRUE(refuses({{0.1, 1.2}, {0, 1}, {0, 1}}, {"row 1", "1.2"}));
  EXPECT_TRUE(refuses({{0.1, 0.2}, {0, 1}, {1, 1}}, {"group 0", "no "}));      // one group
  EXPECT_TRUE(refuses({{0.1, 0.2}, {1, 1}, {0, 1}}, {"no negative labels"}));  // one class
  EXPECT_TRUE(refuses({{0.1, 0.2, 0.3}, {0, 1, 0}, {0, 0, 1}}, {"group 1", "no positive labels"}));
  EXPECT_TRUE(refuses({{0.1, 0.2, 0.3}, {0, 1, 1}, {0, 1, 2}}, {"two groups", "3"}));
}

}  // namespace
}  // namespace posthoc::debias
