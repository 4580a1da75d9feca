#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "fairness/outcomes.h"

namespace posthoc::fairness {

/// Memory to sort in, for whoever sorts again and again.
struct SortBuffers {
  std::vector<std::uint64_t> rows;
  std::vector<std::uint64_t> other;
};

/// The rows of sound outcomes in ascending order of their scores, those with the same score as they came. The spans are
/// as long as the outcomes. O(n): a radix sort of the scores rounded to float32, which all are that a float32 network
/// gave; where rounding made several scores one, these are sorted by comparison.
void sort_by_score(const Outcomes& outcomes, std::span<double> scores, std::span<std::uint8_t> labels,
                   std::span<std::int32_t> groups, SortBuffers& buffers);

/// The numbers of the rows in that order.
std::vector<std::uint32_t> order_by_score(std::span<const double> scores, SortBuffers& buffers);

}  // namespace posthoc::fairness
