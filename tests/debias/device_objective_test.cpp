#include <gtest/gtest.h>
#include <random>

#include "debias/fused/trial_plan.h"
#include "fairness/objective.h"
#include "nn/mlp.h"

namespace posthoc::debias {
namespace {

fairness::GroupCounts counts_of(const Cells& rejected, const Cells& all) {
  fairness::GroupCounts counts(2);
  for (int group = 0; group < 2; ++group) {
    const double tn = rejected.rows[2 * group];
    const double fn = rejected.rows[2 * group + 1];
    counts.add(group, {.tp = all.rows[2 * group + 1] - fn, .fp = all.rows[2 * group] - tn, .tn = tn, .fn = fn});
  }
  return counts;
}

template <typename Visit>
void for_all_objectives(Visit visit) {
  for (const char* bias : {"spd", "eod", "aod"}) {
    for (const char* performance : {"accuracy", "balanced_accuracy"}) {
      for (const auto empty : {fairness::EmptyCell::worst, fairness::EmptyCell::zero}) {
        for (const double weight : {0.0, 0.05, 0.75}) {
          visit(fairness::make_objective(bias, performance, weight, empty));
          visit(fairness::make_constrained_objective(bias, performance, weight, empty));
        }
      }
    }
  }
}

const std::vector<double> kNoScores{0.5};
const std::vector<std::uint8_t> kNoLabels{1};
const std::vector<std::int32_t> kNoGroups{0};

void expect_same(const fairness::Objective& objective, const Cells& rejected, const Cells& all) {
  const fairness::BoundObjective host(objective, {kNoScores, kNoLabels, kNoGroups});
  const double expected = host(counts_of(rejected, all));
  const double got = (*device_objective(objective, 2))(rejected, all);
  ASSERT_EQ(got, expected) << objective.bias->name << ' ' << objective.performance->name << " of " << all.rows[0] << ' '
                           << all.rows[1] << ' ' << all.rows[2] << ' ' << all.rows[3];
}

TEST(DeviceObjective, IsTheHostsOnAllSmallCounts) {
  for_all_objectives([&](const fairness::Objective& objective) {
    for (std::uint32_t code = 0; code < 81; ++code) {
      const Cells all{{code % 3, code / 3 % 3, code / 9 % 3, code / 27}};
      for (std::uint32_t cut = 0; cut < 81; ++cut) {
        const Cells rejected{{cut % 3, cut / 3 % 3, cut / 9 % 3, cut / 27}};
        bool possible = true;
        for (int cell = 0; cell < 4; ++cell) possible = possible && rejected.rows[cell] <= all.rows[cell];
        if (possible) expect_same(objective, rejected, all);
      }
    }
  });
}

TEST(DeviceObjective, IsTheHostsOnLargeCounts) {
  std::mt19937 random(4);
  for_all_objectives([&](const fairness::Objective& objective) {
    for (int i = 0; i < 200; ++i) {
      Cells all;
      Cells rejected;
      for (int cell = 0; cell < 4; ++cell) {
        all.rows[cell] = static_cast<std::uint32_t>(random() % 100000);
        rejected.rows[cell] = static_cast<std::uint32_t>(random() % (all.rows[cell] + 1));
      }
      expect_same(objective, rejected, all);
    }
  });
}

TEST(DeviceObjective, OthersAreLeftToTheHost) {
  EXPECT_FALSE(device_objective(fairness::make_objective("di"), 2).has_value());
  EXPECT_FALSE(device_objective(fairness::make_objective("spd", "f1"), 2).has_value());
  EXPECT_FALSE(device_objective(fairness::make_objective("spd", "auc"), 2).has_value());
  EXPECT_FALSE(device_objective(fairness::make_objective("spd"), 3).has_value());
  EXPECT_TRUE(device_objective(fairness::make_objective("spd"), 2).has_value());
}

TEST(TrialPlan, LaysOutAChainWhoseLayersAreParameters) {
  const nn::Mlp model({.input = 5, .depth = 2, .width = 9}, 1);
  const auto plan = TrialPlan::of(model, Tensor::zeros({7, 5}));
  ASSERT_TRUE(plan.has_value());
  ASSERT_EQ(plan->layers.size(), 4U);
  EXPECT_EQ(plan->hidden, 9);
  EXPECT_EQ(plan->width, 16);
  EXPECT_EQ(plan->rows, 7);
  EXPECT_EQ(plan->padded_rows % DeviceRows::kRowTile, 0);
  EXPECT_EQ(plan->packed_count, 6 * 16 + 2 * 10 * 16 + 10 * 8);
  EXPECT_EQ(plan->layers[0].gamma, DeviceLayer::kNone);
  for (std::size_t i = 1; i < 4; ++i) {
    EXPECT_EQ(plan->parameters[static_cast<std::size_t>(plan->layers[i].gamma)], 1.0F);
    EXPECT_EQ(plan->statistics[static_cast<std::size_t>(plan->layers[i].variance)], 1.0F);
  }
  EXPECT_FALSE(TrialPlan::of(nn::Mlp({.input = 5, .depth = 1, .width = 257}, 1), Tensor::zeros({7, 5})).has_value());
  EXPECT_FALSE(
      TrialPlan::of(nn::Mlp({.input = 5, .depth = 1, .width = 4, .dtype = Dtype::float64}, 1), Tensor::zeros({7, 5}))
          .has_value());
}

}  // namespace
}  // namespace posthoc::debias
