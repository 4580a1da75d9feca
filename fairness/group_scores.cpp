#include "fairness/group_scores.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "fairness/counts.h"

namespace posthoc::fairness {
namespace {

// `numerator / denominator`, undefined if it is a mean over no rows or not of probabilities.
Value mean(const ScoreSums& sums, double numerator, double denominator, const char* why, int group) {
  const Value value = ratio(numerator, denominator, why, group);
  if (!value.defined() || sums.outside == 0) return value;
  return Value::undefined("has a score outside [0, 1]", group).with_number(value.number());
}

}  // namespace

ScoreSums sums_of_row(double score, bool positive) {
  ScoreSums sums;
  (positive ? sums.positives : sums.negatives) = 1;
  (positive ? sums.positive_scores : sums.negative_scores) = score;
  const double error = positive ? 1 - score : score;
  sums.squared_errors = error * error;
  if (score < 0 || score > 1) {
    sums.outside = 1;
  } else {
    const double probability = positive ? score : 1 - score;
    sums.log_losses = -std::log(std::max(probability, std::numeric_limits<double>::epsilon()));
  }
  return sums;
}

GroupScores::GroupScores(std::vector<ScoreSums> of_groups) : sums_(std::move(of_groups)) {
  for (const ScoreSums& sums : sums_) total_ += sums;
}

GroupScores::GroupScores(const Outcomes& outcomes) {
  validate(outcomes);
  sums_.resize(static_cast<std::size_t>(group_count(outcomes.groups)));
  for (std::size_t row = 0; row < outcomes.size(); ++row) {
    const ScoreSums sums = sums_of_row(outcomes.scores[row], outcomes.labels[row] == 1);
    sums_[static_cast<std::size_t>(outcomes.groups[row])] += sums;
    total_ += sums;
  }
}

Value gtpr(const GroupScores& scores, int group) {
  const ScoreSums& sums = scores[group];
  return mean(sums, sums.positive_scores, sums.positives, "has no positive labels", group);
}

Value gfpr(const GroupScores& scores, int group) {
  const ScoreSums& sums = scores[group];
  return mean(sums, sums.negative_scores, sums.negatives, "has no negative labels", group);
}

Value gfnr(const GroupScores& scores, int group) {
  const ScoreSums& sums = scores[group];
  return mean(sums, sums.positives - sums.positive_scores, sums.positives, "has no positive labels", group);
}

Value gtnr(const GroupScores& scores, int group) {
  const ScoreSums& sums = scores[group];
  return mean(sums, sums.negatives - sums.negative_scores, sums.negatives, "has no negative labels", group);
}

Value calibration_gap(const GroupScores& scores, int group) {
  const ScoreSums& sums = scores[group];
  const double excess = sums.positive_scores + sums.negative_scores - sums.positives;
  return mean(sums, excess, sums.n(), "has no rows", group);
}

Value brier_score(const GroupScores& scores, int group) {
  const ScoreSums& sums = scores[group];
  return mean(sums, sums.squared_errors, sums.n(), "has no rows", group);
}

Value log_loss(const GroupScores& scores, int group) {
  const ScoreSums& sums = scores[group];
  return mean(sums, sums.log_losses, sums.n(), "has no rows", group);
}

}  // namespace posthoc::fairness
