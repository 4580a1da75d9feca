#pragma once

#include <vector>

#include "base/random_stream.h"
#include "debias/fused/cuda/argmin.cuh"
#include "debias/fused/cuda/fold.cuh"
#include "debias/fused/cuda/forward.cuh"
#include "debias/fused/cuda/perturb.cuh"
#include "debias/fused/cuda/sweep.cuh"
#include "debias/fused/trial_plan.h"

namespace posthoc::testing {

/// Arrays of exactly the size that a kernel is told, so that each step beyond one is seen; full of NaN.
template <typename T>
std::vector<T> fresh(std::size_t n) {
  std::vector<T> array(n);
  if (n > 0) std::memset(static_cast<void*>(array.data()), 0xFF, n * sizeof(T));
  return array;
}

inline std::vector<float> emulated_perturb(const debias::TrialPlan& plan, const RandomStream& first, float sigma,
                                           int trials) {
  const int count = static_cast<int>(plan.parameters.size());
  auto out = fresh<float>(plan.parameters.size() * static_cast<std::size_t>(trials));
  gpu_emulated::launch_perturb(plan.parameters.data(), count, first, sigma, trials, out.data(), nullptr);
  return out;
}

/// [trials][rows]
inline std::vector<float> emulated_scores(const debias::TrialPlan& plan, const std::vector<float>& perturbed,
                                          int trials) {
  auto packed = fresh<float>(static_cast<std::size_t>(plan.packed_count) * static_cast<std::size_t>(trials));
  const int layers = static_cast<int>(plan.layers.size());
  gpu_emulated::launch_fold(plan.layers.data(), layers, perturbed.data(), static_cast<int>(plan.parameters.size()),
                            plan.statistics.data(), plan.packed_count, trials, packed.data(), nullptr);
  auto scores = fresh<float>(static_cast<std::size_t>(plan.rows) * static_cast<std::size_t>(trials));
  if (plan.rows == 0) return scores;
  gpu_emulated::launch_forward(plan.layers.data(), layers, plan.hidden, plan.width, packed.data(), plan.packed_count,
                               {plan.x.data(), plan.rows, plan.padded_rows}, trials, scores.data(), nullptr);
  return scores;
}

inline std::vector<debias::DeviceCut> emulated_cuts(const std::vector<float>& scores,
                                                    const std::vector<std::uint8_t>& cells,
                                                    const debias::DeviceObjective& objective, int trials) {
  std::vector<debias::DeviceCut> cuts(static_cast<std::size_t>(trials));
  const int rows = static_cast<int>(cells.size());
  auto scratch = fresh<unsigned>(gpu_emulated::sweep_scratch(rows, trials));
  gpu_emulated::launch_sweep(scores.data(), cells.data(), rows, objective, trials, scratch.data(), cuts.data(),
                             nullptr);
  return cuts;
}

inline debias::DeviceWinner emulated_winner(const std::vector<debias::DeviceCut>& cuts) {
  debias::DeviceWinner winner;
  gpu_emulated::launch_best_trial(cuts.data(), static_cast<int>(cuts.size()), &winner, nullptr);
  return winner;
}

}  // namespace posthoc::testing
