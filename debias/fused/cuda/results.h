#pragma once

#include <cstdint>

#include "debias/fused/cuda/device_objective.h"

// What the kernels give back, as the host and the device both lay it out: without padding, so that every byte that is
// copied has been written.

namespace posthoc::debias {

/// What the sweep found for one trial.
struct DeviceCut {
  double objective = 0.0;
  double threshold = 0.0;
  Cells rejected;           ///< rows at or below the threshold
  std::uint64_t sound = 0;  ///< 0: some score is no number, and the rest of this means nothing
};

/// The trial with the smallest objective, of equally good ones the first; kNone if none is sound.
struct DeviceWinner {
  static constexpr std::uint32_t kNone = 0xFFFFFFFFU;
  double objective = 0.0;
  std::uint64_t trial = kNone;  ///< counted from the first one asked for
};

}  // namespace posthoc::debias
