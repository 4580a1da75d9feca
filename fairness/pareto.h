#pragma once

#include <vector>

#include "fairness/counts.h"
#include "fairness/objective.h"
#include "fairness/outcomes.h"

namespace posthoc::fairness {

/// A threshold that no other one beats: none is both at least as fair and at least as good, and better in one.
struct ParetoPoint {
  double threshold;    ///< decisions are `score > threshold`
  double unfairness;   ///< as `BoundObjective::unfairness_of`: that of the worst value if undefined
  double performance;  ///< as `BoundObjective::counted_performance_of`
  GroupCounts counts;
};

/// The Pareto front of (unfairness, performance) over every distinct set of decisions `score > threshold`, by ascending
/// unfairness and so ascending performance. Exact. Of decisions with the same two numbers the threshold nearest to 0.5
/// is kept, then the lower. Of `objective` only the measures and the policy for empty cells matter: the optimum of
/// every lambda and every epsilon lies on the front.
///
/// O(n log n), plus O(G) for each point kept. Throws `Error` on a bad objective or bad outcomes.
std::vector<ParetoPoint> pareto_front(const Outcomes& outcomes, const Objective& objective);

}  // namespace posthoc::fairness
