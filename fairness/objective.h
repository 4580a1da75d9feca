#pragma once

#include <cmath>
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

/// What a method minimises (Savani et al. 2020, equation 1):
/// `phi = lambda * unfairness + (1 - lambda) * (1 - performance)`, where the unfairness is the magnitude
/// of a difference (see `Measure::unfairness` for ratios).
struct Objective {
  const Measure* bias = nullptr;
  const Measure* performance = nullptr;
  double lambda = 0.75;  // in [0, 1]
  EmptyCell empty_cell = EmptyCell::worst;
};

/// The objective of measures by name; checked. Throws `Error` on an unknown name, a measure of the
/// wrong kind or a lambda outside [0, 1].
Objective make_objective(std::string_view bias, std::string_view performance = "accuracy", double lambda = 0.75,
                         EmptyCell empty_cell = EmptyCell::worst);

/// Throws `Error` unless both measures are set and of the right kind and lambda lies in [0, 1].
void validate(const Objective& objective);

/// An objective bound to outcomes, so that it is a function of decisions alone: measures of the
/// scores, which no decision changes, are computed once. Calls neither allocate nor return NaN.
class BoundObjective {
 public:
  /// Throws `Error` on a bad objective, or on bad outcomes if a measure looks at them.
  BoundObjective(const Objective& objective, const Outcomes& outcomes);

  /// phi for the decisions counted.
  [[nodiscard]] double operator()(const GroupCounts& counts) const {
    const double bias = number(bias_of(counts), *objective_.bias);
    const double performance = number(performance_of(counts), *objective_.performance);
    return objective_.lambda * objective_.bias->unfairness(bias) + (1 - objective_.lambda) * (1 - performance);
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
