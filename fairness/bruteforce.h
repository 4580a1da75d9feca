#pragma once

#include "fairness/threshold.h"

namespace posthoc::fairness {

/// `find_threshold` in its plainest form: every threshold is tried by counting all rows anew. O(n)
/// for each of up to n + 1 cuts. The reference that every faster search is tested against.
ThresholdResult find_threshold_bruteforce(const Outcomes& outcomes, const Objective& objective,
                                          const ThresholdSearch& search = {});

}  // namespace posthoc::fairness
