#include "debias/baselines.h"

namespace posthoc::debias {
namespace {

// Scores lie in [0, 1], so none is above 1 and all are above -1.
constexpr double kNobody = 1.0;
constexpr double kEverybody = -1.0;

}  // namespace

Debiased Majority::fit(const Problem& problem) const {
  validate(problem);
  const bool favourable = fairness::count_majority(problem.validation).total().selected() > 0;
  return {problem.model, Threshold{favourable ? kEverybody : kNobody}, {}, 0};
}

Debiased Default::fit(const Problem& problem) const {
  validate(problem);
  const auto best = fairness::find_accuracy_threshold(problem.validation, problem.threshold_search);
  return {problem.model, Threshold{best.threshold}, {}, 0};
}

Debiased ThresholdOnly::fit(const Problem& problem) const {
  validate(problem);
  const auto best = fairness::find_threshold(problem.validation, problem.objective, problem.threshold_search);
  return {problem.model, Threshold{best.threshold}, {}, 0};
}

}  // namespace posthoc::debias
