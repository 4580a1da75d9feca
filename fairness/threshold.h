#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fairness/counts.h"
#include "fairness/objective.h"
#include "fairness/outcomes.h"
#include "fairness/score_order.h"
#include "fairness/value.h"

namespace posthoc::fairness {

/// Which thresholds a search considers.
///
/// `exact`: every distinct set of decisions `score > threshold`, that is a midpoint between each
/// two neighbouring distinct scores (the lower score where the midpoint rounds onto the upper one),
/// and the two ends. Everybody is selected by 0, or where some score is not above 0 by a number
/// below the lowest score; nobody by 1, or where some score is above 1 by the highest score. Of
/// equally good thresholds the one nearest to 0.5 wins, then the lower.
///
/// `grid`: `points` equally spaced thresholds from 0 to 1, of equally good ones the first. It
/// exists for parity with the code published with Savani et al. 2020, which compares float32 scores
/// with the threshold rounded to float32; `Precision::float32` rounds so, and reports the rounded
/// threshold. `Precision::float64` leaves the thresholds as NumPy's linspace gives them.
struct ThresholdSearch {
  enum class Kind { exact, grid };
  enum class Precision { float32, float64 };

  Kind kind = Kind::exact;
  int points = 0;  // of a grid, in [2, kMaxGridPoints]
  Precision precision = Precision::float32;

  static constexpr int kMaxGridPoints = 10'000'000;

  static ThresholdSearch exact() { return {}; }
  static ThresholdSearch grid(int points, Precision precision = Precision::float32) {
    return {Kind::grid, points, precision};
  }
  friend bool operator==(const ThresholdSearch&, const ThresholdSearch&) = default;
};

/// Parses `exact`, `grid501`, `grid1001` or any other `grid<points>` (float32). Throws `Error`.
ThresholdSearch parse_threshold_search(std::string_view text);

/// The text that `parse_threshold_search` reads; the precision does not show.
std::string to_string(const ThresholdSearch& search);

/// The thresholds of a grid search, ascending: `i * step` with `step = 1 / (points - 1)` in
/// doubles, exactly 1 at the end, then rounded to `precision`. Throws `Error` on a bad number of
/// points.
std::vector<double> grid_thresholds(const ThresholdSearch& search);

/// The best threshold found and what it does. Decisions are `score > threshold`.
struct ThresholdResult {
  double threshold;
  double objective;
  GroupCounts counts;
  Value bias;
  Value performance;
  bool feasible = true;  // false: a constrained objective found no decisions within its epsilon
};

/// Outcomes sorted by score once, to be asked for the best threshold of any number of objectives.
/// Owns its rows. The result does not depend on the order of the rows.
class ScoreSweep {
 public:
  /// O(n). Throws `Error` on bad outcomes.
  explicit ScoreSweep(const Outcomes& outcomes);

  /// Begins anew with other outcomes, in the memory of the ones before. Throws `Error` on bad ones, changing nothing.
  void assign(const Outcomes& outcomes, SortBuffers& buffers);

  /// The rows in ascending order of their scores.
  [[nodiscard]] Outcomes sorted() const { return {scores_, labels_, groups_}; }

  /// The sweep over a resample: row i of `sorted()` stands `weights[i]` times. O(n), nothing is sorted anew; the groups
  /// stay as many. Throws `Error` unless there is a weight for each row and one is above 0.
  [[nodiscard]] ScoreSweep resampled(std::span<const std::uint32_t> weights) const;

  /// O(n), plus O(points) for a grid and O(n log n) for a measure of the scores such as AUC. Throws
  /// `Error` on a bad objective or search.
  [[nodiscard]] ThresholdResult find(const Objective& objective, const ThresholdSearch& search = {}) const;

 private:
  struct Cut {
    double threshold;
    double objective;
    std::size_t rejected;  // rows [0, rejected) lie at or below the threshold
  };
  explicit ScoreSweep(int groups) : everybody_(groups) {}
  [[nodiscard]] Cut find_exact(const BoundObjective& objective) const;
  [[nodiscard]] Cut find_on_grid(const BoundObjective& objective, const std::vector<double>& thresholds) const;
  // Turns the decisions for the rows that share the score of row `begin` from favourable to not,
  // and returns the first row after them.
  std::size_t reject_tied(std::size_t begin, GroupCounts& counts) const;

  std::vector<double> scores_;  // ascending
  std::vector<std::uint8_t> labels_;
  std::vector<std::int32_t> groups_;
  GroupCounts everybody_;  // counts if everybody is selected
};

/// The threshold that minimises `objective`. Throws `Error` on bad input.
ThresholdResult find_threshold(const Outcomes& outcomes, const Objective& objective,
                               const ThresholdSearch& search = {});

/// The threshold that maximises accuracy: the decision rule of a model nobody debiased. The
/// result's `objective` is the error rate. Throws `Error` on bad input.
ThresholdResult find_accuracy_threshold(const Outcomes& outcomes, const ThresholdSearch& search = {});

}  // namespace posthoc::fairness
