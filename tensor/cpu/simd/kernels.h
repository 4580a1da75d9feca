#pragma once

#include <cstdint>

#include "base/random_stream.h"

// The float32 kernels that training spends its time in, by Google Highway: compiled for several sets of instructions,
// of which the best that the processor has is taken when they are called. Each has a plain counterpart in tensor/cpu/,
// which is what other dtypes take and what the tests compare it with.

namespace posthoc::cpu::simd {

/// A product of matrices in row-major order: out [m, n] = op(a) [m, k] op(b) [k, n], op the transpose where asked.
/// Every element is summed in the order of k, whatever m and n, but for a single row times a transposed matrix.
struct Product {
  std::int64_t m;
  std::int64_t n;
  std::int64_t k;
  const float* a;
  bool transpose_a;
  const float* b;
  bool transpose_b;
  float* out;
  const float* bias = nullptr;  ///< [n], what the sums of each row begin with; 0 without
  bool accumulate = false;      ///< they begin with `out`; excludes a bias
};

void matmul(const Product& product);

/// mask[i] = value where draw first + i of the stream is at least `threshold` / 2^24, else 0.
void dropout_mask(const RandomStream& stream, std::uint64_t first, std::uint32_t threshold, float value, std::int64_t n,
                  float* mask);

/// Mean and biased variance of the columns of x [n, c], summed in float64 in the order of the rows.
void column_moments(const float* x, std::int64_t n, std::int64_t c, double* mean, double* variance);
/// sums[j] = x[0, j] + x[1, j] + ..., in float64.
void column_sums(const float* x, std::int64_t n, std::int64_t c, double* sums);
/// As Backend::batch_norm_apply.
void batch_norm_apply(const float* x, std::int64_t n, std::int64_t c, const float* mean, const float* inverse_deviation,
                      const float* gamma, const float* beta, float* y);
/// The sums of g and of g x^ over the columns in float64, x^ = (x - mean) * inverse_deviation.
void batch_norm_sums(const float* x, const float* g, std::int64_t n, std::int64_t c, const float* mean,
                     const float* inverse_deviation, double* of_g, double* of_product);
/// dx = gamma * inverse_deviation * (g - (d_beta + x^ * d_gamma) * per_row).
void batch_norm_dx(const float* x, const float* g, std::int64_t n, std::int64_t c, const float* mean,
                   const float* inverse_deviation, const float* gamma, const float* d_gamma, const float* d_beta,
                   float per_row, float* dx);

/// The constants of one step of Adam in float32; see cpu::adam_step.
struct AdamConstants {
  float beta1;
  float beta2;
  float one_minus_beta1;
  float one_minus_beta2;
  float eps;
  float rate;
};
void adam_step(const AdamConstants& constants, std::int64_t n, const float* g, float* p, float* m, float* v);

void relu(const float* x, std::int64_t n, float* y);
/// y = relu(x) * mask.
void relu_times(const float* x, const float* mask, std::int64_t n, float* y);
/// dx = g * factor where y is positive, else 0.
void relu_times_backward(const float* y, const float* g, float factor, std::int64_t n, float* dx);

}  // namespace posthoc::cpu::simd
