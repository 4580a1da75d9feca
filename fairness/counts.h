#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "fairness/outcomes.h"
#include "fairness/value.h"

namespace posthoc::fairness {

/// The confusion counts of some rows: true/false says whether the decision was right,
/// positive/negative what was decided. Whole numbers, exact up to 2^53; they are doubles because a
/// decision rule that randomises has expected counts, which need not be whole.
struct CellCounts {
  double tp = 0;
  double fp = 0;
  double tn = 0;
  double fn = 0;

  [[nodiscard]] double n() const { return tp + fp + tn + fn; }
  [[nodiscard]] double positives() const { return tp + fn; }  ///< rows with a favourable label
  [[nodiscard]] double negatives() const { return fp + tn; }  ///< rows with an unfavourable label
  [[nodiscard]] double selected() const { return tp + fp; }   ///< rows decided favourably
  [[nodiscard]] double rejected() const { return tn + fn; }   ///< rows decided unfavourably

  CellCounts& operator+=(const CellCounts& other) {
    tp += other.tp;
    fp += other.fp;
    tn += other.tn;
    fn += other.fn;
    return *this;
  }
  friend bool operator==(const CellCounts&, const CellCounts&) = default;
};

/// The confusion counts of each group 0..G-1 and of all together; all that a measure needs to know
/// about decisions.
class GroupCounts {
 public:
  /// `groups` groups without a row; at least 2 (throws `Error` otherwise).
  explicit GroupCounts(int groups);

  [[nodiscard]] int groups() const { return static_cast<int>(cells_.size()); }

  /// Counts of one group in [0, groups()), or of `kAllGroups`.
  [[nodiscard]] const CellCounts& operator[](int group) const {
    return group == kAllGroups ? total_ : cells_[static_cast<std::size_t>(group)];
  }
  [[nodiscard]] const CellCounts& total() const { return total_; }

  /// Adds `cells` to a group in [0, groups()) and to the total; negative counts take away.
  void add(int group, const CellCounts& cells) {
    cells_[static_cast<std::size_t>(group)] += cells;
    total_ += cells;
  }

  /// Replaces the counts of all groups; as many as there are.
  void assign(std::span<const CellCounts> cells) {
    std::copy(cells.begin(), cells.end(), cells_.begin());
    total_ = {};
    for (const CellCounts& group : cells) total_ += group;
  }

  friend bool operator==(const GroupCounts&, const GroupCounts&) = default;

 private:
  std::vector<CellCounts> cells_;  // one a group
  CellCounts total_;               // their sum
};

/// Counts decisions (1: favourable) against labels. Throws `Error` on bad columns, see `validate`.
GroupCounts count(std::span<const std::uint8_t> decisions, std::span<const std::uint8_t> labels,
                  std::span<const std::int32_t> groups);

/// Counts the decisions `score > threshold`. A rule `score >= t` is the threshold
/// `std::nextafter(t, -infinity)`. Throws `Error` on bad outcomes or a threshold that is NaN.
GroupCounts count(const Outcomes& outcomes, double threshold);

/// Counts the constant decision that agrees with the more frequent label (favourable if both are as
/// frequent): what a classifier that refuses to classify can reach.
GroupCounts count_majority(const Outcomes& outcomes);

/// `numerator / denominator`, undefined for the reason `why` if the denominator is 0.
constexpr Value ratio(double numerator, double denominator, const char* why, int group) {
  return denominator > 0 ? Value(numerator / denominator) : Value::undefined(why, group);
}

// Rates of one group, or of `kAllGroups` together.

/// P(favourable decision).
inline Value selection_rate(const GroupCounts& counts, int group) {
  const CellCounts& cells = counts[group];
  return ratio(cells.selected(), cells.n(), "has no rows", group);
}
/// P(favourable label).
inline Value base_rate(const GroupCounts& counts, int group) {
  const CellCounts& cells = counts[group];
  return ratio(cells.positives(), cells.n(), "has no rows", group);
}
/// P(favourable decision | favourable label).
inline Value tpr(const GroupCounts& counts, int group) {
  const CellCounts& cells = counts[group];
  return ratio(cells.tp, cells.positives(), "has no positive labels", group);
}
/// P(favourable decision | unfavourable label).
inline Value fpr(const GroupCounts& counts, int group) {
  const CellCounts& cells = counts[group];
  return ratio(cells.fp, cells.negatives(), "has no negative labels", group);
}
/// P(unfavourable decision | unfavourable label).
inline Value tnr(const GroupCounts& counts, int group) {
  const CellCounts& cells = counts[group];
  return ratio(cells.tn, cells.negatives(), "has no negative labels", group);
}
/// P(unfavourable decision | favourable label).
inline Value fnr(const GroupCounts& counts, int group) {
  const CellCounts& cells = counts[group];
  return ratio(cells.fn, cells.positives(), "has no positive labels", group);
}
/// Positive predictive value, precision: P(favourable label | favourable decision).
inline Value ppv(const GroupCounts& counts, int group) {
  const CellCounts& cells = counts[group];
  return ratio(cells.tp, cells.selected(), "has no favourable decisions", group);
}
/// Negative predictive value: P(unfavourable label | unfavourable decision).
inline Value npv(const GroupCounts& counts, int group) {
  const CellCounts& cells = counts[group];
  return ratio(cells.tn, cells.rejected(), "has no unfavourable decisions", group);
}
/// P(unfavourable label | favourable decision).
inline Value false_discovery_rate(const GroupCounts& counts, int group) {
  const CellCounts& cells = counts[group];
  return ratio(cells.fp, cells.selected(), "has no favourable decisions", group);
}
/// P(favourable label | unfavourable decision).
inline Value false_omission_rate(const GroupCounts& counts, int group) {
  const CellCounts& cells = counts[group];
  return ratio(cells.fn, cells.rejected(), "has no unfavourable decisions", group);
}
/// P(decision = label).
inline Value accuracy(const GroupCounts& counts, int group) {
  const CellCounts& cells = counts[group];
  return ratio(cells.tp + cells.tn, cells.n(), "has no rows", group);
}
/// P(decision != label).
inline Value error_rate(const GroupCounts& counts, int group) {
  const CellCounts& cells = counts[group];
  return ratio(cells.fp + cells.fn, cells.n(), "has no rows", group);
}

}  // namespace posthoc::fairness
