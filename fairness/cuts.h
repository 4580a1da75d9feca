#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "fairness/counts.h"

namespace posthoc::fairness {

// What sweeps over the cuts of sorted scores share: the threshold of a cut and what it changes.

/// What a row with this label adds to the counts when it is selected.
inline constexpr CellCounts kSelect[2] = {{.fp = 1}, {.tp = 1}};
/// What changes when such a row is selected no longer.
inline constexpr CellCounts kReject[2] = {{.fp = -1, .tn = 1}, {.tp = -1, .fn = 1}};

/// A threshold below every score: 0 if it is one. It is well below the lowest score, so that it
/// stays below when somebody rounds it to float32.
inline double threshold_for_everybody(double lowest_score) {
  if (lowest_score > 0) return 0;
  return std::min(lowest_score - 1, std::nextafter(lowest_score, -std::numeric_limits<double>::infinity()));
}

/// A threshold that no score is above.
inline double threshold_for_nobody(double highest_score) { return std::max(highest_score, 1.0); }

/// A threshold in [lower, upper).
inline double threshold_between(double lower, double upper) {
  const double middle = std::midpoint(lower, upper);
  return middle < upper ? middle : lower;
}

/// Whether a cut wins over the best one so far: by its objective, or else by a threshold nearer to 0.5. Cuts are asked
/// in ascending order of their thresholds, so that of two at the same distance the lower one stays.
inline bool cut_is_better(double objective, double threshold, double best_objective, double best_threshold) {
  return objective < best_objective ||
         (objective == best_objective && std::abs(threshold - 0.5) < std::abs(best_threshold - 0.5));
}

}  // namespace posthoc::fairness
