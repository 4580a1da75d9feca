#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "fairness/counts.h"
#include "fairness/outcomes.h"
#include "fairness/value.h"

namespace posthoc::fairness {

/// One row of the table of measures. A measure is a pure function of the group counts, or, if it
/// looks at the order of the scores and not at decisions, of the outcomes; exactly one of
/// `of_counts` and `of_outcomes` is set.
///
/// To add one: write the function and its row in measure.cpp. Every threshold search, method, table
/// and report knows it then.
struct Measure {
  enum class Kind {
    bias,        ///< 0 is fair; signed, unprivileged minus privileged
    performance  ///< in [0, 1], higher is better
  };

  std::string_view name;       ///< on the command line, "spd"
  std::string_view long_name;  ///< AIF360's name where it has the measure
  Kind kind;
  double worst;  ///< what an undefined value counts as inside an optimisation
  std::string_view description;
  Value (*of_counts)(const GroupCounts& counts) = nullptr;
  Value (*of_outcomes)(const Outcomes& outcomes) = nullptr;
};

/// The table of measures, bias first.
std::span<const Measure> measures();

/// The measure of this name or long name. Throws `Error` that lists the known names (of that kind,
/// if a kind is asked for).
const Measure& find_measure(std::string_view name, std::optional<Measure::Kind> kind = {});

// The measures. Bias over two groups is signed, group 0 minus group 1; over more groups it is the
// largest gap between any two of them.

/// P(favourable | group 0) - P(favourable | group 1).
Value statistical_parity_difference(const GroupCounts& counts);
/// TPR_0 - TPR_1 (Hardt et al. 2016).
Value equal_opportunity_difference(const GroupCounts& counts);
/// ((FPR_0 - FPR_1) + (TPR_0 - TPR_1)) / 2.
Value average_odds_difference(const GroupCounts& counts);
/// P(decision = label).
Value accuracy(const GroupCounts& counts);
/// (TPR + TNR) / 2 over all rows.
Value balanced_accuracy(const GroupCounts& counts);
/// Area under the ROC curve: P(a positive row's score > a negative row's), a tie counting one half
/// (Mann-Whitney). O(n log n). Throws `Error` on bad outcomes.
Value auc(const Outcomes& outcomes);

}  // namespace posthoc::fairness
