#include "base/error.h"
#include "debias/fused/cuda/trial_kernels.h"

namespace posthoc::debias {

std::unique_ptr<TrialKernels> cuda_trial_kernels(const TrialPlan& /*plan*/, std::span<const std::uint8_t> /*cells*/,
                                                 std::uint64_t /*seed*/, double /*sigma*/, Device device) {
  fail("{}: this posthoc was built without CUDA; configure with -DPOSTHOC_CUDA=ON, or use the CPU", device.name());
}

}  // namespace posthoc::debias
