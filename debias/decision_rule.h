#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "fairness/counts.h"
#include "fairness/outcomes.h"

namespace posthoc::debias {

using fairness::kPrivileged;
using fairness::kUnprivileged;

/// The threshold whose decisions `score > threshold` are `score >= 0.5`: AIF360's.
inline constexpr double kHalfOrAbove = 0.49999999999999994;  // the largest double below 0.5

/// Favourable iff score > threshold, whatever the group.
struct Threshold {
  double threshold = 0.5;
};

/// Reject option classification (Kamiran et al. 2012): favourable iff score > threshold, but within `margin` of the
/// threshold, where the classifier is unsure, favourable to the unprivileged and unfavourable to the privileged. That
/// is one threshold a group: favourable iff score > lower for the unprivileged, score > upper for the privileged. Both
/// are kept, because a search over them may find two numbers that no sum and difference of two others round to.
struct RejectOption {
  double threshold = 0.5;
  double margin = 0.0;  ///< at least 0
  double lower = 0.5;
  double upper = 0.5;

  /// lower = threshold - margin and upper = threshold + margin, in doubles: AIF360's critical region
  /// `lower < score <= upper`.
  static RejectOption around(double threshold, double margin) {
    return {threshold, margin, threshold - margin, threshold + margin};
  }
  /// Threshold and margin are the middle and half the width of lower <= upper.
  static RejectOption between(double lower, double upper) {
    return {lower + (upper - lower) / 2, (upper - lower) / 2, lower, upper};
  }
};

/// Equalized odds (Hardt et al. 2016): the decision `score > threshold` is kept or turned at random. `p2p` is the
/// probability that a favourable decision stays so, `n2p` that an unfavourable one is made favourable; s is the
/// privileged ("self-advantaged") and o the other group, as AIF360 names them.
struct EqualizedOdds {
  double sp2p = 1.0;
  double sn2p = 0.0;
  double op2p = 1.0;
  double on2p = 0.0;
  double threshold = kHalfOrAbove;
};

/// Calibrated equalized odds (Pleiss et al. 2017): with the group's mix rate as probability, the score is replaced by
/// the group's base rate; favourable iff the result > threshold.
struct CalibratedMix {
  double privileged_mix_rate = 0.0;
  double unprivileged_mix_rate = 0.0;
  double privileged_base_rate = 0.0;
  double unprivileged_base_rate = 0.0;
  double threshold = kHalfOrAbove;
};

/// What turns a score into a decision: half of a debiased predictor, the other half is the model.
using DecisionRule = std::variant<Threshold, RejectOption, EqualizedOdds, CalibratedMix>;

/// Throws `Error` on a number that is NaN, a probability outside [0, 1], a margin below 0 or lower above upper. All
/// functions below that take rows check the rule.
void validate(const DecisionRule& rule);

/// Throws `Error` unless the rule is sound and knows what to do with the groups 0..groups-1: all but `Threshold` know
/// two.
void validate(const DecisionRule& rule, int groups);

/// P(favourable decision | score, group) under the rule, which is sound and knows the group.
double favourable_probability(const DecisionRule& rule, double score, std::int32_t group);

/// The same of each row. Throws `Error` on bad outcomes or a rule that does not fit them.
std::vector<double> favourable_probabilities(const DecisionRule& rule, const fairness::Outcomes& outcomes);

/// Whether the rule draws: some probability is neither 0 nor 1.
bool is_randomised(const DecisionRule& rule);

/// The decision on row `row` (its number in its file or data set): favourable iff a uniform draw that depends on (seed,
/// row) alone is below its probability. So a decision does not depend on which other rows are decided with it.
bool decide(double favourable_probability, std::uint64_t seed, std::uint64_t row);

/// Confusion counts under the rule; expected ones for a rule that randomises. Throws `Error` on bad outcomes or a rule
/// that does not fit them.
fairness::GroupCounts count(const DecisionRule& rule, const fairness::Outcomes& outcomes);

/// Confusion counts of the decisions drawn with `seed` for rows 0, 1, ...; the same as `count` for a rule that does not
/// randomise.
fairness::GroupCounts count_drawn(const DecisionRule& rule, const fairness::Outcomes& outcomes, std::uint64_t seed);

/// In a few words, for a table: "0.4312", "0.45 +- 0.1", "mixes 0.00, 0.21".
std::string to_string(const DecisionRule& rule);

}  // namespace posthoc::debias
