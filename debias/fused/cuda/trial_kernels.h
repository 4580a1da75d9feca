#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "debias/fused/cuda/results.h"
#include "debias/fused/trial_plan.h"
#include "tensor/device.h"

namespace posthoc::debias {

/// Trials of one network on one set of rows, in the memory of one device: A scores them, B finds each one's threshold,
/// C the best of them. Trial t is the one that perturbed_copy(model, seed, t, sigma) makes. One thread at a time.
class TrialKernels {
 public:
  TrialKernels() = default;
  TrialKernels(const TrialKernels&) = delete;
  TrialKernels& operator=(const TrialKernels&) = delete;
  virtual ~TrialKernels() = default;

  /// As many trials as one call takes.
  [[nodiscard]] virtual int batch() const = 0;

  /// A: scores of trials first_trial, first_trial + 1, ...: [trials][rows], row-major. 1 <= trials <= batch().
  virtual void scores(std::uint32_t first_trial, int trials, std::span<float> to) = 0;
  /// A and B: one cut a trial, 1 <= cuts.size() <= batch(); at least one row.
  virtual void cuts(std::uint32_t first_trial, const DeviceObjective& objective, std::span<DeviceCut> cuts) = 0;
  /// A, B and C; nothing but the winner leaves the device.
  virtual DeviceWinner best(std::uint32_t first_trial, int trials, const DeviceObjective& objective) = 0;
};

/// The kernels on a CUDA device; null if it has too little shared memory for the network's width. `cells` is
/// 2 * group + label of each row of the plan. Throws `Error` in a build without CUDA, or when CUDA reports an error.
std::unique_ptr<TrialKernels> cuda_trial_kernels(const TrialPlan& plan, std::span<const std::uint8_t> cells,
                                                 std::uint64_t seed, double sigma, Device device);

}  // namespace posthoc::debias
