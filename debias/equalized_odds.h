#pragma once

#include "debias/method.h"

namespace posthoc::debias {

/// Equalized odds (Hardt et al. 2016): decisions are kept or turned at random, with the probabilities of each group
/// that make TPR and FPR of both groups equal at the least loss (`fairness::solve_equalized_odds`). The base decisions
/// are `score > threshold` with the given threshold, or with the most accurate one of the validation rows. Works on
/// scores, labels and groups alone; the problem's objective plays no part.
///
/// Details: `lp_objective`, `gap` to the second best vertex, and the `tpr` and `fpr` expected of both groups on the
/// validation rows. A note says if the program is degenerate and the result a constant decision.
class EqualizedOddsMethod final : public Method {
 public:
  /// Throws `Error` if the threshold is outside [0, 1].
  explicit EqualizedOddsMethod(const EqualizedOddsOptions& options = {});

  /// Also throws `Error` unless there are two groups, each with favourable and unfavourable labels.
  [[nodiscard]] Debiased fit(const Problem& problem) const override;

 private:
  EqualizedOddsOptions options_;
};

}  // namespace posthoc::debias
