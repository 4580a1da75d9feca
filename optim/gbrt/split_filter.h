#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "optim/gbrt/sorted_samples.h"

// Where `fit_two_valued_trees` spends its time, by Google Highway: compiled for several sets of instructions, of which
// the best that the processor has is taken when it is called.

namespace posthoc::optim {

constexpr std::size_t kFilterLanes = 16;  ///< nodes looked at together
constexpr std::size_t kFilterAtOnce = 2;  ///< features, because the sums of one wait for each other

/// What one sample adds to the counts of up to 16 nodes, a lane each: 0 in those that it is not in.
struct alignas(64) FilterStep {
  std::array<float, kFilterLanes> difference{};  ///< m [is one] - B, which sums to m b - k B
  std::array<float, kFilterLanes> count{};
};

/// What is known of the nodes.
struct alignas(64) FilterNodes {
  std::array<float, kFilterLanes> count{};
  std::array<float, kFilterLanes> to_beat{};
  std::size_t size = 0;  ///< lanes in use
};

/// For each of two features, given by their orders of the samples, the lanes, as bits, in which some cut has a larger
/// criterion than `to_beat`: (sum of differences)^2 > left * (count - left) * to_beat.
std::array<std::uint32_t, kFilterAtOnce> lanes_beaten(
    const std::array<const SortedSamples::Index*, kFilterAtOnce>& orders, std::size_t samples, const FilterStep* steps,
    const FilterNodes& nodes);

}  // namespace posthoc::optim
