#pragma once

#include <cmath>
#include <optional>
#include <span>
#include <string_view>

#include "fairness/bias_measures.h"
#include "fairness/counts.h"
#include "fairness/outcomes.h"
#include "fairness/performance_measures.h"
#include "fairness/value.h"

namespace posthoc::fairness {

/// One row of the table of measures. A measure is a pure function of the group counts, or, if it
/// looks at the scores and not at decisions, of the outcomes; exactly one of `of_counts` and
/// `of_outcomes` is set. A measure of the scores is the same for every threshold.
///
/// To add one: write the function and its row in measure.cpp. Every threshold search, method, table
/// and report knows it then. A program that uses the library can also make a `Measure` of its own and
/// point an `Objective` at it, see examples/write_a_measure.cpp.
struct Measure {
  enum class Kind {
    bias,         ///< compares groups; `fair()` is the value without bias
    performance,  ///< in [0, 1], higher is better
    loss          ///< at least 0, lower is better
  };
  /// What a bias measure's numbers mean.
  enum class Scale {
    difference,  ///< 0 is fair; signed, unprivileged minus privileged
    ratio        ///< 1 is fair, 0 and infinity are the worst; unprivileged over privileged
  };

  std::string_view name;       ///< on the command line, "spd"
  std::string_view long_name;  ///< AIF360's name where it has the measure
  Kind kind;
  double worst;  ///< what an undefined value counts as inside an optimisation
  std::string_view description;
  Value (*of_counts)(const GroupCounts& counts) = nullptr;
  Value (*of_outcomes)(const Outcomes& outcomes) = nullptr;
  Scale scale = Scale::difference;  ///< of a bias measure
  std::string_view alias = {};      ///< another name that is in use, or empty
  /// Of a measure of the scores that needs no more than sums of them: `of_outcomes` from the sums, so that who has
  /// these (a report, a resample) need not go through the rows again for each measure.
  Value (*of_group_scores)(const GroupScores& scores) = nullptr;

  /// The value without bias, of a bias measure.
  [[nodiscard]] double fair() const { return scale == Scale::ratio ? 1.0 : 0.0; }

  /// How far a bias measure's value is from fair, at least 0: the magnitude of a difference; for a
  /// ratio r `1 - min(r, 1 / r)`, which is 1 for 0 and infinity.
  [[nodiscard]] double unfairness(double value) const {
    if (scale == Scale::ratio) return value > 1 ? 1 - 1 / value : 1 - value;
    return std::abs(value);
  }

  [[nodiscard]] bool higher_is_better() const { return kind == Kind::performance; }

  /// Whether `text` is one of the measure's names.
  [[nodiscard]] bool is_named(std::string_view text) const {
    return text == name || text == long_name || (!alias.empty() && text == alias);
  }
};

/// The table of measures: bias, performance, loss.
std::span<const Measure> measures();

/// The measure of this name, long name or alias. Throws `Error` that lists the known names (of that
/// kind, if a kind is asked for).
const Measure& find_measure(std::string_view name, std::optional<Measure::Kind> kind = {});

}  // namespace posthoc::fairness
