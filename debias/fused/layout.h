#pragma once

#include <algorithm>
#include <cstddef>

#include "debias/fused/cpu/forward.h"
#include "nn/chain.h"

// Sizes that the rows' layout and the weights' have in common.

namespace posthoc::debias {

inline std::size_t padded(std::size_t n, std::size_t block) { return (n + block - 1) / block * block; }

inline std::size_t inputs_of(const nn::ChainLayer& layer) { return static_cast<std::size_t>(layer.weight.size(1)); }
inline std::size_t outputs_of(const nn::ChainLayer& layer) { return static_cast<std::size_t>(layer.weight.size(0)); }

/// A layer's outputs in whole blocks and whole vectors, as the sums have them that split rows start from.
inline std::size_t first_stride(std::size_t outputs) {
  return padded(outputs, std::max(cpu::fused_shape().block, cpu::fused_shape().lanes));
}

}  // namespace posthoc::debias
