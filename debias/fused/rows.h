#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "debias/fused/column_split.h"
#include "debias/fused/cpu/forward.h"
#include "nn/module.h"

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
  // Of some groups of rows.
  struct Lists {
    std::vector<std::size_t> lengths;  // of each group, all its rows together
    std::vector<std::uint32_t> entries;
  };

  FusedRows(const Tensor& features, std::size_t outputs, FirstLayer first_layer);
  [[nodiscard]] Lists lists_of(std::span<const float> rows) const;
  void take(std::vector<Lists>& parts);

  std::size_t rows_ = 0;
  std::size_t tiles_ = 0;
  std::size_t stride_ = 0;  // of a column's steps
  ColumnSplit columns_;
  Tensor tiled_;                    // [tile][dense column][row in tile], the last tile filled up with zeros
  std::vector<std::size_t> lists_;  // of split rows: see cpu::FusedInput
  std::vector<std::uint32_t> entries_;
};

}  // namespace posthoc::debias
