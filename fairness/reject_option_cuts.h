#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "fairness/counts.h"

namespace posthoc::fairness {

/// A threshold between two neighbouring distinct scores of all rows, or beyond the last, and what it does in each of
/// two groups.
struct RejectOptionCut {
  double threshold = 0;
  double tp[2] = {0, 0};           ///< favourable labels above it, by group
  double fp[2] = {0, 0};           ///< unfavourable labels above it
  std::uint32_t cell[2] = {0, 0};  ///< distinct decisions in the group by lower cuts; equal for cuts that decide alike
};

/// The counts of a pair of cuts, of which it is moved to another by whole numbers and so exactly.
class PairCounts {
 public:
  /// At the lowest cut for both groups, which selects everybody.
  explicit PairCounts(std::span<const RejectOptionCut> cuts) : cuts_(cuts), counts_(2) {
    for (const int group : {0, 1}) counts_.add(group, {.tp = cuts[0].tp[group], .fp = cuts[0].fp[group]});
  }

  void move(int group, std::size_t cut) {
    std::size_t& at = at_[group];
    const double tp = cuts_[cut].tp[group] - cuts_[at].tp[group];
    const double fp = cuts_[cut].fp[group] - cuts_[at].fp[group];
    counts_.add(group, {.tp = tp, .fp = fp, .tn = -fp, .fn = -tp});
    at = cut;
  }

  /// Group 0 decided by the cut `lower`, group 1 by `upper`.
  const GroupCounts& at(std::size_t lower, std::size_t upper) {
    move(0, lower);
    move(1, upper);
    return counts_;
  }

  [[nodiscard]] const GroupCounts& counts() const { return counts_; }

 private:
  std::span<const RejectOptionCut> cuts_;
  GroupCounts counts_;
  std::size_t at_[2] = {0, 0};
};

}  // namespace posthoc::fairness
