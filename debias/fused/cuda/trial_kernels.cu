#include "debias/fused/cuda/trial_kernels.h"

#include "debias/fused/cuda/batched_trials.cuh"

namespace posthoc::debias {

std::unique_ptr<TrialKernels> cuda_trial_kernels(const TrialPlan& plan, std::span<const std::uint8_t> cells,
                                                 std::uint64_t seed, double sigma, Device device) {
  cuda::use_device(device.index());
  if (!GPU_NS::forward_fits(plan.hidden, plan.width)) return nullptr;
  return std::make_unique<GPU_NS::BatchedTrials>(plan, cells, seed, sigma, device.index());
}

}  // namespace posthoc::debias
