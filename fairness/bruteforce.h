#pragma once

#include "fairness/reject_option.h"
#include "fairness/threshold.h"

namespace posthoc::fairness {

/// `find_threshold` in its plainest form: every threshold is tried by counting all rows anew. O(n)
/// for each of up to n + 1 cuts. The reference that every faster search is tested against.
ThresholdResult find_threshold_bruteforce(const Outcomes& outcomes, const Objective& objective,
                                          const ThresholdSearch& search = {});

/// `RejectOptionSweep::find_exact` in its plainest form: every pair of thresholds, all rows counted anew. O(n) for each
/// of up to n^2 / 2 pairs. Accuracy and balanced accuracy are compared as fractions there and here.
RejectOptionResult find_reject_option_bruteforce(const Outcomes& outcomes, const RejectOptionGoal& goal);

/// `RejectOptionSweep::find_on_grid` as AIF360 says it: a row in the critical region gets its group's decision.
RejectOptionResult find_reject_option_on_grid_bruteforce(const Outcomes& outcomes, const RejectOptionGoal& goal);

}  // namespace posthoc::fairness
