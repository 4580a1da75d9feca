#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "fairness/counts.h"
#include "fairness/measure.h"
#include "fairness/outcomes.h"
#include "fairness/reject_option_cuts.h"
#include "fairness/threshold.h"
#include "fairness/value.h"

namespace posthoc::fairness {

/// What a search for a reject option wants: the best performance among the decisions whose unfairness is at most
/// `bound`. `Measure::unfairness` of a difference is its magnitude, so the bias then lies in [-bound, bound].
struct RejectOptionGoal {
  const Measure* bias = nullptr;
  const Measure* performance = nullptr;
  double bound = 0.05;  ///< in [0, 1]
};

/// The goal of measures by name; checked. Throws `Error` on an unknown name, a measure of the wrong kind or a bound
/// outside [0, 1].
RejectOptionGoal make_reject_option_goal(std::string_view bias, double bound = 0.05,
                                         std::string_view performance = "balanced_accuracy");

/// Throws `Error` unless both measures are set and of the right kind and the bound lies in [0, 1].
void validate(const RejectOptionGoal& goal);

/// A reject option (Kamiran et al. 2012) is two thresholds, lower <= upper: favourable iff score > lower for group 0,
/// the unprivileged one, and score > upper for group 1.
struct RejectOptionResult {
  double lower;
  double upper;
  double threshold;  ///< of a grid the point's; else the middle of lower and upper
  double margin;     ///< of a grid the point's; else half of upper - lower
  GroupCounts counts;
  Value bias;
  Value performance;
  bool feasible;                ///< false: nothing searched is within the bound
  std::int64_t feasible_found;  ///< grid points within the bound; of an exact search distinct decisions within it
  std::int64_t tied = 0;        ///< of a grid: points that its rule finds as good, this one included
  std::int64_t grid_index = 0;  ///< of a grid: 50 * index of the threshold + index of the margin
  bool complete = true;         ///< false: an exact search had too many pairs and looked at a part, see `find_exact`
};

/// A point of AIF360's grid.
struct RejectOptionPoint {
  double threshold;
  double margin;
};

/// AIF360's grid in its order: 100 thresholds from 0.01 to 0.99 and for each 50 margins from 0 to the nearer of 0 and
/// 1, equally spaced as NumPy's linspace does it: `i * step + first`, the last exactly.
std::vector<RejectOptionPoint> reject_option_grid();

/// Outcomes of two groups sorted by score once, to be asked for the best reject option of any number of goals. The
/// result does not depend on the order of the rows.
class RejectOptionSweep {
 public:
  /// How many pairs of decisions a search of all of them looks at: some seconds.
  static constexpr std::int64_t kMaxPairs = 100'000'000;

  /// O(n log n). Throws `Error` on bad outcomes, a third group or a group without rows.
  explicit RejectOptionSweep(const Outcomes& outcomes);

  /// The counts of the decisions of lower <= upper. O(log n).
  [[nodiscard]] GroupCounts count(double lower, double upper) const;

  /// AIF360's search (`RejectOptionClassification.fit`): of the grid points within the bound the best performance, the
  /// same double counting as equal, of equals the first. If none is within the bound, the point with the smallest bias,
  /// which is the most negative and not the nearest to fair, of equals the first. An undefined bias is never within
  /// the bound; an undefined performance is worse than any other. If the bias is undefined everywhere (where AIF360
  /// stops with an IndexError), the best performance. O(log n) a point. Throws `Error` on a bad goal.
  [[nodiscard]] RejectOptionResult find_on_grid(const RejectOptionGoal& goal) const;

  /// The best of all pairs lower <= upper of the thresholds of `ThresholdSearch::exact()`: within the bound the best
  /// performance; if no pair is within it the least unfair, of equals the best performance (an undefined bias is less
  /// fair than any other, an undefined performance worse than any other). Of equals the smallest upper - lower, then
  /// the one whose middle is nearest to 0.5, then the lower. Accuracy and balanced accuracy are compared as exact
  /// fractions, so that what ties does not depend on rounding.
  ///
  /// O(n) after sorting for accuracy and balanced accuracy with a bias that grows with one threshold and falls with
  /// the other (spd, eod, aod, fprd, fnrd, di, eqodds) or that no decision changes. Otherwise all pairs of distinct
  /// decisions are tried, O(n_0 n_1); beyond `max_pairs` only equally many of them, evenly spaced in each group's
  /// ranks, and AIF360's grid; `complete` is false then. Throws `Error` on a bad goal or max_pairs < 4.
  [[nodiscard]] RejectOptionResult find_exact(const RejectOptionGoal& goal, std::int64_t max_pairs = kMaxPairs) const;

 private:
  // The cut whose decisions a threshold makes.
  [[nodiscard]] std::size_t cut_of(double threshold) const;

  ScoreSweep sweep_;
  std::vector<double> scores_;         // distinct, ascending; cut c rejects the first c of them
  std::vector<RejectOptionCut> cuts_;  // one more than scores
};

}  // namespace posthoc::fairness
