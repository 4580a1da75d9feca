#include "debias/fused/network.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"

namespace posthoc::debias {
namespace {

std::size_t padded(std::size_t n, std::size_t block) { return (n + block - 1) / block * block; }

std::size_t inputs_of(const nn::ChainLayer& layer) { return static_cast<std::size_t>(layer.weight.size(1)); }
std::size_t outputs_of(const nn::ChainLayer& layer) { return static_cast<std::size_t>(layer.weight.size(0)); }

// Outputs side by side in a block: one in the last layer, which has no more.
std::size_t block_of(const nn::Chain& chain, std::size_t layer) {
  return layer + 1 == chain.size() ? 1 : cpu::fused_shape().block;
}

bool taken(const nn::Chain& chain) {
  if (chain.empty() || outputs_of(chain.back()) != 1 || chain.back().relu || chain.back().norm) return false;
  return std::all_of(chain.begin(), chain.end(), [](const nn::ChainLayer& layer) {
    return layer.weight.dtype() == Dtype::float32 && layer.weight.device() == Device::cpu() &&
           layer.weight.size(0) <= FusedRows::kMaxWidth;
  });
}

// Weights and biases of J outputs for inputs scale x + shift: W (scale x + shift) + b = (W scale) x + (W shift + b), in
// float64 and rounded once. Several outputs by turns, so that the processor need not wait for one sum.
template <std::size_t J>
void fold(const float* w, std::size_t inputs, const double* scale, const double* shift, const float* b,
          std::size_t stride, float* weights, float* bias) {
  double sums[J];
  for (std::size_t j = 0; j < J; ++j) sums[j] = b[j];
  for (std::size_t in = 0; in < inputs; ++in) {
    for (std::size_t j = 0; j < J; ++j) {
      const double weight = w[j * inputs + in];
      weights[in * stride + j] = static_cast<float>(weight * scale[in]);
      sums[j] += weight * shift[in];
    }
  }
  for (std::size_t j = 0; j < J; ++j) bias[j] = static_cast<float>(sums[j]);
}

// The same without a normalisation before: weights and biases as they are.
template <std::size_t J>
void copy(const float* w, std::size_t inputs, const float* b, std::size_t stride, float* weights, float* bias) {
  for (std::size_t in = 0; in < inputs; ++in) {
    for (std::size_t j = 0; j < J; ++j) weights[in * stride + j] = w[j * inputs + in];
  }
  for (std::size_t j = 0; j < J; ++j) bias[j] = b[j];
}

void tensor_of(Tensor& buffer, std::size_t floats) {
  const auto size = static_cast<std::int64_t>(floats);
  if (!buffer.defined() || buffer.elements() != size) buffer = Tensor::zeros({size});
}

}  // namespace

std::optional<FusedRows> FusedRows::of(const nn::Classifier& model, const Tensor& features) {
  require(features.defined() && features.rank() == 2 && features.size(1) == model.inputs(),
          "fused rows: the network takes {} features a row, the data is {}", model.inputs(),
          features.defined() ? features.shape().text() : "undefined");
  const std::size_t tile_rows = cpu::fused_shape().tile_rows;
  if (tile_rows == 0 || features.dtype() != Dtype::float32 || features.device() != Device::cpu()) return std::nullopt;
  const std::optional<nn::Chain> chain = model.chain();
  if (!chain || !taken(*chain)) return std::nullopt;
  return FusedRows(features, tile_rows);
}

FusedRows::FusedRows(const Tensor& features, std::size_t tile_rows)
    : rows_(static_cast<std::size_t>(features.size(0))) {
  tiles_ = padded(rows_, tile_rows) / tile_rows;
  const auto columns = static_cast<std::size_t>(features.size(1));
  tiled_ = Tensor::zeros({static_cast<std::int64_t>(tiles_ * columns * tile_rows)});
  const float* from = features.values<float>().data();
  float* to = tiled_.mutable_values<float>().data();
  for (std::size_t row = 0; row < rows_; ++row, from += columns) {
    float* tile = to + row / tile_rows * columns * tile_rows + row % tile_rows;
    for (std::size_t column = 0; column < columns; ++column) tile[column * tile_rows] = from[column];
  }
}

void FusedScorer::pack(const nn::Chain& chain) {
  std::size_t floats = 0;
  for (std::size_t i = 0; i < chain.size(); ++i) {
    floats += padded(outputs_of(chain[i]), block_of(chain, i)) * (inputs_of(chain[i]) + 1);
  }
  tensor_of(weights_, floats);
  float* to = weights_.mutable_values<float>().data();
  layers_.clear();
  scratch_tile_ = 1;
  for (std::size_t i = 0; i < chain.size(); ++i) {
    const std::size_t block = block_of(chain, i);
    const std::size_t inputs = inputs_of(chain[i]);
    const std::size_t outputs = outputs_of(chain[i]);
    const std::size_t all = padded(outputs, block);
    const float* w = chain[i].weight.values<float>().data();
    const float* b = chain[i].bias.values<float>().data();
    float* bias = to + all * inputs;
    const auto pack = [&]<std::size_t J>(std::size_t out) {
      float* column = to + out / block * block * inputs + out % block;
      if (i > 0 && chain[i - 1].norm) {
        fold<J>(w + out * inputs, inputs, scale_.data(), shift_.data(), b + out, block, column, bias + out);
      } else {
        copy<J>(w + out * inputs, inputs, b + out, block, column, bias + out);
      }
    };
    std::size_t out = 0;
    if (block % 4 == 0) {
      for (; out + 4 <= outputs; out += 4) pack.operator()<4>(out);
    }
    for (; out < outputs; ++out) pack.operator()<1>(out);
    layers_.push_back({inputs, all, chain[i].relu, to, bias});
    to = bias + all;
    scratch_tile_ = std::max(scratch_tile_, all);

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
  pack(chain);
  const std::size_t tile_rows = cpu::fused_shape().tile_rows;
  scratch_tile_ *= tile_rows;
  tensor_of(scratch_, 2 * scratch_tile_);
  tensor_of(tiled_scores_, rows.tiles() * tile_rows);
  float* scores = tiled_scores_.mutable_values<float>().data();
  cpu::fused_forward(layers_, rows.tiled(), rows.tiles(), scratch_.mutable_values<float>().data(), scratch_tile_,
                     scores);
  scores_.assign(scores, scores + rows.rows());
  return scores_;
}

}  // namespace posthoc::debias
