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
  const float* bias = nullptr;  ///< null in the first layer of rows that are split: see FirstSums
};

/// Rows in tiles. Of rows that are split (debias/fused/column_split.h) only the dense columns are there as features;
/// the others are lists of the columns in which a row holds the rare value, for `lanes` rows side by side, the shorter
/// lists filled up.
struct FusedInput {
  std::size_t tiles = 0;
  const float* features = nullptr;         ///< [tile][feature][row in tile], aligned to 64 bytes
  const std::size_t* lists = nullptr;      ///< [groups of rows + 1], where each one's lists begin; null: not split
  const std::uint32_t* entries = nullptr;  ///< [group][entry][row in group], each an index into FirstSums::steps
};

/// What the first layer of split rows starts from: sums for a row that holds the common value everywhere, and what each
/// column adds to them where a row holds the rare one. Outputs lie side by side, padded to a multiple of `lanes`.
struct FirstSums {
  std::size_t stride = 0;        ///< outputs, padded
  const float* base = nullptr;   ///< [stride], aligned to 64 bytes, as is the next
  const float* steps = nullptr;  ///< [column][stride], and a row of -0.0, with which lists are filled up
};

/// What the vectors of this processor ask of the layout.
struct FusedShape {
  std::size_t tile_rows = 0;  ///< rows of a tile; 0: this processor has no fused multiply-add, and no fused pass
  std::size_t block = 0;      ///< outputs that are computed together
  std::size_t lanes = 0;      ///< rows, or outputs, in a vector
};
FusedShape fused_shape();

/// Scores, the sigmoids of the logits, of tiles of rows. Of the layers the last one has one output, in a block of its
/// own size 1. `scratch` has room for two tiles of the widest padded layer and is aligned to 64 bytes; `scores` has
/// room for tiles * tile_rows. Each sum is a chain of fused multiply-adds in the order of the inputs, from zero on, and
/// the bias comes last; in the first layer of split rows the chain goes on from the base, to which first the steps are
/// added in the order of their list. These are the same bits on every processor that has fused multiply-adds.
void fused_forward(std::span<const FusedLayer> layers, const FusedInput& input, const FirstSums& first, float* scratch,
                   std::size_t scratch_tile, float* scores);

}  // namespace posthoc::cpu
