#include "fairness/objective.h"

#include "base/error.h"

namespace posthoc::fairness {

Objective make_objective(std::string_view bias, std::string_view performance, double lambda, EmptyCell empty_cell) {
  const Objective objective{&find_measure(bias, Measure::Kind::bias),
                            &find_measure(performance, Measure::Kind::performance), lambda, empty_cell};
  validate(objective);
  return objective;
}

Objective make_constrained_objective(std::string_view bias, std::string_view performance, double epsilon,
                                     EmptyCell empty_cell) {
  Objective objective = make_objective(bias, performance, 0.75, empty_cell);
  objective.kind = Objective::Kind::constrained;
  objective.epsilon = epsilon;
  validate(objective);
  return objective;
}

std::string_view to_string(Objective::Kind kind) {
  return kind == Objective::Kind::tradeoff ? "tradeoff" : "constrained";
}

void validate(const Objective& objective) {
  require(objective.bias != nullptr && objective.performance != nullptr,
          "objective: a bias and a performance measure are needed");
  require(objective.bias->kind == Measure::Kind::bias, "objective: {} is not a bias measure", objective.bias->name);
  require(objective.performance->kind == Measure::Kind::performance, "objective: {} is not a performance measure",
          objective.performance->name);
  require(objective.lambda >= 0 && objective.lambda <= 1, "objective: lambda is {}; expected a number in [0, 1]",
          objective.lambda);
  require(objective.epsilon >= 0 && objective.epsilon < 1,
          "objective: epsilon is {}; expected a number from 0 to below 1", objective.epsilon);
  for (const Measure* measure : {objective.bias, objective.performance}) {
    require((measure->of_counts == nullptr) != (measure->of_outcomes == nullptr),
            "objective: the measure {} needs exactly one function, of counts or of outcomes", measure->name);
  }
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
