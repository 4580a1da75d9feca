#pragma once

#include <optional>
#include <vector>

#include "tensor/tensor.h"

namespace posthoc::nn {

/// Batch normalisation in evaluation mode: y = (x - mean) / sqrt(variance + eps) * gamma + beta, column by column.
struct ChainNorm {
  Tensor gamma;
  Tensor beta;
  Tensor mean;
  Tensor variance;
  double eps = 0.0;
};

/// x W^T + b, then ReLU, then normalisation, the last two where there are any.
struct ChainLayer {
  Tensor weight;  ///< [out, in]
  Tensor bias;    ///< [out]
  bool relu = false;
  std::optional<ChainNorm> norm;
};

/// What a network computes in evaluation mode, if that is one layer after the other: the last one gives the logits.
/// The tensors share their elements with the network.
using Chain = std::vector<ChainLayer>;

}  // namespace posthoc::nn
