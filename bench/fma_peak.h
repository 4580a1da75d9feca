#pragma once

namespace posthoc::bench {

/// Sums that a step adds to: some more than two units with a latency of four, or one of six, keep busy.
inline constexpr int kPeakChains = 12;

/// What a processor core could do at best: fused multiply-adds on the widest vectors that it has, on registers alone.
/// Returns the operations done; `sum` is their result, so that somebody uses them.
double fma_peak_flop(long steps, float& sum);

}  // namespace posthoc::bench
