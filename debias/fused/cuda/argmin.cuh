#pragma once

#include "debias/fused/cuda/sweep.cuh"

namespace posthoc::GPU_NS {

constexpr int kArgminThreads = 256;

/// The first of the trials with the smallest objective. One block, kArgminThreads threads.
static __global__ void __launch_bounds__(kArgminThreads)
    best_trial(const debias::DeviceCut* __restrict__ cuts, int trials, debias::DeviceWinner* __restrict__ winner) {
  GPU_SHARED(double, objectives, kArgminThreads / 32);
  GPU_SHARED(unsigned, firsts, kArgminThreads / 32);
  const int t = static_cast<int>(threadIdx.x);
  RankedCut best{HUGE_VAL, 0.0, debias::DeviceWinner::kNone};
  for (int i = t; i < trials; i += kArgminThreads) {
    const RankedCut here{cuts[i].objective, 0.0, static_cast<unsigned>(i)};
    if (cuts[i].sound != 0 && here.better_than(best)) best = here;
  }
  best = best.best_of_warp();
  if (t % 32 == 0) {
    objectives[t / 32] = best.objective;
    firsts[t / 32] = best.below;
  }
  __syncthreads();
  if (t != 0) return;
  for (int w = 1; w < kArgminThreads / 32; ++w) {
    const RankedCut there{objectives[w], 0.0, firsts[w]};
    if (there.better_than(best)) best = there;
  }
  *winner = {best.objective, best.below};
}

inline void launch_best_trial(const debias::DeviceCut* cuts, int trials, debias::DeviceWinner* winner,
                              GpuStream stream) {
  GPU_LAUNCH(best_trial, dim3(1), dim3(kArgminThreads), 0, stream, cuts, trials, winner);
}

}  // namespace posthoc::GPU_NS
