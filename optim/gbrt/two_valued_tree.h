#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "optim/gbrt/sorted_samples.h"

namespace posthoc::optim {

/// `fit_tree` for targets of two values, fast: bit for bit the tree that it grows on the targets 0 and 1. (Of any two
/// values a < b the tree is the same but for its leaves: the sides' sums only enter as n_R S_L - n_L S_R, which a shift
/// leaves alone and a factor scales.)
///
/// With B of a node's m samples having target 1 and b of the k left ones, that difference is the integer m b - k B, so
/// splits are compared exactly. Samples are sorted once for all trees, and one pass over a feature's order serves 16
/// nodes of a level, a SIMD lane each (`lanes_beaten`). (Counting bits of 64-bit masks, one of each cut's left samples,
/// needs a pass for each node and reads eight times the memory.)
///
/// `ones` has a 0 or 1 for each sample. Throws `Error` on options out of range or another number of targets.
RegressionTree fit_two_valued_tree(const SortedSamples& samples, const std::vector<std::uint8_t>& ones,
                                   const TreeOptions& options = {});

/// The same trees for several targets of the same samples, level by level together: a tree has at most four nodes
/// on its third level, so three share the lanes of a pass.
std::vector<RegressionTree> fit_two_valued_trees(const SortedSamples& samples,
                                                 std::span<const std::vector<std::uint8_t>> ones,
                                                 const TreeOptions& options = {});

}  // namespace posthoc::optim
