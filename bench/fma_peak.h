#pragma once

namespace posthoc::bench {

/// What a processor core could do at best: fused multiply-adds on the widest vectors, on registers alone, some more
/// chains of them than one unit's latency fills. Returns the operations done, so that somebody uses them; `sum` is
/// their result.
double fma_peak_flop(long steps, float& sum);

}  // namespace posthoc::bench
