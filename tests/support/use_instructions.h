#pragma once

#include <cstdint>
#include <hwy/targets.h>

namespace posthoc::testing {

/// While it lives, kernels take the processor for one that has these sets of instructions (HWY_AVX2, ...) alone.
class UseInstructions {
 public:
  explicit UseInstructions(std::int64_t targets) { choose(targets); }
  UseInstructions(const UseInstructions&) = delete;
  UseInstructions& operator=(const UseInstructions&) = delete;
  ~UseInstructions() { choose(0); }

 private:
  static void choose(std::int64_t targets) {
    hwy::SetSupportedTargetsForTest(targets);
    hwy::GetChosenTarget().DeInit();  // the next call chooses anew
  }
};

}  // namespace posthoc::testing
