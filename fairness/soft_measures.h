#pragma once

#include "fairness/measure.h"

namespace posthoc::fairness {

// Soft versions of bias measures: what a measure is if nobody decides by a threshold, but every row is decided
// favourably with a probability of its score. Where the measure has a rate, its soft version has a mean score (Savani
// et al. 2020 use it for the statistical parity difference and the equalised odds). It changes with every weight of a
// network, and a minibatch of few rows has one.
//
// Every bias measure has one, of the table or of a program's own: a measure of counts is taken of the soft counts, and
// a measure of the scores is its own soft version. Performance measures and losses have none.

/// The expected counts of decisions that are favourable with probability `score`: a row with a favourable label adds
/// its score to tp and 1 - score to fn, another one the same to fp and tn. `groups` is the number of groups, so that
/// one without a row is seen as empty. Throws `Error` on bad outcomes, a score outside [0, 1] or a group not below
/// `groups`.
GroupCounts soft_counts(const Outcomes& outcomes, int groups);

/// The soft version of a bias measure on some rows, out of `groups` groups. Undefined, with the reason, where the
/// measure is: where a cell that it needs is empty. Throws `Error` as `soft_counts` does, and unless the measure is a
/// bias measure, with a list of these.
Value soft_measure(const Measure& measure, const Outcomes& outcomes, int groups);

/// How far a bias measure's value is from fair, with the sign of what is too large: a number whose magnitude is
/// `Measure::unfairness`. A difference is its own; a ratio r is r - 1 up to 1 and 1 - 1 / r above, so in [-1, 1).
/// Undefined as the value is.
Value signed_unfairness(const Measure& measure, const Value& value);

}  // namespace posthoc::fairness
