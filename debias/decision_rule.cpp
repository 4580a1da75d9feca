#include "debias/decision_rule.h"

#include <cmath>

#include "base/error.h"

namespace posthoc::debias {

double favourable_probability(const DecisionRule& rule, double score, std::int32_t /*group*/) {
  return score > std::get<Threshold>(rule).threshold ? 1.0 : 0.0;
}

fairness::GroupCounts count(const DecisionRule& rule, const fairness::Outcomes& outcomes) {
  fairness::validate(outcomes);
  require(!std::isnan(std::get<Threshold>(rule).threshold), "decision rule: the threshold is not a number");
  fairness::GroupCounts counts(fairness::group_count(outcomes.groups));
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const double favourable = favourable_probability(rule, outcomes.scores[i], outcomes.groups[i]);
    const double unfavourable = 1.0 - favourable;
    counts.add(outcomes.groups[i], outcomes.labels[i] != 0
                                       ? fairness::CellCounts{.tp = favourable, .fn = unfavourable}
                                       : fairness::CellCounts{.fp = favourable, .tn = unfavourable});
  }
  return counts;
}

}  // namespace posthoc::debias
