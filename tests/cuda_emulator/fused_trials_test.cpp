#include <fmt/format.h>
#include <gtest/gtest.h>

#ifdef POSTHOC_ON_DEVICE
#include "debias/fused/cuda/trial_kernels.h"
#else
#include "debias/fused/cuda/batched_trials.cuh"
#endif
#include "cuda_emulator/thorough.h"
#include "debias/fused/device_trials.h"
#include "debias/fused/network.h"
#include "debias/random_perturbation.h"
#include "debias/small_problem.h"

// Whole trials: the trace that the host makes with its fused pass is the one that the kernels make, to the last bit.
// These rows have no column that the host would take apart. The same tests run on the emulator and, in a program of
// their own, on a real device.

namespace posthoc::debias {
namespace {

constexpr double kSigma = 0.3;

std::unique_ptr<TrialKernels> kernels_for(const Problem& problem) {
  const auto plan = TrialPlan::of(*problem.model, problem.features);
  const auto cells = cells_of(problem.validation);
#ifdef POSTHOC_ON_DEVICE
  return cuda_trial_kernels(*plan, cells, problem.seed, kSigma, Device::cuda(0));
#else
  return std::make_unique<gpu_emulated::BatchedTrials>(*plan, cells, problem.seed, kSigma, 0);
#endif
}

#ifdef POSTHOC_ON_DEVICE
constexpr bool kOnDevice = true;
#else
constexpr bool kOnDevice = false;
#endif
constexpr std::int64_t kSome = kOnDevice ? 60 : testing::kThorough ? 5 : 2;  // trials

void expect_same(const fairness::Value& got, const fairness::Value& host) {
  EXPECT_EQ(got.reason(), host.reason());  // of an undefined one
  EXPECT_EQ(got.with_empty_as_zero(), host.with_empty_as_zero());
}

void expect_host_trace(const Problem& problem, std::int64_t trials) {
  ASSERT_FALSE(FusedRows::of(*problem.model, problem.features)->split());
  const Debiased host = RandomPerturbation({.trials = trials, .sigma = kSigma, .include_original = false}).fit(problem);
  DeviceTrials device(problem, kernels_for(problem));
  std::vector<std::optional<TracePoint>> points(static_cast<std::size_t>(trials));
  device.points(1, points);
  for (std::size_t i = 0; i < points.size(); ++i) {
    SCOPED_TRACE(i);
    ASSERT_TRUE(points[i].has_value());
    if (host.trace[i].step == host.best_step) continue;  // it was looked at once more, as anyone runs it
    EXPECT_EQ(points[i]->step, host.trace[i].step);
    EXPECT_EQ(points[i]->objective, host.trace[i].objective);
    EXPECT_EQ(points[i]->threshold, host.trace[i].threshold);
    expect_same(points[i]->bias, host.trace[i].bias);
    expect_same(points[i]->performance, host.trace[i].performance);
  }
}

class DeviceTrialsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (cpu::fused_shape().tile_rows == 0) GTEST_SKIP() << "the host has no fused pass to compare with";
  }
};

TEST_F(DeviceTrialsTest, ATraceIsTheHosts) {
  for (const std::int64_t width : {6, 32}) {
    SCOPED_TRACE(width);
    const SmallProblem small = small_problem(90, width);
    expect_host_trace(small.problem("spd"), kSome);
    expect_host_trace(small.problem("eod"), kSome);
  }
}

TEST_F(DeviceTrialsTest, RowsAndWidthsOfAnyNumber) {
  for (const std::int64_t width : {1, 9, 32, 33, 64, 256}) {
    for (const std::int64_t rows : {2, 33, kOnDevice ? 5000 : 257}) {
      if (!kOnDevice && rows > 33 && (width == 256 || !testing::kThorough)) continue;
      SCOPED_TRACE(fmt::format("{} rows, width {}", rows, width));
      expect_host_trace(small_problem(rows, width).problem("aod"), kSome);
    }
  }
  // More rows than shared memory has room to sort.
  if (kOnDevice) expect_host_trace(small_problem(60000, 32).problem("spd"), 5);
}

TEST_F(DeviceTrialsTest, WhatTheKernelDoesNotSweepTheHostDoes) {
  const SmallProblem small = small_problem();
  expect_host_trace(small.problem("di"), kSome);
  Problem problem = small.problem();
  problem.threshold_search = fairness::ThresholdSearch::grid(101);
  expect_host_trace(problem, kSome);
}

TEST_F(DeviceTrialsTest, TheBestIsTheTracesFirstBest) {
  const SmallProblem small = small_problem();
  const Problem problem = small.problem("eod");
  const auto kernels = kernels_for(problem);
  std::vector<DeviceCut> cuts(kSome + 3);
  const DeviceObjective objective = *device_objective(problem.objective, 2);
  kernels->cuts(7, objective, cuts);
  const DeviceWinner winner = kernels->best(7, static_cast<int>(cuts.size()), objective);
  const auto first = std::min_element(cuts.begin(), cuts.end(),
                                      [](const DeviceCut& a, const DeviceCut& b) { return a.objective < b.objective; });
  EXPECT_EQ(winner.trial, static_cast<std::uint32_t>(first - cuts.begin()));
  EXPECT_EQ(winner.objective, first->objective);
}

TEST_F(DeviceTrialsTest, ATrialWithoutNumbersHasNoPoint) {
  const SmallProblem small = small_problem();
  Problem problem = small.problem();
  problem.features = small.features.clone();
  problem.features.mutable_values<float>()[9] = std::numeric_limits<float>::quiet_NaN();
  for (const bool on_device : {true, false}) {
    if (!on_device) problem.threshold_search = fairness::ThresholdSearch::grid(11);
    DeviceTrials device(problem, kernels_for(problem));
    std::vector<std::optional<TracePoint>> points(2);
    device.points(1, points);
    EXPECT_FALSE(points[0].has_value());
    EXPECT_FALSE(points[1].has_value());
  }
}

TEST_F(DeviceTrialsTest, ATrialIsItsNumbersWhateverRanWithIt) {
  const SmallProblem small = small_problem();
  const Problem problem = small.problem();
  const auto kernels = kernels_for(problem);
  const std::size_t rows = problem.validation.size();
  std::vector<float> together(3 * rows);
  kernels->scores(4, 3, together);
  std::vector<float> alone(rows);
  kernels->scores(6, 1, alone);
  EXPECT_EQ(alone, std::vector<float>(together.end() - static_cast<std::ptrdiff_t>(rows), together.end()));
}

TEST(DeviceTrials, HostTensorsAreLeftToTheHost) {
  const SmallProblem small = small_problem();
  EXPECT_EQ(DeviceTrials::of(small.problem(), kSigma), nullptr);
}

}  // namespace
}  // namespace posthoc::debias
