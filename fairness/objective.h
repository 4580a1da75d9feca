#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>

#include "fairness/counts.h"
#include "fairness/measure.h"
#include "fairness/outcomes.h"

namespace posthoc::fairness {

/// What a rate over no rows (TPR of a group without positive labels, say) counts as inside an
/// optimisation. A report always shows it as undefined.
enum class EmptyCell {
  worst,  ///< the whole measure takes its worst value, so that emptying a cell never pays
  zero    ///< the rate is 0, as in the code published with Savani et al. 2020
};

/// What a method minimises, phi.
///
/// `tradeoff` (Savani et al. 2020, equation 1): `phi = lambda * unfairness + (1 - lambda) * (1 - performance)`, where
/// the unfairness is the magnitude of a difference (see `Measure::unfairness` for ratios).
///
/// `constrained`: the best performance of those decisions whose unfairness is at most epsilon; where none is, the
/// least unfair. As one number: `phi = 1 - performance`, at most 1, if the decisions are feasible, else
/// `phi = 1 + unfairness`, above 1. Whatever minimises a number can so minimise either.
struct Objective {
  enum class Kind { tradeoff, constrained };

  const Measure* bias = nullptr;
  const Measure* performance = nullptr;
  double lambda = 0.75;  // of a trade-off, in [0, 1]
  EmptyCell empty_cell = EmptyCell::worst;
  Kind kind = Kind::tradeoff;
  double epsilon = 0.05;  // of a constraint, in [0, 1); below 1, the unfairness of an undefined bias
};

/// The objective of measures by name; checked. Throws `Error` on an unknown name, a measure of the
/// wrong kind or a lambda outside [0, 1].
Objective make_objective(std::string_view bias, std::string_view performance = "accuracy", double lambda = 0.75,
                         EmptyCell empty_cell = EmptyCell::worst);

/// The constrained objective of measures by name; checked. Throws `Error` on an unknown name, a measure of the wrong
/// kind or an epsilon outside [0, 1).
Objective make_constrained_objective(std::string_view bias, std::string_view performance = "accuracy",
                                     double epsilon = 0.05, EmptyCell empty_cell = EmptyCell::worst);

/// The name on the command line: "tradeoff", "constrained".
std::string_view to_string(Objective::Kind kind);

/// Throws `Error` unless both measures are set, with a function, and of the right kind, lambda lies in [0, 1] and
/// epsilon in [0, 1).
void validate(const Objective& objective);

/// An objective bound to outcomes, so that it is a function of decisions alone: measures of the
/// scores, which no decision changes, are computed once. Calls neither allocate nor return NaN.
class BoundObjective {
 public:
  /// Throws `Error` on a bad objective, or on bad outcomes if a measure looks at them.
  BoundObjective(const Objective& objective, const Outcomes& outcomes);

  /// phi for the decisions counted; where that is above `bound`, perhaps another number above it, for less work.
  [[nodiscard]] double operator()(const GroupCounts& counts,
                                  double bound = std::numeric_limits<double>::infinity()) const {
    const double unfairness = unfairness_of(counts);
    if (objective_.kind == Objective::Kind::tradeoff) {
      // What the performance adds is not negative, also after rounding.
      const double least = objective_.lambda * unfairness;
      if (least > bound) return least;
    }
    return phi(unfairness, counted_performance_of(counts));
  }

  /// phi for an unfairness and a performance as it counts them: it grows with the one and falls with the other.
  [[nodiscard]] double phi(double unfairness, double performance) const {
    if (objective_.kind == Objective::Kind::tradeoff) {
      return objective_.lambda * unfairness + (1 - objective_.lambda) * (1 - performance);
    }
    if (unfairness <= objective_.epsilon) return 1 - performance;
    return 1 + std::max(unfairness, std::numeric_limits<double>::epsilon());  // above 1 also after rounding
  }

  /// Whether the decisions counted are within a constrained objective's epsilon. True for a trade-off.
  [[nodiscard]] bool feasible(const GroupCounts& counts) const {
    return objective_.kind == Objective::Kind::tradeoff || unfairness_of(counts) <= objective_.epsilon;
  }

  /// The unfairness that phi counts: that of the measure's worst value if the bias is undefined.
  [[nodiscard]] double unfairness_of(const GroupCounts& counts) const {
    return objective_.bias->unfairness(number(bias_of(counts), *objective_.bias));
  }
  /// The performance that phi counts: the measure's worst value if it is undefined.
  [[nodiscard]] double counted_performance_of(const GroupCounts& counts) const {
    return number(performance_of(counts), *objective_.performance);
  }

  [[nodiscard]] Value bias_of(const GroupCounts& counts) const {
    return objective_.bias->of_counts ? objective_.bias->of_counts(counts) : score_bias_;
  }
  [[nodiscard]] Value performance_of(const GroupCounts& counts) const {
    return objective_.performance->of_counts ? objective_.performance->of_counts(counts) : score_performance_;
  }

 private:
  [[nodiscard]] double number(const Value& value, const Measure& measure) const {
    if (value.defined()) return value.number();
    const double as_zero = value.with_empty_as_zero();
    const bool use_zero = objective_.empty_cell == EmptyCell::zero && !std::isnan(as_zero);
    return use_zero ? as_zero : measure.worst;
  }

  Objective objective_;
  Value score_bias_ = 0.0;         // read iff the bias measure looks at scores
  Value score_performance_ = 0.0;  // read iff the performance measure looks at scores
};

/// phi for the decisions `score > threshold`. Throws `Error` on a bad objective or outcomes.
double evaluate(const Objective& objective, const Outcomes& outcomes, double threshold);

}  // namespace posthoc::fairness
