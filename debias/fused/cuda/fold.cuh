#pragma once

#include "debias/fused/cuda/layers.h"
#include "tensor/cuda/gpu_compat.cuh"

namespace posthoc::GPU_NS {

constexpr int kFoldThreads = 128;
constexpr int kMaxFoldedInputs = 256;  // of a layer with a normalisation before it

/// Folds each normalisation into the layer after it and lays the weights out for the forward kernels: W (scale x +
/// shift) + b = (W scale) x + (W shift + b), in float64 and rounded once, in the order of operations of the host's
/// FusedScorer. The weights go from [output][input] to [input][output].
///
/// parameters is [trials][parameter_count], packed [trials][packed_count]. Grid: (layers, trials). One thread an
/// output, whose bias is a sum over the inputs in order.
static __global__ void __launch_bounds__(kFoldThreads)
    fold_layers(const debias::DeviceLayer* __restrict__ layers, const float* __restrict__ parameters,
                int parameter_count, const float* __restrict__ statistics, int packed_count,
                float* __restrict__ packed) {
  GPU_SHARED(double, scale, kMaxFoldedInputs);
  GPU_SHARED(double, shift, kMaxFoldedInputs);
  const debias::DeviceLayer layer = layers[blockIdx.x];
  const float* p = parameters + static_cast<std::size_t>(blockIdx.y) * static_cast<std::size_t>(parameter_count);
  float* to = packed + static_cast<std::size_t>(blockIdx.y) * static_cast<std::size_t>(packed_count);
  const bool folded = layer.gamma != debias::DeviceLayer::kNone;
  const int t = static_cast<int>(threadIdx.x);
  if (folded) {
    for (int k = t; k < layer.inputs; k += kFoldThreads) {
      scale[k] = p[layer.gamma + k] / std::sqrt(statistics[layer.variance + k] + layer.eps);
      shift[k] = p[layer.beta + k] - statistics[layer.mean + k] * scale[k];
    }
  }
  __syncthreads();  // every thread reads all of scale and shift
  for (int out = t; out < layer.stride; out += kFoldThreads) {
    const bool padding = out >= layer.outputs;
    const float* w = p + layer.weight + static_cast<std::ptrdiff_t>(out) * layer.inputs;
    double sum = padding ? 0.0 : p[layer.bias + out];
    for (int in = 0; in < layer.inputs; ++in) {
      float weight = padding ? 0.0F : w[in];
      if (folded && !padding) {
        sum += weight * shift[in];
        weight = static_cast<float>(weight * scale[in]);
      }
      to[layer.packed_weight + static_cast<std::ptrdiff_t>(in) * layer.stride + out] = weight;
    }
    to[layer.packed_bias + out] = static_cast<float>(sum);
  }
}

inline void launch_fold(const debias::DeviceLayer* layers, int layer_count, const float* parameters,
                        int parameter_count, const float* statistics, int packed_count, int trials, float* packed,
                        GpuStream stream) {
  GPU_LAUNCH(fold_layers, dim3(static_cast<unsigned>(layer_count), static_cast<unsigned>(trials)), dim3(kFoldThreads),
             0, stream, layers, parameters, parameter_count, statistics, packed_count, packed);
}

}  // namespace posthoc::GPU_NS
