#pragma once

#include "fairness/counts.h"
#include "fairness/outcomes.h"
#include "fairness/value.h"

namespace posthoc::fairness {

class GroupScores;

// Performance over all rows, in [0, 1]; higher is better.

/// P(decision = label).
Value accuracy(const GroupCounts& counts);
/// (TPR + TNR) / 2.
Value balanced_accuracy(const GroupCounts& counts);
/// P(favourable label | favourable decision), PPV.
Value precision(const GroupCounts& counts);
/// P(favourable decision | favourable label), TPR.
Value recall(const GroupCounts& counts);
/// P(unfavourable decision | unfavourable label), TNR.
Value specificity(const GroupCounts& counts);
/// 2 TP / (2 TP + FP + FN), the harmonic mean of precision and recall.
Value f1(const GroupCounts& counts);
/// Area under the ROC curve: P(a positive row's score > a negative row's), a tie counting one half
/// (Mann-Whitney). O(n log n). Throws `Error` on bad outcomes.
Value auc(const Outcomes& outcomes);

// Losses; lower is better.

/// P(decision != label).
Value error_rate(const GroupCounts& counts);
/// Generalised entropy index with alpha = 2 of the benefits b = 1 + decision - label (Speicher et al. 2018):
/// the mean of (b / mu)^2 - 1, halved, where mu is the mean of b. Undefined if nobody has any benefit.
Value generalized_entropy_index(const GroupCounts& counts);
/// The same with alpha = 1: the mean of (b / mu) log(b / mu), where 0 log 0 = 0.
Value theil_index(const GroupCounts& counts);
/// Mean of (score - label)^2, see `brier_score` of a group. Throws `Error` on bad outcomes, as the next.
Value brier_score(const Outcomes& outcomes);
Value brier_score(const GroupScores& scores);
/// Mean of -log of the probability given to the label, see `log_loss` of a group.
Value log_loss(const Outcomes& outcomes);
Value log_loss(const GroupScores& scores);

}  // namespace posthoc::fairness
