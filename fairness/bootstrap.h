#pragma once

#include <cstdint>
#include <vector>

#include "fairness/counts.h"
#include "fairness/interval.h"
#include "fairness/measure.h"
#include "fairness/outcomes.h"
#include "fairness/resampling.h"
#include "fairness/value.h"

namespace posthoc::fairness {

struct BootstrapOptions {
  int resamples = 2000;  ///< in [1, 1000000], and enough that a tail holds one: 2 / (1 - level)
  double level = 0.95;   ///< of confidence, in (0, 1)
  IntervalMethod method = IntervalMethod::percentile;
  Strata strata = Strata::group;  ///< what every resample has in common with the data
  std::uint64_t seed = 0;
};

/// A measure's value on the data and how sure it is.
struct MeasureInterval {
  const Measure* measure;
  Value estimate;
  Interval interval;
};

/// Confidence intervals of all measures, one a row of their table and in its order, for decisions that a fixed rule
/// made: the rule is not fitted anew. `counts` are the decisions' on the rows of `outcomes`, as in `audit`.
///
/// Measures of counts are resampled by cells (`CellResampler`), O(cells) a resample; measures of the scores by rows.
/// Expected counts of a rule that randomises are resampled as if each decision was drawn: the interval then covers what
/// the rule's draws add as well. Work runs on `threads()` threads and is the same bits for any number of them.
/// Throws `Error` on bad options, outcomes or counts, or if the two are not of the same rows.
std::vector<MeasureInterval> bootstrap(const GroupCounts& counts, const Outcomes& outcomes,
                                       const BootstrapOptions& options = {});

/// The same for the decisions `score > threshold`.
std::vector<MeasureInterval> bootstrap(const Outcomes& outcomes, double threshold,
                                       const BootstrapOptions& options = {});

/// Throws `Error` on options that no bootstrap can keep.
void validate(const BootstrapOptions& options);

}  // namespace posthoc::fairness
