#include "debias/fused/network.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"

namespace posthoc::debias {
namespace {

std::size_t padded(std::size_t n, std::size_t block) { return (n + block - 1) / block * block; }

std::size_t inputs_of(const nn::ChainLayer& layer) { return static_cast<std::size_t>(layer.weight.size(1)); }
std::size_t outputs_of(const nn::ChainLayer& layer) { return static_cast<std::size_t>(layer.weight.size(0)); }

cpu::LayerWeights weights_of(const nn::ChainLayer& layer) {
  return {layer.weight.values<float>().data(), layer.bias.values<float>().data(), inputs_of(layer), outputs_of(layer)};
}

// Outputs side by side in a block: one in the last layer, which has no more.
std::size_t block_of(const nn::Chain& chain, std::size_t layer) {
  return layer + 1 == chain.size() ? 1 : cpu::fused_shape().block;
}

// A layer's outputs in whole blocks and whole vectors, as the sums have them that split rows start from.
std::size_t first_stride(std::size_t outputs) {
  return padded(outputs, std::max(cpu::fused_shape().block, cpu::fused_shape().lanes));
}

bool taken(const nn::Chain& chain) {
  if (chain.empty() || outputs_of(chain.back()) != 1 || chain.back().relu || chain.back().norm) return false;
  return std::all_of(chain.begin(), chain.end(), [](const nn::ChainLayer& layer) {
    return layer.weight.dtype() == Dtype::float32 && layer.weight.device() == Device::cpu() &&
           layer.weight.size(0) <= FusedRows::kMaxWidth;
  });
}

void tensor_of(Tensor& buffer, std::size_t floats) {
  const auto size = static_cast<std::int64_t>(floats);
  if (!buffer.defined() || buffer.elements() != size) buffer = Tensor::zeros({size});
}

}  // namespace

std::optional<FusedRows> FusedRows::of(const nn::Classifier& model, const Tensor& features, FirstLayer first_layer) {
  require(features.defined() && features.rank() == 2 && features.size(1) == model.inputs(),
          "fused rows: the network takes {} features a row, the data is {}", model.inputs(),
          features.defined() ? features.shape().text() : "undefined");
  if (cpu::fused_shape().tile_rows == 0) return std::nullopt;
  if (features.dtype() != Dtype::float32 || features.device() != Device::cpu()) return std::nullopt;
  const std::optional<nn::Chain> chain = model.chain();
  if (!chain || !taken(*chain)) return std::nullopt;
  return FusedRows(features, outputs_of(chain->front()), first_layer);
}

FusedRows::FusedRows(const Tensor& features, std::size_t outputs, FirstLayer first_layer)
    : rows_(static_cast<std::size_t>(features.size(0))) {
  const cpu::FusedShape shape = cpu::fused_shape();
  tiles_ = padded(rows_, shape.tile_rows) / shape.tile_rows;
  const auto columns = static_cast<std::size_t>(features.size(1));
  const auto x = features.values<float>();
  columns_ = split_columns(x, columns, outputs, first_layer);
  tile(x.data(), columns);
  if (split()) list(x.data(), columns, first_stride(outputs));
}

void FusedRows::tile(const float* x, std::size_t columns) {
  const std::size_t tile_rows = cpu::fused_shape().tile_rows;
  const std::size_t features = columns_.dense.size();
  tiled_ = Tensor::zeros({static_cast<std::int64_t>(tiles_ * features * tile_rows)});
  float* to = tiled_.mutable_values<float>().data();
  for (std::size_t row = 0; row < rows_; ++row, x += columns) {
    float* tile = to + row / tile_rows * features * tile_rows + row % tile_rows;
    for (const std::uint32_t column : columns_.dense) {
      *tile = x[column];
      tile += tile_rows;
    }
  }
}

// Rows of a group have lists of one length, so that no branch depends on a row; a longer list than a row's own goes on
// with the step that adds -0.0, which changes no number.
void FusedRows::list(const float* x, std::size_t columns, std::size_t stride) {
  const std::size_t lanes = cpu::fused_shape().lanes;
  const auto filler = static_cast<std::uint32_t>(columns_.two_valued.size() * stride);
  std::vector<std::vector<std::uint32_t>> of_row(lanes);
  lists_ = {0};
  for (std::size_t first = 0; first < tiles_ * cpu::fused_shape().tile_rows; first += lanes) {
    std::size_t longest = 0;
    for (std::size_t i = 0; i < lanes; ++i) {
      of_row[i].clear();
      if (first + i >= rows_) continue;
      const float* row = x + (first + i) * columns;
      std::uint32_t step = 0;
      for (const TwoValuedColumn& column : columns_.two_valued) {
        if (row[column.column] != column.common) of_row[i].push_back(step);
        step += static_cast<std::uint32_t>(stride);
      }
      longest = std::max(longest, of_row[i].size());
    }
    for (std::size_t entry = 0; entry < longest; ++entry) {
      for (const auto& row : of_row) entries_.push_back(entry < row.size() ? row[entry] : filler);
    }
    lists_.push_back(entries_.size());
  }
}

cpu::FusedInput FusedRows::input() const {
  return {tiles_, tiled_.values<float>().data(), split() ? lists_.data() : nullptr, entries_.data()};
}

void FusedScorer::take_inputs(std::size_t inputs, bool folded, std::size_t block) {
  inputs_.assign(inputs, {});
  for (std::size_t k = 0; k < inputs; ++k) {
    inputs_[k].at = k * block;
    if (folded) inputs_[k] = {.scale = scale_[k], .shift = shift_[k], .shifted = true, .at = k * block};
  }
}

void FusedScorer::take_columns(const ColumnSplit& columns, std::size_t block, std::size_t stride) {
  inputs_.assign(columns.dense.size() + columns.two_valued.size(), {});
  std::size_t at = 0;
  for (const std::uint32_t column : columns.dense) {
    inputs_[column].at = at;
    at += block;
  }
  at = 0;
  for (const TwoValuedColumn& column : columns.two_valued) {
    const double common = column.common;
    inputs_[column.column] = {.scale = column.rare - common, .shift = common, .shifted = true, .apart = true, .at = at};
    at += stride;
  }
}

// The first layer of split rows: steps, among them the one that fills lists up, base, weights.
float* FusedScorer::pack_split(const nn::ChainLayer& layer, const ColumnSplit& columns, std::size_t block, float* to) {
  const std::size_t outputs = padded(outputs_of(layer), block);
  const std::size_t stride = first_stride(outputs_of(layer));
  float* const base = to + (columns.two_valued.size() + 1) * stride;
  float* const weights = base + stride;
  std::fill(base - stride, base, -0.0F);
  take_columns(columns, block, stride);
  cpu::fused_pack(weights_of(layer), inputs_, {block, columns.dense.size(), weights, base, to});
  first_ = {stride, base, to};
  layers_.push_back({columns.dense.size(), outputs, layer.relu, weights, nullptr});
  return weights + outputs * columns.dense.size();
}

float* FusedScorer::pack_layer(const nn::ChainLayer& layer, bool folded, std::size_t block, float* to) {
  const std::size_t inputs = inputs_of(layer);
  const std::size_t outputs = padded(outputs_of(layer), block);
  float* const bias = to + outputs * inputs;
  take_inputs(inputs, folded, block);
  cpu::fused_pack(weights_of(layer), inputs_, {block, inputs, to, bias, nullptr});
  layers_.push_back({inputs, outputs, layer.relu, to, bias});
  return bias + outputs;
}

void FusedScorer::pack(const nn::Chain& chain, const FusedRows& rows) {
  std::size_t floats = 0;
  scratch_tile_ = 0;
  for (std::size_t i = 0; i < chain.size(); ++i) {
    floats += padded(outputs_of(chain[i]), block_of(chain, i)) * (inputs_of(chain[i]) + 1);
    scratch_tile_ = std::max(scratch_tile_, first_stride(outputs_of(chain[i])));
  }
  if (rows.split()) floats += (rows.columns().two_valued.size() + 2) * first_stride(outputs_of(chain.front()));
  tensor_of(weights_, floats);
  float* to = weights_.mutable_values<float>().data();
  layers_.clear();
  first_ = {};
  for (std::size_t i = 0; i < chain.size(); ++i) {
    const std::size_t block = block_of(chain, i);
    to = i == 0 && rows.split() ? pack_split(chain[i], rows.columns(), block, to)
                                : pack_layer(chain[i], i > 0 && chain[i - 1].norm, block, to);
    set_affine(chain[i]);
  }
}

void FusedScorer::set_affine(const nn::ChainLayer& layer) {
  if (!layer.norm) return;
  const std::size_t outputs = outputs_of(layer);
  scale_.resize(outputs);
  shift_.resize(outputs);
  const auto gamma = layer.norm->gamma.values<float>();
  const auto beta = layer.norm->beta.values<float>();
  const auto mean = layer.norm->mean.values<float>();
  const auto variance = layer.norm->variance.values<float>();
  for (std::size_t k = 0; k < outputs; ++k) {
    scale_[k] = gamma[k] / std::sqrt(variance[k] + layer.norm->eps);
    shift_[k] = beta[k] - mean[k] * scale_[k];
  }
}

std::vector<double>& FusedScorer::scores(const nn::Chain& chain, const FusedRows& rows) {
  pack(chain, rows);
  const std::size_t tile_rows = cpu::fused_shape().tile_rows;
  scratch_tile_ *= tile_rows;
  tensor_of(scratch_, 2 * scratch_tile_);
  tensor_of(tiled_scores_, rows.tiles() * tile_rows);
  float* scores = tiled_scores_.mutable_values<float>().data();
  cpu::fused_forward(layers_, rows.input(), first_, scratch_.mutable_values<float>().data(), scratch_tile_, scores);
  scores_.assign(scores, scores + rows.rows());
  return scores_;
}

}  // namespace posthoc::debias
