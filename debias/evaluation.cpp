#include "debias/evaluation.h"

namespace posthoc::debias {

Evaluation evaluate(const DecisionRule& rule, const fairness::Outcomes& outcomes,
                    const fairness::Objective& objective) {
  return evaluate(count(rule, outcomes), outcomes, objective);
}

Evaluation evaluate(const fairness::GroupCounts& counts, const fairness::Outcomes& outcomes,
                    const fairness::Objective& objective) {
  const fairness::BoundObjective phi(objective, outcomes);
  const fairness::Value bias = phi.bias_of(counts);
  const fairness::Value performance = phi.performance_of(counts);
  // The sum carries the reason of whichever is undefined.
  const fairness::Value value = (bias + performance).with_number(phi(counts));
  return {fairness::audit(counts, outcomes),
          value,
          bias,
          performance,
          fairness::degenerate(counts, outcomes, objective),
          phi.feasible(counts)};
}

}  // namespace posthoc::debias
