#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "debias/fused/column_split.h"
#include "debias/fused/cpu/forward.h"
#include "debias/fused/cpu/pack.h"
#include "nn/chain.h"
#include "nn/module.h"

// The fused pass: the scores of a network that is a chain (nn/chain.h) on many rows, without a tape, without an
// intermediate result in memory, and with each normalisation folded into the layer after it. It is for whoever
// evaluates many networks of one shape on the same rows. docs/performance.md has the idea and what it gains.
//
// Scores differ from those of `nn::scores` by rounding alone: sums are taken in another order, with fused
// multiply-adds, and normalisation is folded. They are the same bits for any number of threads and on any processor.
// Which columns the first layer takes apart (debias/fused/column_split.h) depends on the rows, and so does the
// rounding.

namespace posthoc::debias {

/// Rows of features laid out for the fused pass, once for any number of networks.
class FusedRows {
 public:
  /// The widest layer that the pass takes; a wider one has weights enough for a matrix product to be as good.
  static constexpr std::int64_t kMaxWidth = 256;

  /// Nothing if the pass does not take this network or these features: it takes chains in float32 on the host whose
  /// hidden layers are at most kMaxWidth wide and whose last layer has one output and nothing after it, on a processor
  /// with fused multiply-add. Throws `Error` unless features are [n, model.inputs()].
  static std::optional<FusedRows> of(const nn::Classifier& model, const Tensor& features,
                                     FirstLayer first_layer = FirstLayer::cheaper);

  [[nodiscard]] std::size_t rows() const { return rows_; }
  [[nodiscard]] std::size_t tiles() const { return tiles_; }
  [[nodiscard]] const ColumnSplit& columns() const { return columns_; }
  [[nodiscard]] bool split() const { return !columns_.two_valued.empty(); }
  /// Valid as long as these rows are.
  [[nodiscard]] cpu::FusedInput input() const;

 private:
  FusedRows(const Tensor& features, std::size_t outputs, FirstLayer first_layer);
  void tile(const float* x, std::size_t columns);
  void list(const float* x, std::size_t columns, std::size_t stride);

  std::size_t rows_ = 0;
  std::size_t tiles_ = 0;
  ColumnSplit columns_;
  Tensor tiled_;                    // [tile][dense column][row in tile], the last tile filled up with zeros
  std::vector<std::size_t> lists_;  // of split rows: see cpu::FusedInput
  std::vector<std::uint32_t> entries_;
};

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
