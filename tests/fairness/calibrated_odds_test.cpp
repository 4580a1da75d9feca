#include "fairness/calibrated_odds.h"

#include <gtest/gtest.h>
#include <random>
#include <string>

#include "support/close.h"
#include "support/expect_error.h"
#include "support/json_file.h"
#include "support/outcome_rows.h"

namespace posthoc::fairness {
namespace {

using nlohmann::json;
using testing::close;
using testing::fails_with;

const std::pair<const char*, CalibrationCost> kCosts[] = {
    {"fpr", CalibrationCost::fpr}, {"fnr", CalibrationCost::fnr}, {"weighted", CalibrationCost::weighted}};

CalibratedOdds odds_of(const Rows& rows, CalibrationCost cost) {
  return calibrated_odds(GroupScores(rows.outcomes()), cost);
}

// Both groups have the base rate 1/2. GFPR is 0.2 of the unprivileged and 0.4 of the privileged: to 0.4 from 0.2
// towards 0.5 are 2/3 of the way.
TEST(CalibratedOdds, MixesTheGroupThatIsBetterOff) {
  const Rows rows{{0.1, 0.3, 0.9, 0.9, 0.4, 0.6}, {0, 0, 1, 1, 0, 1}, {0, 0, 0, 0, 1, 1}};
  const CalibratedOdds odds = odds_of(rows, CalibrationCost::fpr);
  EXPECT_EQ(odds.mixed, 0);
  EXPECT_TRUE(close(odds.groups[0].before.cost, 0.2, 1e-15));
  EXPECT_TRUE(close(odds.groups[0].mix_rate, 2.0 / 3, 1e-14));
  EXPECT_EQ(odds.groups[1].mix_rate, 0.0);
  EXPECT_TRUE(close(odds.groups[0].after.gfpr, 0.4, 1e-14));
  EXPECT_TRUE(close(odds.groups[0].after.gfnr, 0.1 / 3 + 0.5 * 2 / 3, 1e-14));
  EXPECT_TRUE(close(odds.groups[1].after.gfpr, 0.4, 1e-14));
}

TEST(CalibratedOdds, MakesCostsEqualWhereARateWithin0And1Does) {
  std::mt19937_64 random(9);
  int equal = 0;
  int cut = 0;
  for (int trial = 0; trial < 300; ++trial) {
    const Rows rows = mixed_rows(random, 60, 40, 2);
    for (const auto& [name, cost] : kCosts) {
      const CalibratedOdds odds = odds_of(rows, cost);
      if (!odds.wanted_rate.defined()) continue;  // scores are in steps, so a cost may happen to be the trivial one
      const double wanted = odds.wanted_rate.number();
      const CalibratedGroup& mixed = odds.groups[static_cast<std::size_t>(odds.mixed)];
      const CalibratedGroup& other = odds.groups[static_cast<std::size_t>(1 - odds.mixed)];
      EXPECT_LE(mixed.before.cost, other.before.cost);
      EXPECT_EQ(other.mix_rate, 0.0);
      EXPECT_EQ(other.after.cost, other.before.cost);
      if (wanted >= 0 && wanted <= 1) {
        ++equal;
        EXPECT_EQ(mixed.mix_rate, wanted);
        EXPECT_TRUE(close(mixed.after.cost, other.after.cost, 1e-12));
      } else {
        ++cut;
        EXPECT_EQ(mixed.mix_rate, wanted < 0 ? 0.0 : 1.0);
        EXPECT_TRUE(close(mixed.after.cost, wanted < 0 ? mixed.before.cost : mixed.trivial_cost, 1e-12));
      }
    }
  }
  EXPECT_GT(equal, 100);
  EXPECT_GT(cut, 100);
}

TEST(CalibratedOdds, DividesByNothing) {
  // All scores are 0.3 in both groups: GFPR and GFNR are equal, nothing to mix. The privileged base rate is 0.3 too.
  Rows rows;
  for (int i = 0; i < 20; ++i) {
    rows.scores.push_back(0.3);
    rows.groups.push_back(i < 10 ? 0 : 1);
    rows.labels.push_back(i < 5 || (i >= 10 && i < 13) ? 1 : 0);
  }
  for (const CalibrationCost cost : {CalibrationCost::fpr, CalibrationCost::fnr}) {
    const CalibratedOdds same = odds_of(rows, cost);
    ASSERT_TRUE(same.wanted_rate.defined());
    EXPECT_EQ(same.wanted_rate.number(), 0.0);
    EXPECT_EQ(same.groups[0].mix_rate, 0.0);
    EXPECT_EQ(same.groups[1].mix_rate, 0.0);
  }

  // The unprivileged cost more, and the privileged group's scores are its base rate already.
  for (int i = 0; i < 10; ++i) rows.scores[static_cast<std::size_t>(i)] = 0.6;
  const CalibratedOdds stuck = odds_of(rows, CalibrationCost::fpr);
  EXPECT_EQ(stuck.mixed, 1);
  EXPECT_FALSE(stuck.wanted_rate.defined());
  EXPECT_NE(stuck.wanted_rate.reason().find("group 1"), std::string::npos);
  EXPECT_EQ(stuck.groups[1].mix_rate, 0.0);
}

TEST(CalibratedOdds, RefusesAGroupWithoutALabel) {
  const auto refuses = [](const Rows& rows, std::initializer_list<std::string_view> parts) {
    return fails_with([&] { odds_of(rows, CalibrationCost::fpr); }, parts);
  };
  EXPECT_TRUE(refuses({{0.1, 0.2, 0.3}, {0, 1, 0}, {0, 0, 1}}, {"group 1", "no positive labels"}));
  EXPECT_TRUE(refuses({{0.1, 0.2, 0.3}, {0, 1, 1}, {0, 0, 1}}, {"group 1", "no negative labels"}));
  EXPECT_TRUE(refuses({{0.1, 0.2}, {0, 1}, {0, 0}}, {"group 1", "has no"}));
  EXPECT_TRUE(refuses({{0.1, 0.2, 0.3, 1.5}, {0, 1, 0, 1}, {0, 0, 1, 1}}, {"group 1", "[0, 1]"}));
  EXPECT_TRUE(refuses({{0.1, 0.2, 0.3}, {0, 1, 0}, {0, 1, 2}}, {"two groups", "3"}));
}

TEST(CalibratedOdds, MeetsAif360) {
  const json tasks = testing::read_json("tests/golden/post_processing_odds.json").at("tasks");
  ASSERT_EQ(tasks.size(), 8U);
  for (const auto& [task, block] : tasks.items()) {
    const auto sums = [&groups = block.at("groups")](const char* group) {
      const json& c = groups.at(group);
      ScoreSums result;
      result.positives = c.at("TP").get<double>() + c.at("FN").get<double>();
      result.negatives = c.at("FP").get<double>() + c.at("TN").get<double>();
      result.positive_scores = result.positives * c.at("GTPR").get<double>();
      result.negative_scores = result.negatives * c.at("GFPR").get<double>();
      return result;
    };
    const GroupScores scores({sums("unprivileged"), sums("privileged")});
    for (const auto& [name, cost] : kCosts) {
      SCOPED_TRACE(task + " " + name);
      const json& expected = block.at("calibrated_eq_odds").at(name);
      const CalibratedOdds odds = calibrated_odds(scores, cost);
      EXPECT_EQ(odds.mixed, expected.at("unprivileged_costs_more").get<bool>() ? 1 : 0);
      const char* mixed = odds.mixed == 1 ? "priv_mix_rate" : "unpriv_mix_rate";
      EXPECT_TRUE(close(odds.wanted_rate.number(), expected.at(mixed), 1e-9));
      for (const auto& [group, title] : {std::pair{0U, "unprivileged"}, std::pair{1U, "privileged"}}) {
        const json& costs = expected.at("costs").at(title);
        EXPECT_TRUE(close(odds.groups[group].base_rate, costs.at("base_rate"), 1e-12));
        EXPECT_TRUE(close(odds.groups[group].before.gfpr, costs.at("generalized_fpr"), 1e-12));
        EXPECT_TRUE(close(odds.groups[group].before.gfnr, costs.at("generalized_fnr"), 1e-12));
        EXPECT_TRUE(close(odds.groups[group].before.cost, costs.at("cost"), 1e-12));
        EXPECT_TRUE(close(odds.groups[group].trivial_cost, costs.at("trivial_cost"), 1e-12));
      }
    }
  }
}

}  // namespace
}  // namespace posthoc::fairness
