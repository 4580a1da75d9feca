#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

// The fused forward pass on the host: all layers of a chain, one tile of rows at a time. What it computes is said in
// debias/fused/network.h; here are only plain arrays.

namespace posthoc::cpu {

/// One layer of packed weights. Outputs are padded to a multiple of the block; weights lie block by block, within a
/// block input by input, and the outputs of a block side by side: [block][input][output in block]. A padded output
/// has weights and bias 0.
struct FusedLayer {
  std::size_t inputs = 0;
  std::size_t outputs = 0;
  bool relu = false;
  const float* weights = nullptr;
  const float* bias = nullptr;
};

/// What the vectors of this processor ask of the layout.
struct FusedShape {
  std::size_t tile_rows = 0;  ///< rows of a tile; 0: this processor has no fused multiply-add, and no fused pass
  std::size_t block = 0;      ///< outputs that are computed together
};
FusedShape fused_shape();

/// Scores, the sigmoids of the logits, of `tiles` tiles of rows. `x` holds the tiles, feature by feature, the rows of a
/// tile side by side: [tile][feature][row in tile]. Of the layers the last one has one output, in a block of its own
/// size 1. `scratch` has room for two tiles of the widest padded layer; `scores` for tiles * tile_rows. x and scratch
/// are aligned to 64 bytes. Each logit is a chain of fused multiply-adds in the order of the inputs, from the bias on:
/// the same bits on every processor that has them.
void fused_forward(std::span<const FusedLayer> layers, const float* x, std::size_t tiles, float* scratch,
                   std::size_t scratch_tile, float* scores);

}  // namespace posthoc::cpu
