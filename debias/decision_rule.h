#pragma once

#include <cstdint>
#include <variant>

#include "fairness/counts.h"
#include "fairness/outcomes.h"

namespace posthoc::debias {

/// Favourable iff score > threshold, whatever the group.
struct Threshold {
  double threshold = 0.5;
};

/// What turns a score into a decision: half of a debiased predictor, the other half is the model.
using DecisionRule = std::variant<Threshold>;

/// P(favourable decision | score, group) under the rule.
double favourable_probability(const DecisionRule& rule, double score, std::int32_t group);

/// Confusion counts under the rule; expected ones for a rule that randomises. Throws `Error` on bad outcomes or a
/// threshold that is NaN.
fairness::GroupCounts count(const DecisionRule& rule, const fairness::Outcomes& outcomes);

}  // namespace posthoc::debias
