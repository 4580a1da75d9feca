#include "debias/equalized_odds.h"

#include "base/error.h"
#include "fairness/equalized_odds.h"

namespace posthoc::debias {

EqualizedOddsMethod::EqualizedOddsMethod(const EqualizedOddsOptions& options) : options_(options) {
  if (!options.threshold) return;
  require(*options.threshold >= 0.0 && *options.threshold <= 1.0,
          "equalized odds: the threshold must lie in [0, 1], got {}", *options.threshold);
}

Debiased EqualizedOddsMethod::fit(const Problem& problem) const {
  validate(problem);
  const double threshold =
      options_.threshold ? *options_.threshold
                         : fairness::find_accuracy_threshold(problem.validation, problem.threshold_search).threshold;
  const auto program = fairness::solve_equalized_odds(fairness::count(problem.validation, threshold));
  const auto& [sp2p, sn2p, op2p, on2p] = program.best.probabilities;

  Debiased result;
  result.model = problem.model;
  result.rule = EqualizedOdds{sp2p, sn2p, op2p, on2p, threshold};
  result.details = {
      {"lp_objective", program.best.objective}, {"gap", program.gap}, {"tpr", program.tpr}, {"fpr", program.fpr}};
  if (!program.unique) {
    result.notes.push_back(fmt::format(
        "the decisions score > {} say nothing of the labels in group {} (its TPR is its FPR), so equalized odds leaves "
        "only decisions that say nothing of them in either group; of these equally good ones the constant decision "
        "for the more frequent label is taken",
        threshold, program.degenerate));
  }
  return result;
}

}  // namespace posthoc::debias
