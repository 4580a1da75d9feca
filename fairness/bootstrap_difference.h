#pragma once

#include <span>
#include <vector>

#include "fairness/bootstrap.h"
#include "fairness/outcomes.h"

namespace posthoc::fairness {

/// How a measure changes from one predictor to another on the same rows.
struct DifferenceInterval {
  const Measure* measure;
  Value original;
  Value changed;
  Value difference;   ///< changed - original
  Interval interval;  ///< of it
  /// The change of the unfairness, `Measure::unfairness`: |changed| - |original| of a difference. Below 0, a bias is
  /// nearer to fair. Of a measure that is no bias, the difference.
  Value distance;
  Interval distance_interval;
};

/// Scores of some rows and what was decided for each.
struct DecidedOutcomes {
  Outcomes outcomes;
  std::span<const double> favourable;  ///< P(favourable decision) of each row: 0 or 1 where the rule does not randomise
};

/// Paired confidence intervals of all measures' changes. Both predictors are seen on the same resampled rows, so what
/// they have in common cancels, and the intervals are shorter than those of two independent samples. Measures of counts
/// are resampled by the joint cells (group, label, decision, other decision); two rules that randomise do so
/// independently. Throws `Error` on bad input, or unless labels and groups of the two are the same.
std::vector<DifferenceInterval> bootstrap_difference(const DecidedOutcomes& original, const DecidedOutcomes& changed,
                                                     const BootstrapOptions& options = {});

/// The same of some measures, in the order asked for; they need not be in the table. Without a measure of the scores it
/// takes milliseconds for any number of rows. Throws `Error` as well on a measure that has no function.
std::vector<DifferenceInterval> bootstrap_difference(const DecidedOutcomes& original, const DecidedOutcomes& changed,
                                                     std::span<const Measure* const> asked,
                                                     const BootstrapOptions& options = {});

/// The same for the decisions `score > threshold`.
std::vector<DifferenceInterval> bootstrap_difference(const Outcomes& original, double original_threshold,
                                                     const Outcomes& changed, double changed_threshold,
                                                     const BootstrapOptions& options = {});

}  // namespace posthoc::fairness
