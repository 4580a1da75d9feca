#pragma once

#include <ostream>
#include <vector>

#include "cli/common_options.h"
#include "cli/task.h"
#include "fairness/bootstrap_difference.h"

namespace posthoc::cli {

/// What a debiased predictor changes on the test rows, with paired intervals: of the objective's bias measure, then of
/// its performance measure. Percentile, 95 %, 2000 resamples of seed 0, whatever seed the method had. The two are of
/// the same rows.
std::vector<fairness::DifferenceInterval> difference_on_test(const ScoredPart& original,
                                                             const debias::DecisionRule& original_rule,
                                                             const ScoredPart& changed,
                                                             const debias::DecisionRule& changed_rule,
                                                             const fairness::Objective& objective);

/// A line for each change, one more for that of the unfairness.
void print_difference(std::ostream& out, const std::vector<fairness::DifferenceInterval>& differences,
                      const std::string& name, const std::string& against);

/// {"against": .., "<bias, long name>": {"value": .., "interval": [low, high], "unfairness": {..}},
/// "<performance, long name>": {..}, "method": .., "strata": .., "level": .., "resamples": ..}. A value that is
/// undefined is null with the reason under "undefined", an interval that there is none of with that under
/// "no_interval".
Json difference_json(const std::vector<fairness::DifferenceInterval>& differences, const std::string& against);

}  // namespace posthoc::cli
