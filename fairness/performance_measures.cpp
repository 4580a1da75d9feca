#include "fairness/performance_measures.h"

#include <cmath>
#include <cstdint>
#include <vector>

#include "fairness/group_scores.h"
#include "fairness/score_order.h"

namespace posthoc::fairness {
namespace {

// The mean of `of(b / mu)` over the rows' benefits b = 1 + decision - label: 2 for a false positive, 0 for a false
// negative, else 1; mu is their mean.
template <typename Function>
Value mean_of_benefits(const GroupCounts& counts, Function of) {
  const CellCounts& all = counts.total();
  const double right = all.tp + all.tn;
  const Value mean = ratio(right + 2 * all.fp, all.n(), "has no rows", kAllGroups);
  if (!mean.defined()) return mean;
  if (!(mean.number() > 0)) return Value::undefined("has only false negatives: nobody has any benefit");
  const double mu = mean.number();
  return (all.fp * of(2 / mu) + right * of(1 / mu) + all.fn * of(0.0)) / all.n();
}

}  // namespace

Value accuracy(const GroupCounts& counts) { return accuracy(counts, kAllGroups); }

Value balanced_accuracy(const GroupCounts& counts) { return (tpr(counts, kAllGroups) + tnr(counts, kAllGroups)) / 2; }

Value precision(const GroupCounts& counts) { return ppv(counts, kAllGroups); }

Value recall(const GroupCounts& counts) { return tpr(counts, kAllGroups); }

Value specificity(const GroupCounts& counts) { return tnr(counts, kAllGroups); }

Value f1(const GroupCounts& counts) {
  const CellCounts& all = counts.total();
  const double twice_right = 2 * all.tp;
  return ratio(twice_right, twice_right + all.fp + all.fn, "has neither favourable labels nor favourable decisions",
               kAllGroups);
}

Value auc(const Outcomes& outcomes) {
  validate(outcomes);
  const std::size_t n = outcomes.size();
  std::vector<double> scores(n);
  std::vector<std::uint8_t> labels(n);
  std::vector<std::int32_t> groups(n);
  SortBuffers buffers;
  sort_by_score(outcomes, scores, labels, groups, buffers);

  // Twice the number of (positive, negative) pairs in the right order: integers, hence exact.
  std::int64_t twice_ordered = 0;
  std::int64_t positives = 0;
  std::int64_t negatives = 0;
  for (std::size_t begin = 0, end = 0; begin < n; begin = end) {
    std::int64_t tied_positives = 0;
    while (end < n && scores[end] == scores[begin]) {
      tied_positives += labels[end++];
    }
    const auto tied_negatives = static_cast<std::int64_t>(end - begin) - tied_positives;
    twice_ordered += tied_positives * (2 * negatives + tied_negatives);
    positives += tied_positives;
    negatives += tied_negatives;
  }
  if (positives == 0) return Value::undefined("has no positive labels");
  if (negatives == 0) return Value::undefined("has no negative labels");
  return static_cast<double>(twice_ordered) / (2.0 * static_cast<double>(positives * negatives));
}

Value error_rate(const GroupCounts& counts) { return error_rate(counts, kAllGroups); }

Value generalized_entropy_index(const GroupCounts& counts) {
  return mean_of_benefits(counts, [](double share) { return (share * share - 1) / 2; });
}

Value theil_index(const GroupCounts& counts) {
  return mean_of_benefits(counts, [](double share) { return share > 0 ? share * std::log(share) : 0.0; });
}

Value brier_score(const GroupScores& scores) { return brier_score(scores, kAllGroups); }
Value brier_score(const Outcomes& outcomes) { return brier_score(GroupScores(outcomes)); }

Value log_loss(const GroupScores& scores) { return log_loss(scores, kAllGroups); }
Value log_loss(const Outcomes& outcomes) { return log_loss(GroupScores(outcomes)); }

}  // namespace posthoc::fairness
