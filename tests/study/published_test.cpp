#include "study/published.h"

#include <gtest/gtest.h>

#include "nn/mlp.h"
#include "support/close.h"
#include "support/expect_error.h"
#include "tensor/random.h"

namespace posthoc::study {
namespace {

using posthoc::testing::close;
using posthoc::testing::fails_with;

nn::Mlp network() { return nn::Mlp({.input = 5, .depth = 1, .width = 6}, 3); }

TEST(Published, ATurnedNetworkGivesTheOtherLabelsScore) {
  const nn::Mlp original = network();
  const Tensor x = random_normal({40, 5}, {1, purpose("x"), 0});
  const std::vector<double> scores = nn::scores(*original.clone_classifier(), x);
  const std::vector<double> turned = nn::scores(*turned_round(original)->clone_classifier(), x);
  for (std::size_t i = 0; i < scores.size(); ++i) EXPECT_TRUE(close(turned[i], 1.0 - scores[i], 0, 1e-6)) << i;
  EXPECT_EQ(nn::scores(*original.clone_classifier(), x), scores);
}

TEST(Published, TurnedCountsAreOfTheOtherLabel) {
  fairness::GroupCounts counts(2);
  counts.add(0, {.tp = 1, .fp = 2, .tn = 3, .fn = 4});
  const fairness::GroupCounts turned = turned_round(counts);
  EXPECT_EQ(turned[0], (fairness::CellCounts{.tp = 3, .fp = 4, .tn = 1, .fn = 2}));
  EXPECT_EQ(turned_round(turned), counts);
}

TEST(Published, OddsOnLabelsTakeFavourableLabelsAway) {
  fairness::GroupCounts labels(2);
  labels.add(0, {.tp = 30, .tn = 70});    // base rate 0.3 over a share of 0.25: 1.2
  labels.add(1, {.tp = 120, .tn = 180});  // 0.4 over 0.75: 0.5333
  const std::array<double, 2> kept = odds_on_labels(labels);
  EXPECT_TRUE(close(kept[0], (0.4 / 0.75) / (0.3 / 0.25), 1e-12));
  EXPECT_EQ(kept[1], 1.0);
  const fairness::GroupCounts decided = decide_on_labels(labels, kept);
  EXPECT_EQ(decided[0], (fairness::CellCounts{.tp = 14, .fp = 0, .tn = 70, .fn = 16}));  // 30 (1 - 0.444) = 16.67
  EXPECT_EQ(decided[1], labels[1]);
  fairness::GroupCounts none(2);
  none.add(0, {.tn = 3});
  none.add(1, {.tp = 1, .tn = 3});
  EXPECT_TRUE(fails_with([&] { odds_on_labels(none); }, {"group 0 has no favourable labels"}));
}

TEST(Published, TrainingModeScoresDependOnTheSeedAndLeaveTheNetworkAlone) {
  nn::Mlp model = network();
  model.eval();
  const Tensor x = random_normal({64, 5}, {1, purpose("x"), 0});
  const std::vector<double> plain = nn::scores(model, x);
  const std::vector<double> once = training_mode_scores(model, x, 1);
  EXPECT_EQ(training_mode_scores(model, x, 1), once);
  EXPECT_NE(training_mode_scores(model, x, 2), once);
  EXPECT_NE(once, plain);
  EXPECT_EQ(nn::scores(model, x), plain);
  EXPECT_FALSE(model.training());
}

}  // namespace
}  // namespace posthoc::study
