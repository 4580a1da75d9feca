#include "tensor/random.h"

#include <algorithm>
#include <array>
#include <type_traits>

#include "base/philox_block.h"
#include "tensor/cpu/kernels.h"
#include "tensor/cpu/simd/kernels.h"
#include "tensor/cpu/simd/normals.h"
#include "tensor/training_formulas.h"

namespace posthoc::cpu {
namespace {

using training_formulas::dropout_factor;
using training_formulas::dropout_threshold;

// Calls put(i, word) for the words of draws first .. first + n - 1, making each block once.
template <typename Put>
void for_each_word(const RandomStream& stream, std::uint64_t first, std::int64_t n, Put put) {
  for (std::int64_t i = 0; i < n;) {
    const std::uint64_t index = first + static_cast<std::uint64_t>(i);
    const RandomWords block = philox_block(stream, index / 4);
    if (index % 4 == 0 && n - i >= 4) {
      for (int lane = 0; lane < 4; ++lane) put(i + lane, block.v[lane]);
      i += 4;
    } else {  // the first or the last block, taken in part
      for (std::uint64_t lane = index % 4; lane < 4 && i < n; ++lane) put(i++, block.v[lane]);
    }
  }
}

// Calls put(i, draws, count) for draws first + i .. first + i + count - 1, until all n are done; `make` is
// `normal_blocks` or `uniform_blocks`.
template <typename Make, typename Put>
void for_draws(Make make, const RandomStream& stream, std::uint64_t first, std::int64_t n, Put put) {
  constexpr std::int64_t kBlocks = 256;
  std::array<float, 4 * kBlocks> draws;
  const auto skip = static_cast<std::int64_t>(first % 4);  // draws of the first block that belong to others
  const std::int64_t blocks = (skip + n + 3) / 4;
  for (std::int64_t block = 0; block < blocks; block += kBlocks) {
    const std::int64_t some = std::min(kBlocks, blocks - block);
    make(stream, first / 4 + static_cast<std::uint64_t>(block), some, draws.data());
    const std::int64_t begin = block == 0 ? skip : 0;
    const std::int64_t end = std::min(4 * some, skip + n - 4 * block);
    put(4 * block + begin - skip, draws.data() + begin, end - begin);
  }
}

}  // namespace

void random_uniform(const RandomStream& stream, std::uint64_t first, double low, double high, Tensor& out) {
  dispatch_floating(out.dtype(), [&]<typename T>() {
    T* to = out.mutable_values<T>().data();
    // Scaled in float32 first, so that both dtypes hold the same numbers.
    const auto base = static_cast<float>(low);
    const auto width = static_cast<float>(high - low);
    for_draws(uniform_blocks, stream, first, out.elements(), [&](std::int64_t i, const float* draws, std::int64_t n) {
      for (std::int64_t k = 0; k < n; ++k) to[i + k] = static_cast<T>(std::fma(width, draws[k], base));
    });
  });
}

void random_uniforms(const RandomStream& stream, std::uint64_t first, std::span<float> to) {
  for_draws(uniform_blocks, stream, first, static_cast<std::int64_t>(to.size()),
            [&](std::int64_t i, const float* draws, std::int64_t n) { std::copy_n(draws, n, to.data() + i); });
}

void random_normal(const RandomStream& stream, std::uint64_t first, Tensor& out) {
  dispatch_floating(out.dtype(), [&]<typename T>() {
    T* to = out.mutable_values<T>().data();
    for_draws(normal_blocks, stream, first, out.elements(),
              [&](std::int64_t i, const float* draws, std::int64_t n) { std::copy_n(draws, n, to + i); });
  });
}

void plain::dropout_mask(const RandomStream& stream, std::uint64_t first, double p, Tensor& out) {
  dispatch_floating(out.dtype(), [&]<typename T>() {
    T* to = out.mutable_values<T>().data();
    const std::uint32_t threshold = dropout_threshold(p);
    const T mask[2] = {T(0), dropout_factor<T>(p)};  // a table in place of a branch that no processor can foresee
    for_each_word(stream, first, out.elements(),
                  [&](std::int64_t i, std::uint32_t word) { to[i] = mask[(word >> 8) >= threshold ? 1 : 0]; });
  });
}

void plain::relu_dropout(const Tensor& x, const RandomStream& stream, std::uint64_t first, double p, Tensor& y) {
  plain::dropout_mask(stream, first, p, y);
  dispatch_floating(x.dtype(), [&]<typename T>() {
    const T* in = x.values<T>().data();
    T* out = y.mutable_values<T>().data();
    for (std::int64_t i = 0; i < x.elements(); ++i) out[i] = scalar::Relu()(in[i]) * out[i];
  });
}

void plain::relu_dropout_backward(const Tensor& y, double p, const Tensor& cotangent, Tensor& dx) {
  dispatch_floating(y.dtype(), [&]<typename T>() {
    const T* out = y.values<T>().data();
    const T* g = cotangent.values<T>().data();
    T* to = dx.mutable_values<T>().data();
    const T factor = dropout_factor<T>(p);
    for (std::int64_t i = 0; i < y.elements(); ++i) to[i] = scalar::ReluBackward()(out[i], g[i] * factor);
  });
}

void dropout_mask(const RandomStream& stream, std::uint64_t first, double p, Tensor& out) {
  if (out.dtype() != Dtype::float32) return plain::dropout_mask(stream, first, p, out);
  simd::dropout_mask(stream, first, dropout_threshold(p), dropout_factor<float>(p), out.elements(),
                     out.mutable_values<float>().data());
}

void relu_dropout(const Tensor& x, const RandomStream& stream, std::uint64_t first, double p, Tensor& y) {
  if (x.dtype() != Dtype::float32) return plain::relu_dropout(x, stream, first, p, y);
  dropout_mask(stream, first, p, y);
  float* out = y.mutable_values<float>().data();
  simd::relu_times(x.values<float>().data(), out, x.elements(), out);
}

void relu_dropout_backward(const Tensor& y, double p, const Tensor& cotangent, Tensor& dx) {
  if (y.dtype() != Dtype::float32) return plain::relu_dropout_backward(y, p, cotangent, dx);
  simd::relu_times_backward(y.values<float>().data(), cotangent.values<float>().data(), dropout_factor<float>(p),
                            y.elements(), dx.mutable_values<float>().data());
}

void perturb(const Tensor& w, const RandomStream& stream, double sigma, std::uint64_t first, Tensor& out) {
  dispatch_floating(w.dtype(), [&]<typename T>() {
    const T* from = w.values<T>().data();
    T* to = out.mutable_values<T>().data();
    const T spread = static_cast<T>(sigma);
    for_draws(normal_blocks, stream, first, w.elements(), [&](std::int64_t i, const float* draws, std::int64_t n) {
      if constexpr (std::is_same_v<T, float>) {
        perturb_floats(from + i, draws, spread, n, to + i);
      } else {
        for (std::int64_t k = 0; k < n; ++k) {
          to[i + k] = random_formulas::perturbed(from[i + k], spread, static_cast<T>(draws[k]));
        }
      }
    });
  });
}

}  // namespace posthoc::cpu
