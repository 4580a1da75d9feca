#include <cmath>

#include "tensor/cpu/kernels.h"
#include "tensor/cpu/simd/kernels.h"
#include "tensor/training_formulas.h"

namespace posthoc::cpu {
namespace {

using training_formulas::batch_norm_dx;
using training_formulas::normalised;

// Column sums of term(row, column) over n rows, accumulated in float64.
template <typename Term>
Tensor column_sums(std::int64_t n, std::int64_t c, Term term) {
  Tensor sums = Tensor::zeros({c}, Dtype::float64);
  double* total = sums.mutable_values<double>().data();
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = 0; j < c; ++j) total[j] += term(i, j);
  }
  return sums;
}

}  // namespace

BatchNormStatistics plain::batch_norm_statistics(const Tensor& x, double eps) {
  const std::int64_t n = x.size(0);
  const std::int64_t c = x.size(1);
  BatchNormStatistics result{Tensor::empty({c}, x.dtype()), Tensor::empty({c}, x.dtype()),
                             Tensor::empty({c}, x.dtype())};
  dispatch_floating(x.dtype(), [&]<typename T>() {
    const T* v = x.values<T>().data();
    const auto rows = static_cast<double>(n);
    Tensor means = column_sums(n, c, [&](std::int64_t i, std::int64_t j) { return static_cast<double>(v[i * c + j]); });
    double* mean = means.mutable_values<double>().data();
    for (std::int64_t j = 0; j < c; ++j) mean[j] /= rows;
    const Tensor squares = column_sums(n, c, [&](std::int64_t i, std::int64_t j) {
      const double centred = static_cast<double>(v[i * c + j]) - mean[j];
      return centred * centred;
    });
    const double* square = squares.values<double>().data();
    T* centre = result.mean.mutable_values<T>().data();
    T* variance = result.variance.mutable_values<T>().data();
    T* inverse_deviation = result.inverse_deviation.mutable_values<T>().data();
    for (std::int64_t j = 0; j < c; ++j) {
      centre[j] = static_cast<T>(mean[j]);
      variance[j] = static_cast<T>(square[j] / rows);
      inverse_deviation[j] = static_cast<T>(1.0 / std::sqrt(square[j] / rows + eps));
    }
  });
  return result;
}

void plain::batch_norm_apply(const Tensor& x, const BatchNormStatistics& statistics, const Tensor& gamma,
                             const Tensor& beta, Tensor& y) {
  dispatch_floating(x.dtype(), [&]<typename T>() {
    const T* in = x.values<T>().data();
    const T* mean = statistics.mean.values<T>().data();
    const T* scale = statistics.inverse_deviation.values<T>().data();
    const T* g = gamma.values<T>().data();
    const T* b = beta.values<T>().data();
    T* out = y.mutable_values<T>().data();
    const std::int64_t c = x.size(1);
    for (std::int64_t i = 0; i < x.size(0); ++i, in += c, out += c) {
      for (std::int64_t j = 0; j < c; ++j) out[j] = normalised(in[j], mean[j], scale[j]) * g[j] + b[j];
    }
  });
}

BatchNormGradients plain::batch_norm_backward(const Tensor& x, const BatchNormStatistics& statistics,
                                              const Tensor& gamma, const Tensor& cotangent, bool batch) {
  const std::int64_t n = x.size(0);
  const std::int64_t c = x.size(1);
  BatchNormGradients result{x.empty_like(), gamma.empty_like(), gamma.empty_like()};
  dispatch_floating(x.dtype(), [&]<typename T>() {
    const T* v = x.values<T>().data();
    const T* g = cotangent.values<T>().data();
    const T* mean = statistics.mean.values<T>().data();
    const T* scale = statistics.inverse_deviation.values<T>().data();
    const auto x_hat = [&](std::int64_t i, std::int64_t j) { return normalised(v[i * c + j], mean[j], scale[j]); };
    const Tensor beta_sums =
        column_sums(n, c, [&](std::int64_t i, std::int64_t j) { return static_cast<double>(g[i * c + j]); });
    const Tensor gamma_sums = column_sums(n, c, [&](std::int64_t i, std::int64_t j) {
      return static_cast<double>(g[i * c + j]) * static_cast<double>(x_hat(i, j));
    });
    convert(beta_sums, result.beta);
    convert(gamma_sums, result.gamma);

    const T* weight = gamma.values<T>().data();
    const T* d_beta = result.beta.values<T>().data();
    const T* d_gamma = result.gamma.values<T>().data();
    const T per_row = batch ? T(1) / static_cast<T>(n) : T(0);
    T* out = result.x.mutable_values<T>().data();
    for (std::int64_t i = 0; i < n; ++i) {
      for (std::int64_t j = 0; j < c; ++j) {
        out[i * c + j] = batch_norm_dx(x_hat(i, j), g[i * c + j], weight[j], scale[j], d_beta[j], d_gamma[j], per_row);
      }
    }
  });
  return result;
}

