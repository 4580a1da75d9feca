#pragma once

#include <span>
#include <string_view>

#include "fairness/counts.h"
#include "fairness/group_scores.h"
#include "fairness/value.h"

namespace posthoc::fairness {

/// One row of the table of what is said of a single group, or of all together: counts and rates. Exactly one of
/// `of_counts` and `of_scores` is set.
struct Statistic {
  std::string_view name;       ///< AIF360's abbreviation, "TPR"
  std::string_view long_name;  ///< "true_positive_rate"
  std::string_view description;
  Value (*of_counts)(const GroupCounts& counts, int group) = nullptr;
  Value (*of_scores)(const GroupScores& scores, int group) = nullptr;

  /// The statistic of one group in [0, groups), or of `kAllGroups`.
  [[nodiscard]] Value operator()(const GroupCounts& counts, const GroupScores& scores, int group) const {
    return of_counts != nullptr ? of_counts(counts, group) : of_scores(scores, group);
  }
};

/// The table of statistics: counts, rates of decisions, rates of scores.
std::span<const Statistic> statistics();

/// The statistic of this name or long name. Throws `Error` that lists the known names.
const Statistic& find_statistic(std::string_view name);

}  // namespace posthoc::fairness
