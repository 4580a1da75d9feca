#pragma once

#include <array>

#include "fairness/group_scores.h"
#include "fairness/value.h"

namespace posthoc::fairness {

/// Which generalised rates calibrated equalized odds makes equal: the cost of a group.
enum class CalibrationCost {
  fpr,      ///< generalised FPR: the mean score of the unfavourable labels
  fnr,      ///< generalised FNR: the mean of 1 - score of the favourable labels
  weighted  ///< GFPR (1 - b)/2 + GFNR b/2 with the base rate b
};

/// Generalised rates of a group and their cost.
struct GeneralisedRates {
  double gfpr = 0.0;
  double gfnr = 0.0;
  double cost = 0.0;
};

/// What calibrated equalized odds knows and does of one group.
struct CalibratedGroup {
  double base_rate = 0.0;     ///< share of favourable labels
  GeneralisedRates before;    ///< of the scores
  GeneralisedRates after;     ///< expected after mixing
  double trivial_cost = 0.0;  ///< of the score that is the base rate for everybody
  double mix_rate = 0.0;      ///< probability that a score is replaced by the base rate, in [0, 1]
};

/// How calibrated equalized odds mixes (Pleiss et al. 2017).
struct CalibratedOdds {
  std::array<CalibratedGroup, 2> groups;  ///< unprivileged (0), privileged (1)
  int mixed = 0;                          ///< the group of the lower cost: the one whose scores are replaced
  /// The mix rate that would make the costs equal. Outside [0, 1] no mixing does, and the group's `mix_rate` is the
  /// nearer end. Undefined, with a `mix_rate` of 0, if the group's cost is its trivial cost, which no mixing changes.
  Value wanted_rate = 0.0;
};

/// The mix rates that make the groups' costs equal: of the group with the lower cost,
///
///     (higher cost - lower cost) / (trivial cost - lower cost),
///
/// and 0 of the other one. Costs that differ by less than rounding (1e-12) are equal: the rate is 0. Throws `Error`
/// unless there are two groups, each with favourable and unfavourable labels and scores in [0, 1].
CalibratedOdds calibrated_odds(const GroupScores& scores, CalibrationCost cost);

}  // namespace posthoc::fairness
