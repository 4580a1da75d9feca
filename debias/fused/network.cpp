#include "debias/fused/network.h"

#include <algorithm>
#include <cmath>

#include "debias/fused/layout.h"

namespace posthoc::debias {
namespace {

cpu::LayerWeights weights_of(const nn::ChainLayer& layer) {
  return {layer.weight.values<float>().data(), layer.bias.values<float>().data(), inputs_of(layer), outputs_of(layer)};
}

// Outputs side by side in a block: one in the last layer, which has no more.
std::size_t block_of(const nn::Chain& chain, std::size_t layer) {
  return layer + 1 == chain.size() ? 1 : cpu::fused_shape().block;
}

void tensor_of(Tensor& buffer, std::size_t floats) {
  const auto size = static_cast<std::int64_t>(floats);
  if (!buffer.defined() || buffer.elements() != size) buffer = Tensor::zeros({size});
}

}  // namespace

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
