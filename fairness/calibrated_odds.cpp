#include "fairness/calibrated_odds.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"

namespace posthoc::fairness {
namespace {

// Costs are means of up to millions of numbers in [0, 1]; a difference below this may be rounding alone, and a mix rate
// made of it any number.
constexpr double kRounding = 1e-12;

double cost_of(CalibrationCost cost, double base_rate, double gfpr, double gfnr) {
  switch (cost) {
    case CalibrationCost::fpr:
      return gfpr;
    case CalibrationCost::fnr:
      return gfnr;
    case CalibrationCost::weighted:
      return gfpr * (1 - base_rate) / 2 + gfnr * base_rate / 2;
  }
  fail("calibrated odds: unknown cost");
}

double number(const Value& value) {
  require(value.defined(), "calibrated odds: {}, and the method needs both kinds in both groups", value.reason());
  return value.number();
}

CalibratedGroup group_before(const GroupScores& scores, int group, CalibrationCost cost) {
  CalibratedGroup result;
  result.before.gfpr = number(gfpr(scores, group));
  result.before.gfnr = number(gfnr(scores, group));
  const double base_rate = scores[group].positives / scores[group].n();
  result.base_rate = base_rate;
  result.before.cost = cost_of(cost, base_rate, result.before.gfpr, result.before.gfnr);
  result.trivial_cost = cost_of(cost, base_rate, base_rate, 1 - base_rate);
  return result;
}

// The share that makes the cost of `mixed` the cost of the other group.
Value wanted_rate(const CalibratedGroup& mixed, const CalibratedGroup& other, int group) {
  const double missing = other.before.cost - mixed.before.cost;
  const double reach = mixed.trivial_cost - mixed.before.cost;
  if (missing <= kRounding) return 0.0;
  if (std::abs(reach) <= kRounding) return Value::undefined("has the same cost with its base rate as score", group);
  return missing / reach;
}

GeneralisedRates mixed_rates(const CalibratedGroup& group, CalibrationCost cost) {
  const double r = group.mix_rate;
  const double gfpr = (1 - r) * group.before.gfpr + r * group.base_rate;
  const double gfnr = (1 - r) * group.before.gfnr + r * (1 - group.base_rate);
  return {gfpr, gfnr, cost_of(cost, group.base_rate, gfpr, gfnr)};
}

}  // namespace

CalibratedOdds calibrated_odds(const GroupScores& scores, CalibrationCost cost) {
  require(scores.groups() == 2,
          "calibrated odds: the method is for two groups, unprivileged (0) and privileged (1), and there are {}",
          scores.groups());
  CalibratedOdds result;
  result.groups = {group_before(scores, kUnprivileged, cost), group_before(scores, kPrivileged, cost)};
  const auto& [unprivileged, privileged] = result.groups;
  result.mixed = unprivileged.before.cost > privileged.before.cost ? kPrivileged : kUnprivileged;
  CalibratedGroup& mixed = result.groups[static_cast<std::size_t>(result.mixed)];
  const CalibratedGroup& other = result.groups[static_cast<std::size_t>(1 - result.mixed)];
  result.wanted_rate = wanted_rate(mixed, other, result.mixed);
  if (result.wanted_rate.defined()) mixed.mix_rate = std::clamp(result.wanted_rate.number(), 0.0, 1.0);
  for (CalibratedGroup& group : result.groups) group.after = mixed_rates(group, cost);
  return result;
}

}  // namespace posthoc::fairness
