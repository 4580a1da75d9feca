#pragma once

#include "debias/method.h"

namespace posthoc::debias {

/// Calibrated equalized odds (Pleiss et al. 2017): scores of the group with the lower cost are replaced at random by
/// the group's base rate, until both groups' costs are equal (`fairness::calibrated_odds`); then decided at 0.5
/// (favourable iff >= 0.5). Works on scores, labels and groups alone; the problem's objective plays no part.
///
/// Details, each `_unprivileged` and `_privileged`: `base_rate`, `gfpr`, `gfnr`, `cost`, `trivial_cost`, and, expected
/// after mixing, `gfpr_after`, `gfnr_after`, `cost_after`; besides, `mix_rate_unclamped`, the rate that the mixed group
/// would need. Notes say what the method cannot do and, if it applies, that the costs could not be made equal.
class CalibratedEqualizedOdds final : public Method {
 public:
  explicit CalibratedEqualizedOdds(const CalibratedOptions& options = {}) : options_(options) {}

  /// Also throws `Error` unless there are two groups, each with favourable and unfavourable labels.
  [[nodiscard]] Debiased fit(const Problem& problem) const override;

 private:
  CalibratedOptions options_;
};

}  // namespace posthoc::debias
