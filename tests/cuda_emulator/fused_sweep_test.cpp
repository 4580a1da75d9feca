#include <fmt/format.h>
#include <gtest/gtest.h>
#include <random>

#include "cuda_emulator/emulated_trials.h"
#include "cuda_emulator/orders.h"
#include "fairness/objective.h"
#include "fairness/outcomes.h"
#include "fairness/threshold.h"

// The sweep kernel finds the cut that the host's exact search finds, to the last bit of threshold and objective.

namespace posthoc::debias {
namespace {

using testing::emulated_cuts;
using testing::emulated_winner;
using testing::in_all_orders;

struct Rows {
  std::vector<double> scores;
  std::vector<std::uint8_t> labels;
  std::vector<std::int32_t> groups;
  [[nodiscard]] fairness::Outcomes outcomes() const { return {scores, labels, groups}; }
};

// `levels` distinct scores, or none twice; the lowest may be 0, the highest 1; labels and groups hang together with
// them.
Rows random_rows(std::size_t n, int levels, unsigned seed) {
  std::mt19937 random(seed);
  const auto unit = [&] { return static_cast<float>(random() >> 8) / 16777216.0F; };
  Rows rows;
  for (std::size_t i = 0; i < n; ++i) {
    float score = unit();
    if (levels > 0)
      score = std::floor(score * static_cast<float>(levels)) / static_cast<float>(std::max(levels - 1, 1));
    rows.scores.push_back(std::min(score, 1.0F));
    rows.groups.push_back(unit() < 0.3F + 0.4F * score ? 1 : 0);
    rows.labels.push_back(unit() < 0.2F + 0.6F * score ? 1 : 0);
  }
  return rows;
}

std::vector<fairness::Objective> objectives() {
  std::vector<fairness::Objective> all;
  for (const char* bias : {"spd", "eod", "aod"}) {
    for (const char* performance : {"accuracy", "balanced_accuracy"}) {
      for (const auto empty : {fairness::EmptyCell::worst, fairness::EmptyCell::zero}) {
        all.push_back(fairness::make_objective(bias, performance, 0.6, empty));
        all.push_back(fairness::make_constrained_objective(bias, performance, 0.05, empty));
        if (!testing::kThorough) return all;
      }
    }
  }
  return all;
}

void expect_host_cut(const Rows& rows, const fairness::Objective& objective) {
  const std::vector<std::uint8_t> cells = cells_of(rows.outcomes());
  const auto on_device = device_objective(objective, 2);
  ASSERT_TRUE(on_device.has_value());
  constexpr int kTrials = 2;  // the same scores, and their mirror image
  std::vector<float> scores(rows.scores.begin(), rows.scores.end());
  for (std::size_t i = 0; i < cells.size(); ++i) scores.push_back(1.0F - scores[i]);
  const auto cuts = emulated_cuts(scores, cells, *on_device, kTrials);
  for (int trial = 0; trial < kTrials; ++trial) {
    const DeviceCut& cut = cuts[static_cast<std::size_t>(trial)];
    Rows host = rows;
    const auto begin = scores.begin() + trial * static_cast<std::ptrdiff_t>(cells.size());
    host.scores.assign(begin, begin + static_cast<std::ptrdiff_t>(cells.size()));
    const fairness::ThresholdResult best = fairness::find_threshold(host.outcomes(), objective);
    ASSERT_EQ(cut.sound, 1U);
    EXPECT_EQ(cut.objective, best.objective);
    EXPECT_EQ(cut.threshold, best.threshold);
    for (int group = 0; group < 2; ++group) {
      EXPECT_EQ(cut.rejected.rows[2 * group], best.counts[group].tn);
      EXPECT_EQ(cut.rejected.rows[2 * group + 1], best.counts[group].fn);
    }
  }
}

TEST(SweepKernel, FindsTheHostsCutForEveryObjective) {
  unsigned seed = 1;
  for (const fairness::Objective& objective : objectives()) {
    for (const int levels : {0, 5}) {
      SCOPED_TRACE(fmt::format("{} {} levels {}", objective.bias->name, objective.performance->name, levels));
      expect_host_cut(random_rows(100, levels, ++seed), objective);
    }
  }
}

TEST(SweepKernel, TakesAnyNumberOfRows) {
  const auto objective = fairness::make_objective("spd");
  for (const std::size_t n : {1, 2, 3, 31, 32, 33, 255, 256, 257, 1023, 1025}) {
    SCOPED_TRACE(n);
    expect_host_cut(random_rows(n, 0, static_cast<unsigned>(n)), objective);
    if (!testing::kThorough) continue;
    expect_host_cut(random_rows(n, 1, static_cast<unsigned>(n)), objective);   // all the same
    expect_host_cut(random_rows(n, 12, static_cast<unsigned>(n)), objective);  // 0 and 1 among them
  }
}

TEST(SweepKernel, SortsInGlobalMemoryWhatSharedMemoryDoesNotHold) {
  const std::size_t most = emulator::options().max_dynamic_shared;
  emulator::options().max_dynamic_shared = 16 * 1024;
  EXPECT_GT(gpu_emulated::sweep_scratch(1100, 2), 0U);
  expect_host_cut(random_rows(1100, 0, 3), fairness::make_objective("aod"));
  expect_host_cut(random_rows(1100, 40, 4), fairness::make_constrained_objective("eod"));
  emulator::options().max_dynamic_shared = most;
  EXPECT_EQ(gpu_emulated::sweep_scratch(1100, 2), 0U);
}

TEST(SweepKernel, FindsItInEveryOrderOfThreads) {
  in_all_orders([] { expect_host_cut(random_rows(600, 50, 9), fairness::make_objective("aod", "balanced_accuracy")); });
}

TEST(SweepKernel, GroupsAndLabelsThatAreMissing) {
  for (const fairness::Objective& objective : objectives()) {
    Rows rows = random_rows(40, 7, 5);
    std::fill(rows.groups.begin(), rows.groups.end(), 0);
    expect_host_cut(rows, objective);
    rows = random_rows(40, 7, 6);
    std::fill(rows.labels.begin(), rows.labels.end(), std::uint8_t{1});
    expect_host_cut(rows, objective);
  }
}

TEST(SweepKernel, ScoresThatAreNoNumbersAreSaidToBeNone) {
  const Rows rows = random_rows(40, 0, 7);
  std::vector<float> scores(rows.scores.begin(), rows.scores.end());
  scores.insert(scores.end(), scores.begin(), scores.end());
  scores[17] = std::numeric_limits<float>::quiet_NaN();
  const auto cuts =
      emulated_cuts(scores, cells_of(rows.outcomes()), *device_objective(fairness::make_objective("spd"), 2), 2);
  EXPECT_EQ(cuts[0].sound, 0U);
  EXPECT_EQ(cuts[1].sound, 1U);
}

TEST(BestTrialKernel, IsTheFirstOfTheBest) {
  in_all_orders([] {
    for (const std::size_t n : {1, 31, 255, 256, 257, 700}) {
      std::mt19937 random(static_cast<unsigned>(n));
      std::vector<DeviceCut> cuts(n);
      for (DeviceCut& cut : cuts) {
        cut.objective = static_cast<double>(random() % 20 + 1);
        cut.sound = random() % 5 != 0 ? 1 : 0;
      }
      std::uint32_t first = DeviceWinner::kNone;
      for (std::uint32_t i = 0; i < n; ++i) {
        if (cuts[i].sound != 0 && (first == DeviceWinner::kNone || cuts[i].objective < cuts[first].objective))
          first = i;
      }
      EXPECT_EQ(emulated_winner(cuts).trial, first) << n;
      if (first == DeviceWinner::kNone) continue;
      EXPECT_EQ(emulated_winner(cuts).objective, cuts[first].objective);
    }
    EXPECT_EQ(emulated_winner(std::vector<DeviceCut>(3)).trial, DeviceWinner::kNone);
  });
}

}  // namespace
}  // namespace posthoc::debias
