#include <cmath>

#include "tensor/cuda/kernels.h"
#include "tensor/cuda/launch.cuh"
#include "tensor/training_formulas.h"

namespace posthoc::cuda {
namespace {

using training_formulas::batch_norm_dx;
using training_formulas::normalised;

// A block takes 32 columns of x [n, c]; eight threads share a column. Sums are in float64 and in an order that n alone
// decides.
constexpr int kColumns = 32;
constexpr int kRows = kThreads / kColumns;

unsigned column_blocks(std::int64_t c) { return static_cast<unsigned>((c + kColumns - 1) / kColumns); }

// The sum over a column of what its threads bring; every thread of the column gets it. All threads of the block call
// it.
__device__ __forceinline__ double column_sum(double mine, double* shared) {
  const int t = static_cast<int>(threadIdx.x);
  __syncthreads();  // what a call before left may still be read
  shared[t] = mine;
  __syncthreads();
  double total = 0.0;
  for (int row = 0; row < kRows; ++row) total += shared[row * kColumns + t % kColumns];
  return total;
}

template <typename T>
__global__ void __launch_bounds__(kThreads, kBlocks)
    statistics_kernel(const T* x, std::int64_t n, std::int64_t c, double eps, T* mean, T* variance,
                      T* inverse_deviation) {
  GPU_SHARED(double, shared, kThreads);
  const std::int64_t row = threadIdx.x / kColumns;
  const std::int64_t column = static_cast<std::int64_t>(blockIdx.x) * kColumns + threadIdx.x % kColumns;
  const std::int64_t end = column < c ? n : 0;
  double total = 0.0;
  for (std::int64_t i = row; i < end; i += kRows) total += static_cast<double>(x[i * c + column]);
  const double centre = column_sum(total, shared) / static_cast<double>(n);
  double squares = 0.0;
  for (std::int64_t i = row; i < end; i += kRows) {
    const double centred = static_cast<double>(x[i * c + column]) - centre;
    squares += centred * centred;
  }
  const double spread = column_sum(squares, shared) / static_cast<double>(n);
  if (row == 0 && column < c) {
    mean[column] = static_cast<T>(centre);
    variance[column] = static_cast<T>(spread);
    inverse_deviation[column] = static_cast<T>(1.0 / std::sqrt(spread + eps));
  }
}

template <typename T>
__global__ void __launch_bounds__(kThreads, kBlocks)
    apply_kernel(const T* x, std::int64_t n, std::int64_t c, const T* mean, const T* inverse_deviation, const T* gamma,
                 const T* beta, T* y) {
  for (std::int64_t i = first_piece(); i < n; i += next_piece()) {
    const std::int64_t j = i % c;
    y[i] = normalised(x[i], mean[j], inverse_deviation[j]) * gamma[j] + beta[j];
  }
}

template <typename T>
__global__ void __launch_bounds__(kThreads, kBlocks)
    gradient_sums_kernel(const T* x, const T* g, std::int64_t n, std::int64_t c, const T* mean,
                         const T* inverse_deviation, T* d_gamma, T* d_beta) {
  GPU_SHARED(double, shared, kThreads);
  const std::int64_t row = threadIdx.x / kColumns;
  const std::int64_t column = static_cast<std::int64_t>(blockIdx.x) * kColumns + threadIdx.x % kColumns;
  double of_g = 0.0;
  double of_product = 0.0;
  if (column < c) {
    const T centre = mean[column];
    const T scale = inverse_deviation[column];
    for (std::int64_t i = row * c + column; i < n * c; i += kRows * c) {
      of_g += static_cast<double>(g[i]);
      of_product += static_cast<double>(g[i]) * static_cast<double>(normalised(x[i], centre, scale));
    }
  }
  of_g = column_sum(of_g, shared);
  of_product = column_sum(of_product, shared);
  if (row == 0 && column < c) {
    d_beta[column] = static_cast<T>(of_g);
    d_gamma[column] = static_cast<T>(of_product);
  }
}

template <typename T>
__global__ void __launch_bounds__(kThreads, kBlocks)
    dx_kernel(const T* x, const T* g, std::int64_t n, std::int64_t c, const T* mean, const T* inverse_deviation,
              const T* gamma, const T* d_gamma, const T* d_beta, T per_row, T* dx) {
  for (std::int64_t i = first_piece(); i < n; i += next_piece()) {
    const std::int64_t j = i % c;
    const T x_hat = normalised(x[i], mean[j], inverse_deviation[j]);
    dx[i] = batch_norm_dx(x_hat, g[i], gamma[j], inverse_deviation[j], d_beta[j], d_gamma[j], per_row);
  }
}

template <typename T>
__global__ void __launch_bounds__(kThreads, kBlocks)
    moved_towards_kernel(const T* before, const T* now, T kept, T factor, T share, std::int64_t n, T* out) {
  for (std::int64_t i = first_piece(); i < n; i += next_piece()) {
    out[i] = training_formulas::moved_towards(before[i], now[i], kept, factor, share);
  }
}

}  // namespace

void batch_norm_statistics(StreamHandle stream, const Tensor& x, double eps, BatchNormStatistics& statistics) {
  const std::int64_t c = x.size(1);
  dispatch_floating(x.dtype(), [&]<typename T>() {
    POSTHOC_LAUNCH(statistics_kernel<T>, column_blocks(c), stream, elements<T>(x), x.size(0), c, eps,
                   elements<T>(statistics.mean), elements<T>(statistics.variance),
                   elements<T>(statistics.inverse_deviation));
  });
}

void batch_norm_apply(StreamHandle stream, const Tensor& x, const BatchNormStatistics& statistics, const Tensor& gamma,
                      const Tensor& beta, Tensor& y) {
  dispatch_floating(x.dtype(), [&]<typename T>() {
    POSTHOC_LAUNCH(apply_kernel<T>, blocks_for(x.elements()), stream, elements<T>(x), x.elements(), x.size(1),
                   elements<T>(statistics.mean), elements<T>(statistics.inverse_deviation), elements<T>(gamma),
                   elements<T>(beta), elements<T>(y));
  });
}

void batch_norm_backward(StreamHandle stream, const Tensor& x, const BatchNormStatistics& statistics,
                         const Tensor& gamma, const Tensor& cotangent, bool batch, BatchNormGradients& gradients) {
  const std::int64_t n = x.size(0);
  const std::int64_t c = x.size(1);
  dispatch_floating(x.dtype(), [&]<typename T>() {
    const T* mean = elements<T>(statistics.mean);
    const T* inverse_deviation = elements<T>(statistics.inverse_deviation);
    T* d_gamma = elements<T>(gradients.gamma);
    T* d_beta = elements<T>(gradients.beta);
    POSTHOC_LAUNCH(gradient_sums_kernel<T>, column_blocks(c), stream, elements<T>(x), elements<T>(cotangent), n, c,
                   mean, inverse_deviation, d_gamma, d_beta);
    const T per_row = batch ? T(1) / static_cast<T>(n) : T(0);
    POSTHOC_LAUNCH(dx_kernel<T>, blocks_for(x.elements()), stream, elements<T>(x), elements<T>(cotangent), x.elements(),
                   c, mean, inverse_deviation, elements<T>(gamma), d_gamma, d_beta, per_row, elements<T>(gradients.x));
  });
}

void moved_towards(StreamHandle stream, const Tensor& old, const Tensor& batch, double scale, double momentum,
                   Tensor& out) {
  const std::int64_t n = out.elements();
  dispatch_floating(out.dtype(), [&]<typename T>() {
    POSTHOC_LAUNCH(moved_towards_kernel<T>, blocks_for(n), stream, elements<T>(old), elements<T>(batch),
                   static_cast<T>(1.0 - momentum), static_cast<T>(scale), static_cast<T>(momentum), n,
                   elements<T>(out));
  });
}

}  // namespace posthoc::cuda
