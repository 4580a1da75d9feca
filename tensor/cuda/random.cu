#include <cmath>

#include "base/philox_block.h"
#include "tensor/cuda/kernels.h"
#include "tensor/cuda/launch.cuh"
#include "tensor/random_formulas.h"
#include "tensor/training_formulas.h"

// A thread makes a Philox block and takes its four draws: draw i of a stream has the same bits as on the host.

namespace posthoc::cuda {
namespace {

using random_formulas::Floats;
using random_formulas::Words;

// Calls put(i, draw) for draws first .. first + n - 1, `transform` turning a block's words into its four draws.
template <typename Transform, typename Put>
__device__ __forceinline__ void for_each_draw(const RandomStream& random, std::uint64_t first, std::int64_t n,
                                              Transform transform, Put put) {
  const auto skip = static_cast<std::int64_t>(first % 4);  // draws of the first block that belong to others
  for (std::int64_t block = first_piece(); 4 * block < skip + n; block += next_piece()) {
    const auto draws = transform(philox_block(random, first / 4 + static_cast<std::uint64_t>(block)));
    for (int lane = 0; lane < 4; ++lane) {
      const std::int64_t i = 4 * block + lane - skip;
      if (i >= 0 && i < n) put(i, draws.v[lane]);
    }
  }
}

unsigned blocks_for_draws(std::uint64_t first, std::int64_t n) {
  return n == 0 ? 0 : blocks_for((static_cast<std::int64_t>(first % 4) + n + 3) / 4);
}

struct SameWords {
  __device__ Words operator()(const Words& words) const { return words; }
};
struct Normals {
  __device__ Floats operator()(const Words& words) const { return random_formulas::normals(words); }
};

template <typename T>
__global__ void __launch_bounds__(kThreads, kBlocks)
    uniform_kernel(RandomStream random, std::uint64_t first, float low, float width, std::int64_t n, T* out) {
  for_each_draw(random, first, n, SameWords(), [&](std::int64_t i, std::uint32_t word) {
    out[i] = static_cast<T>(std::fma(width, random_formulas::unit(word), low));
  });
}

template <typename T>
__global__ void __launch_bounds__(kThreads, kBlocks)
    normal_kernel(RandomStream random, std::uint64_t first, std::int64_t n, T* out) {
  for_each_draw(random, first, n, Normals(), [&](std::int64_t i, float draw) { out[i] = static_cast<T>(draw); });
}

template <typename T>
__global__ void __launch_bounds__(kThreads, kBlocks)
    dropout_kernel(RandomStream random, std::uint64_t first, std::uint32_t threshold, T factor, std::int64_t n,
                   T* out) {
  for_each_draw(random, first, n, SameWords(),
                [&](std::int64_t i, std::uint32_t word) { out[i] = (word >> 8) >= threshold ? factor : T(0); });
}

template <typename T>
__global__ void __launch_bounds__(kThreads, kBlocks)
    relu_dropout_kernel(const T* x, RandomStream random, std::uint64_t first, std::uint32_t threshold, T factor,
                        std::int64_t n, T* y) {
  for_each_draw(random, first, n, SameWords(), [&](std::int64_t i, std::uint32_t word) {
    y[i] = scalar::Relu()(x[i]) * ((word >> 8) >= threshold ? factor : T(0));
  });
}

template <typename T>
__global__ void __launch_bounds__(kThreads, kBlocks)
    relu_dropout_backward_kernel(const T* y, const T* g, T factor, std::int64_t n, T* dx) {
  for (std::int64_t i = first_piece(); i < n; i += next_piece()) dx[i] = scalar::ReluBackward()(y[i], g[i] * factor);
}

template <typename T>
__global__ void __launch_bounds__(kThreads, kBlocks)
    perturb_kernel(const T* w, RandomStream random, T sigma, std::uint64_t first, std::int64_t n, T* out) {
  for_each_draw(random, first, n, Normals(), [&](std::int64_t i, float draw) {
    out[i] = random_formulas::perturbed(w[i], sigma, static_cast<T>(draw));
  });
}

}  // namespace

void random_uniform(StreamHandle stream, const RandomStream& random, std::uint64_t first, double low, double high,
                    Tensor& out) {
  const std::int64_t n = out.elements();
  dispatch_floating(out.dtype(), [&]<typename T>() {
    POSTHOC_LAUNCH(uniform_kernel<T>, blocks_for_draws(first, n), stream, random, first, static_cast<float>(low),
                   static_cast<float>(high - low), n, elements<T>(out));
  });
}

void random_normal(StreamHandle stream, const RandomStream& random, std::uint64_t first, Tensor& out) {
  const std::int64_t n = out.elements();
  dispatch_floating(out.dtype(), [&]<typename T>() {
    POSTHOC_LAUNCH(normal_kernel<T>, blocks_for_draws(first, n), stream, random, first, n, elements<T>(out));
  });
}

void dropout_mask(StreamHandle stream, const RandomStream& random, std::uint64_t first, double p, Tensor& out) {
  const std::int64_t n = out.elements();
  dispatch_floating(out.dtype(), [&]<typename T>() {
    POSTHOC_LAUNCH(dropout_kernel<T>, blocks_for_draws(first, n), stream, random, first,
                   training_formulas::dropout_threshold(p), training_formulas::dropout_factor<T>(p), n,
                   elements<T>(out));
  });
}

void relu_dropout(StreamHandle stream, const Tensor& x, const RandomStream& random, std::uint64_t first, double p,
                  Tensor& y) {
  const std::int64_t n = x.elements();
  dispatch_floating(x.dtype(), [&]<typename T>() {
    POSTHOC_LAUNCH(relu_dropout_kernel<T>, blocks_for_draws(first, n), stream, elements<T>(x), random, first,
                   training_formulas::dropout_threshold(p), training_formulas::dropout_factor<T>(p), n, elements<T>(y));
  });
}

void relu_dropout_backward(StreamHandle stream, const Tensor& y, double p, const Tensor& cotangent, Tensor& dx) {
  const std::int64_t n = y.elements();
  dispatch_floating(y.dtype(), [&]<typename T>() {
    POSTHOC_LAUNCH(relu_dropout_backward_kernel<T>, blocks_for(n), stream, elements<T>(y), elements<T>(cotangent),
                   training_formulas::dropout_factor<T>(p), n, elements<T>(dx));
  });
}

void perturb(StreamHandle stream, const Tensor& w, const RandomStream& random, double sigma, std::uint64_t first,
             Tensor& out) {
  const std::int64_t n = w.elements();
  dispatch_floating(w.dtype(), [&]<typename T>() {
    POSTHOC_LAUNCH(perturb_kernel<T>, blocks_for_draws(first, n), stream, elements<T>(w), random, static_cast<T>(sigma),
                   first, n, elements<T>(out));
  });
}

}  // namespace posthoc::cuda
