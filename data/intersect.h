#pragma once

#include "data/dataset.h"

namespace posthoc::data {

/// At most so many attributes are intersected: 2^8 combinations.
constexpr std::size_t max_intersected = 8;

/// Sets `dataset.protected_attribute` from `dataset.chosen_attributes`: the one that is chosen, or for several a new
/// attribute, named by theirs with commas, whose groups are their intersections. Group 0 is unprivileged by every one
/// of them, group 1 privileged by every one; the mixed combinations that occur are groups 2, 3, ... in binary order,
/// the first attribute being the highest digit. Every group has a name such as "sex: privileged, race: unprivileged".
///
/// Throws `Error` on an unknown attribute, one chosen twice, more than `max_intersected`, or when nobody is in group 0
/// or nobody in group 1.
void intersect(Dataset& dataset);

}  // namespace posthoc::data
