#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

// What `Candidates::choose` does for each of many candidates, by Google Highway: compiled for several sets of
// instructions, of which the best that the processor has is taken when they are called.

namespace posthoc::optim {

/// Candidates walked at once: what the nodes of all trees say of them stays in the second-level cache.
inline constexpr std::size_t kCandidateBlock = 512;
constexpr std::size_t kInnerNodes = 7;  ///< of a tree of depth 3, those of a level from left to right
constexpr std::size_t kTreeLeaves = 8;

/// right[c] = 1 where x[c] > threshold, else 0, for a block.
void say_turns(const float* x, float threshold, std::uint8_t* right);

/// sums[c] += step[the leaf that candidate c comes to], for a block; `turns` has the turns of each inner node.
void add_steps(const std::array<const std::uint8_t*, kInnerNodes>& turns, const std::array<double, kTreeLeaves>& step,
               double* sums);

}  // namespace posthoc::optim
