#pragma once

#include <cstdint>
#include <gtest/gtest.h>
#include <string>

#include "cuda_emulator/cuda_emulator.h"
#include "cuda_emulator/thorough.h"

namespace posthoc::testing {

/// Calls `run` once for each order of threads: ascending, descending, two random ones. The thread sanitizer sees a race
/// in any order and takes its time: there, one.
template <typename F>
void in_all_orders(F run) {
#ifdef POSTHOC_EMULATED_tsan
  constexpr std::uint64_t orders = 1;
#else
  constexpr std::uint64_t orders = 4;
#endif
  for (std::uint64_t seed = 0; seed < orders; ++seed) {
    SCOPED_TRACE("order " + std::to_string(seed));
    emulator::options().seed = seed;
    run();
  }
  emulator::options().seed = 0;
}

}  // namespace posthoc::testing
