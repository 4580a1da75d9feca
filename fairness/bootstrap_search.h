#pragma once

#include <vector>

#include "fairness/bootstrap.h"
#include "fairness/objective.h"
#include "fairness/outcomes.h"
#include "fairness/threshold.h"

namespace posthoc::fairness {

/// Intervals that hold what choosing the threshold adds.
struct SearchIntervals {
  double threshold;                       ///< the best one on the validation rows as they are
  Interval threshold_interval;            ///< of those of the resamples
  std::vector<MeasureInterval> measures;  ///< on the test rows, one a row of the table
};

/// Every resample draws validation rows, chooses the threshold that is best on them, draws test rows and measures there
/// what that threshold does. O(n) a resample: scores are sorted once, and a resample is a weight for each of them.
/// Equal bits for any number of threads. Throws `Error` on bad input, and for the method `bca`: the best threshold
/// jumps when a row is left out, so that the jackknife says nothing about it.
SearchIntervals bootstrap_search(const Outcomes& validation, const Outcomes& test, const Objective& objective,
                                 const ThresholdSearch& search = {}, const BootstrapOptions& options = {});

}  // namespace posthoc::fairness
