#pragma once

#include "fairness/counts.h"
#include "fairness/outcomes.h"
#include "fairness/value.h"

namespace posthoc::fairness {

class GroupScores;

// The bias measures. Differences of two groups are signed, group 0 (unprivileged) minus group 1; over more groups they
// are the largest gap between any two. Ratios of two groups are group 0 over group 1; over more groups the smallest
// over any two. The names are AIF360's.

/// P(favourable | group 0) - P(favourable | group 1).
Value statistical_parity_difference(const GroupCounts& counts);
/// P(favourable | group 0) / P(favourable | group 1).
Value disparate_impact(const GroupCounts& counts);
/// TPR_0 - TPR_1 (Hardt et al. 2016).
Value equal_opportunity_difference(const GroupCounts& counts);
/// ((FPR_0 - FPR_1) + (TPR_0 - TPR_1)) / 2.
Value average_odds_difference(const GroupCounts& counts);
/// (|FPR_0 - FPR_1| + |TPR_0 - TPR_1|) / 2.
Value average_abs_odds_difference(const GroupCounts& counts);
/// max(|FPR_0 - FPR_1|, |TPR_0 - TPR_1|).
Value equalized_odds_difference(const GroupCounts& counts);
/// FPR_0 - FPR_1 (predictive equality, Chouldechova 2017).
Value false_positive_rate_difference(const GroupCounts& counts);
/// FNR_0 - FNR_1.
Value false_negative_rate_difference(const GroupCounts& counts);
/// FDR_0 - FDR_1, of the false discovery rates.
Value false_discovery_rate_difference(const GroupCounts& counts);
/// FOR_0 - FOR_1, of the false omission rates.
Value false_omission_rate_difference(const GroupCounts& counts);
/// PPV_0 - PPV_1 (predictive parity).
Value positive_predictive_value_difference(const GroupCounts& counts);
/// ((PPV_0 - PPV_1) + (FOR_0 - FOR_1)) / 2.
Value average_predictive_value_difference(const GroupCounts& counts);
/// P(wrong | group 0) - P(wrong | group 1).
Value error_rate_difference(const GroupCounts& counts);
/// P(wrong | group 0) / P(wrong | group 1).
Value error_rate_ratio(const GroupCounts& counts);

// Of the scores: no threshold changes them. They throw `Error` on bad outcomes.

/// GTPR_0 - GTPR_1; GTPR is the mean score of the rows with a favourable label.
Value generalized_true_positive_rate_difference(const Outcomes& outcomes);
Value generalized_true_positive_rate_difference(const GroupScores& scores);
/// GFPR_0 - GFPR_1; GFPR is the mean score of the rows with an unfavourable label.
Value generalized_false_positive_rate_difference(const Outcomes& outcomes);
Value generalized_false_positive_rate_difference(const GroupScores& scores);
/// GFNR_0 - GFNR_1; GFNR is 1 - GTPR.
Value generalized_false_negative_rate_difference(const Outcomes& outcomes);
Value generalized_false_negative_rate_difference(const GroupScores& scores);
/// GTNR_0 - GTNR_1; GTNR is 1 - GFPR.
Value generalized_true_negative_rate_difference(const Outcomes& outcomes);
Value generalized_true_negative_rate_difference(const GroupScores& scores);
/// The difference of the groups' mean score minus base rate, see `calibration_gap`.
Value calibration_gap_difference(const Outcomes& outcomes);
Value calibration_gap_difference(const GroupScores& scores);

}  // namespace posthoc::fairness
