#pragma once

#include <cstddef>
#include <span>

// Weights as the fused forward pass takes them (debias/fused/cpu/forward.h), from a layer as a network has it.

namespace posthoc::cpu {

/// A layer's weights [output][input] and its biases.
struct LayerWeights {
  const float* weights = nullptr;
  const float* biases = nullptr;
  std::size_t inputs = 0;
  std::size_t outputs = 0;
};

/// What becomes of an input's weights. A layer that takes scale x + shift instead of x has
/// W (scale x + shift) + b = (W scale) x + (W shift + b).
struct PackedInput {
  double scale = 1.0;    ///< packed as weight * scale
  double shift = 0.0;    ///< weight * shift is added to the sum that begins with the bias,
  bool shifted = false;  ///< if this says so
  bool apart = false;    ///< a step of FirstSums, and not among the weights of FusedLayer
  std::size_t at = 0;    ///< where its weights begin among the steps, or in a block of the weights
};

/// Where a layer is packed to: weights [block][input][output in block], steps [column][stride].
struct PackedLayer {
  std::size_t block = 0;
  std::size_t inputs = 0;  ///< that are not apart
  float* weights = nullptr;
  float* sums = nullptr;   ///< [output]: the bias, or the base of FirstSums
  float* steps = nullptr;  ///< null where no input is apart
};

/// Packs a layer. Everything is computed in float64 and rounded once, sums in the order of the inputs: the same bits on
/// every processor.
void fused_pack(const LayerWeights& from, std::span<const PackedInput> inputs, const PackedLayer& to);

}  // namespace posthoc::cpu
