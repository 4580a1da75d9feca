#pragma once

#include <optional>

#include "fairness/counts.h"
#include "fairness/measure.h"
#include "fairness/outcomes.h"
#include "fairness/value.h"

namespace posthoc::fairness {

/// Two groups, `first < second`, and a bias measure's value for them alone: first against second.
struct GroupPair {
  int first;
  int second;
  Value value;
};

/// The two groups between which `bias` is the most unfair; of several such pairs the first. Nothing if the measure is
/// undefined for some pair. For a report: a measure's own value for many groups is found without looking at pairs.
///
/// O(G^2) measures for G groups; a measure of the scores takes O(G n) for n rows. Throws `Error` if `bias` is no bias
/// measure or, for a measure of the scores, on bad outcomes.
std::optional<GroupPair> worst_pair(const Measure& bias, const GroupCounts& counts, const Outcomes& outcomes);

}  // namespace posthoc::fairness
