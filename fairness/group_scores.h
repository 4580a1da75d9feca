#pragma once

#include <vector>

#include "fairness/outcomes.h"
#include "fairness/value.h"

namespace posthoc::fairness {

/// What the measures of scores as probabilities need to know of some rows: counts by label and sums.
struct ScoreSums {
  double positives = 0;        ///< rows with a favourable label
  double negatives = 0;        ///< rows with an unfavourable label
  double positive_scores = 0;  ///< sum of their scores
  double negative_scores = 0;  ///< sum of theirs
  double squared_errors = 0;   ///< sum of (score - label)^2
  double log_losses = 0;       ///< sum of -log of the probability that the score gives to the label
  double outside = 0;          ///< rows whose score is no probability, outside [0, 1]

  [[nodiscard]] double n() const { return positives + negatives; }

  ScoreSums& operator+=(const ScoreSums& other) {
    positives += other.positives;
    negatives += other.negatives;
    positive_scores += other.positive_scores;
    negative_scores += other.negative_scores;
    squared_errors += other.squared_errors;
    log_losses += other.log_losses;
    outside += other.outside;
    return *this;
  }

  /// Of as many times the rows; a negative number takes rows away.
  friend ScoreSums operator*(double times, const ScoreSums& sums) {
    return {times * sums.positives,       times * sums.negatives,      times * sums.positive_scores,
            times * sums.negative_scores, times * sums.squared_errors, times * sums.log_losses,
            times * sums.outside};
  }
};

/// The sums of one row.
ScoreSums sums_of_row(double score, bool positive);

/// The sums of each group 0..G-1 and of all rows together.
class GroupScores {
 public:
  /// One pass over the rows. Throws `Error` on bad outcomes.
  explicit GroupScores(const Outcomes& outcomes);
  /// Of sums that were made before, one for each of two groups or more.
  explicit GroupScores(std::vector<ScoreSums> of_groups);

  [[nodiscard]] int groups() const { return static_cast<int>(sums_.size()); }

  /// Sums of one group in [0, groups()), or of `kAllGroups`.
  [[nodiscard]] const ScoreSums& operator[](int group) const {
    return group == kAllGroups ? total_ : sums_[static_cast<std::size_t>(group)];
  }

 private:
  std::vector<ScoreSums> sums_;
  ScoreSums total_;
};

// Of one group, or of `kAllGroups` together. Undefined over no rows, and if some score of the rows lies outside [0, 1]
// and so is no probability.

/// Generalised true positive rate: the mean score of the rows with a favourable label (Pleiss et al. 2017).
Value gtpr(const GroupScores& scores, int group);
/// Generalised false positive rate: the mean score of the rows with an unfavourable label.
Value gfpr(const GroupScores& scores, int group);
/// Generalised false negative rate: the mean of 1 - score over the rows with a favourable label.
Value gfnr(const GroupScores& scores, int group);
/// Generalised true negative rate: the mean of 1 - score over the rows with an unfavourable label.
Value gtnr(const GroupScores& scores, int group);
/// Mean score minus base rate, in [-1, 1]: above 0 where the scores promise more favourable labels than there are
/// (calibration in the large).
Value calibration_gap(const GroupScores& scores, int group);
/// Mean of (score - label)^2 (Brier 1950).
Value brier_score(const GroupScores& scores, int group);
/// Mean of -log of the probability given to the label. A probability below 2^-52 counts as 2^-52, as in scikit-learn:
/// float32 scores reach 0 and 1, where the loss would be infinite.
Value log_loss(const GroupScores& scores, int group);

}  // namespace posthoc::fairness
