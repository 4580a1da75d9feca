#pragma once

#include "debias/method.h"

namespace posthoc::debias {

/// Reject option classification (Kamiran et al. 2012): the model stays; where its score is close to the threshold,
/// decisions go in favour of the unprivileged group. Threshold and margin are those of the best balanced accuracy on
/// validation among those whose bias, by the objective's bias measure, lies within the bound. The objective's
/// performance measure and lambda play no part: that rule is the method's own, in both modes, and AIF360's.
///
/// `Mode::exact` searches all pairs of thresholds that the scores tell apart, `Mode::grid` AIF360's 5000 points with
/// its ties and its fallback; see `fairness::RejectOptionSweep`. `details`: constraint_value (the bias),
/// balanced_accuracy, feasible_points; of a grid also grid_index and num_tied_optima. A note says if nothing was within
/// the bound.
class RejectOptionClassification final : public Method {
 public:
  /// Throws `Error` unless the bound lies in [0, 1].
  explicit RejectOptionClassification(const RejectOptionOptions& options = {});

  /// Needs no model. Throws `Error` on a bad problem or unless there are two groups with rows.
  [[nodiscard]] Debiased fit(const Problem& problem) const override;

 private:
  RejectOptionOptions options_;
};

}  // namespace posthoc::debias