BatchNormStatistics batch_norm_statistics(const Tensor& x, double eps) {
  if (x.dtype() != Dtype::float32) return plain::batch_norm_statistics(x, eps);
  const std::int64_t c = x.size(1);
  BatchNormStatistics result{Tensor::empty({c}), Tensor::empty({c}), Tensor::empty({c})};
  Tensor moments = Tensor::empty({2, c}, Dtype::float64);
  double* mean = moments.mutable_values<double>().data();
  double* variance = mean + c;
  simd::column_moments(x.values<float>().data(), x.size(0), c, mean, variance);
  float* centre = result.mean.mutable_values<float>().data();
  float* spread = result.variance.mutable_values<float>().data();
  float* inverse_deviation = result.inverse_deviation.mutable_values<float>().data();
  for (std::int64_t j = 0; j < c; ++j) {
    centre[j] = static_cast<float>(mean[j]);
    spread[j] = static_cast<float>(variance[j]);
    inverse_deviation[j] = static_cast<float>(1.0 / std::sqrt(variance[j] + eps));
  }
  return result;
}

void batch_norm_apply(const Tensor& x, const BatchNormStatistics& statistics, const Tensor& gamma, const Tensor& beta,
                      Tensor& y) {
  if (x.dtype() != Dtype::float32) return plain::batch_norm_apply(x, statistics, gamma, beta, y);
  simd::batch_norm_apply(x.values<float>().data(), x.size(0), x.size(1), statistics.mean.values<float>().data(),
                         statistics.inverse_deviation.values<float>().data(), gamma.values<float>().data(),
                         beta.values<float>().data(), y.mutable_values<float>().data());
}

BatchNormGradients batch_norm_backward(const Tensor& x, const BatchNormStatistics& statistics, const Tensor& gamma,
                                       const Tensor& cotangent, bool batch) {
  if (x.dtype() != Dtype::float32) return plain::batch_norm_backward(x, statistics, gamma, cotangent, batch);
  const std::int64_t n = x.size(0);
  const std::int64_t c = x.size(1);
  BatchNormGradients result{x.empty_like(), gamma.empty_like(), gamma.empty_like()};
  const float* v = x.values<float>().data();
  const float* g = cotangent.values<float>().data();
  const float* mean = statistics.mean.values<float>().data();
  const float* scale = statistics.inverse_deviation.values<float>().data();
  float* d_gamma = result.gamma.mutable_values<float>().data();
  float* d_beta = result.beta.mutable_values<float>().data();
  Tensor sums = Tensor::empty({2, c}, Dtype::float64);
  double* of_g = sums.mutable_values<double>().data();
  double* of_product = of_g + c;
  simd::batch_norm_sums(v, g, n, c, mean, scale, of_g, of_product);
  for (std::int64_t j = 0; j < c; ++j) {
    d_beta[j] = static_cast<float>(of_g[j]);
    d_gamma[j] = static_cast<float>(of_product[j]);
  }
  simd::batch_norm_dx(v, g, n, c, mean, scale, gamma.values<float>().data(), d_gamma, d_beta,
                      batch ? 1.0F / static_cast<float>(n) : 0.0F, result.x.mutable_values<float>().data());
  return result;
}

void moved_towards(const Tensor& old, const Tensor& batch, double scale, double momentum, Tensor& out) {
  dispatch_floating(out.dtype(), [&]<typename T>() {
    const T* before = old.values<T>().data();
    const T* now = batch.values<T>().data();
    T* to = out.mutable_values<T>().data();
    const T kept = static_cast<T>(1.0 - momentum);
    const T share = static_cast<T>(momentum);
    const T factor = static_cast<T>(scale);
    for (std::int64_t j = 0; j < out.elements(); ++j) {
      to[j] = training_formulas::moved_towards(before[j], now[j], kept, factor, share);
    }
  });
}

}  // namespace posthoc::cpu
