#include "fairness/objective.h"

#include "base/error.h"

namespace posthoc::fairness {

Objective make_objective(std::string_view bias, std::string_view performance, double lambda, EmptyCell empty_cell) {
  const Objective objective{&find_measure(bias, Measure::Kind::bias),
                            &find_measure(performance, Measure::Kind::performance), lambda, empty_cell};
  validate(objective);
  return objective;
}

void validate(const Objective& objective) {
  require(objective.bias != nullptr && objective.performance != nullptr,
          "objective: a bias and a performance measure are needed");
  require(objective.bias->kind == Measure::Kind::bias, "objective: {} is not a bias measure", objective.bias->name);
  require(objective.performance->kind == Measure::Kind::performance, "objective: {} is not a performance measure",
          objective.performance->name);
  require(objective.lambda >= 0 && objective.lambda <= 1, "objective: lambda is {}; expected a number in [0, 1]",
          objective.lambda);
}

BoundObjective::BoundObjective(const Objective& objective, const Outcomes& outcomes) : objective_(objective) {
  validate(objective);
  if (objective.bias->of_outcomes) score_bias_ = objective.bias->of_outcomes(outcomes);
  if (objective.performance->of_outcomes) {
    score_performance_ = objective.performance->of_outcomes(outcomes);
  }
}

double evaluate(const Objective& objective, const Outcomes& outcomes, double threshold) {
  return BoundObjective(objective, outcomes)(count(outcomes, threshold));
}

}  // namespace posthoc::fairness
