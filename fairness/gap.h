#pragma once

#include <algorithm>

#include "fairness/value.h"

namespace posthoc::fairness {

// How the rates of several groups become one number. `rates` has the number of groups, `rates.groups()`, and
// `rate(rates, group)` is a group's rate: a `Value`. Neither function allocates.

/// The bias of a rate as a difference; 0 is fair. Two groups: signed, group 0 minus group 1. More groups: the largest
/// gap between any two, so at least 0. Undefined if some group's rate is.
template <typename Rates, typename Rate>
Value group_difference(const Rates& rates, Rate rate) {
  Value gap = rate(rates, 0);  // undefined iff some group's rate is
  if (rates.groups() == 2) return gap - rate(rates, 1);
  double lowest = gap.with_empty_as_zero();
  double highest = lowest;
  for (int group = 1; group < rates.groups(); ++group) {
    const Value value = rate(rates, group);
    lowest = std::min(lowest, value.with_empty_as_zero());
    highest = std::max(highest, value.with_empty_as_zero());
    gap = gap + value;
  }
  return gap.with_number(highest - lowest);
}

/// The bias of a rate (of numbers from 0 on) as a ratio; 1 is fair. Two groups: group 0 over group 1. More groups: the
/// lowest rate over the highest, so at most 1. Undefined if some group's rate is, or if the denominator is 0:
/// `why_zero` completes "group 1 ..." then, for example "has no favourable decisions".
template <typename Rates, typename Rate>
Value group_ratio(const Rates& rates, Rate rate, const char* why_zero) {
  const auto quotient = [why_zero](const Value& known, double numerator, double denominator, int group) {
    const Value& why = known.defined() && !(denominator > 0) ? Value::undefined(why_zero, group) : known;
    return why.with_number(numerator / denominator);
  };
  Value known = rate(rates, 0);  // undefined iff some group's rate is
  double lowest = known.with_empty_as_zero();
  double highest = lowest;
  for (int group = 1; group < rates.groups(); ++group) {
    const Value value = rate(rates, group);
    if (rates.groups() == 2) return quotient(known + value, lowest, value.with_empty_as_zero(), 1);
    lowest = std::min(lowest, value.with_empty_as_zero());
    highest = std::max(highest, value.with_empty_as_zero());
    known = known + value;
  }
  return quotient(known, lowest, highest, kAllGroups);
}

}  // namespace posthoc::fairness
