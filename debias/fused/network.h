#pragma once

#include <cstddef>
#include <vector>

#include "debias/fused/cpu/forward.h"
#include "debias/fused/cpu/pack.h"
#include "debias/fused/rows.h"
#include "nn/chain.h"

// The fused pass: the scores of a network that is a chain (nn/chain.h) on many rows, without a tape, without an
// intermediate result in memory, and with each normalisation folded into the layer after it. It is for whoever
// evaluates many networks of one shape on the same rows. docs/performance.md has the idea and what it gains.
//
// Scores differ from those of `nn::scores` by rounding alone: sums are taken in another order, with fused
// multiply-adds, and normalisation is folded. They are the same bits for any number of threads and on any processor.
// Which columns the first layer takes apart (debias/fused/column_split.h) depends on the rows, and so does the
// rounding.

namespace posthoc::debias {

/// Scores networks of one shape, one after the other, in the same memory. One thread at a time.
class FusedScorer {
 public:
  /// P(favourable label) of each row by a chain like the one that `rows` was made for: sigmoids of float32 logits, by
  /// the formula that devices use too (debias/fused/score.h). Not checked to be finite. The span is valid until the
  /// next call.
  std::vector<double>& scores(const nn::Chain& chain, const FusedRows& rows);

 private:
  void pack(const nn::Chain& chain, const FusedRows& rows);
  float* pack_split(const nn::ChainLayer& layer, const ColumnSplit& columns, std::size_t block, float* to);
  float* pack_layer(const nn::ChainLayer& layer, bool folded, std::size_t block, float* to);
  void take_inputs(std::size_t inputs, bool folded, std::size_t block);
  void take_columns(const ColumnSplit& columns, std::size_t block, std::size_t stride);
  void set_affine(const nn::ChainLayer& layer);

  std::vector<cpu::FusedLayer> layers_;
  cpu::FirstSums first_;
  std::vector<cpu::PackedInput> inputs_;  // of the layer that is being packed
  Tensor weights_;                        // all layers' packed weights and biases
  Tensor scratch_;
  std::size_t scratch_tile_ = 0;
  Tensor tiled_scores_;
  std::vector<double> scores_;
  std::vector<double> scale_;  // of the normalisation to fold into the next layer: y = scale * x + shift
  std::vector<double> shift_;
};

}  // namespace posthoc::debias
