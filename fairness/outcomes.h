#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace posthoc::fairness {

/// The groups where there are two.
inline constexpr std::int32_t kUnprivileged = 0;
inline constexpr std::int32_t kPrivileged = 1;

/// What a classifier said about n people and what was true, one row a person. The spans are
/// borrowed and equally long.
struct Outcomes {
  std::span<const double> scores;        ///< Higher: more likely favourable. Finite.
  std::span<const std::uint8_t> labels;  ///< 1: favourable, 0: unfavourable.
  std::span<const std::int32_t> groups;  ///< 0: unprivileged, 1: privileged, 2..G-1: further ones.

  [[nodiscard]] std::size_t size() const { return scores.size(); }
};

/// Group ids lie in [0, kMaxGroups): an id beyond it is a mistake in the data, not a group.
inline constexpr std::int32_t kMaxGroups = 1000;

/// Throws `Error` that names the row unless there is at least one row, the columns are equally
/// long, scores are finite, labels are 0 or 1 and groups lie in [0, kMaxGroups).
void validate(const Outcomes& outcomes);

/// The same for decisions (0 or 1) in place of scores.
void validate(std::span<const std::uint8_t> decisions, std::span<const std::uint8_t> labels,
              std::span<const std::int32_t> groups);

/// Number of groups G: the largest id plus one and at least 2, so that a privileged group without a
/// row is seen as an empty group and not as no group.
int group_count(std::span<const std::int32_t> groups);

}  // namespace posthoc::fairness
