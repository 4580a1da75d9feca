#include <cmath>

#include "tensor/cpu/kernels.h"

namespace posthoc::cpu {
namespace {

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

BatchNormStatistics batch_norm_statistics(const Tensor& x, double eps) {
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

void batch_norm_apply(const Tensor& x, const BatchNormStatistics& statistics, const Tensor& gamma, const Tensor& beta,
                      Tensor& y) {
  dispatch_floating(x.dtype(), [&]<typename T>() {
    const T* in = x.values<T>().data();
    const T* mean = statistics.mean.values<T>().data();
    const T* scale = statistics.inverse_deviation.values<T>().data();
    const T* g = gamma.values<T>().data();
    const T* b = beta.values<T>().data();
    T* out = y.mutable_values<T>().data();
    const std::int64_t c = x.size(1);
    for (std::int64_t i = 0; i < x.size(0); ++i, in += c, out += c) {
      for (std::int64_t j = 0; j < c; ++j) out[j] = (in[j] - mean[j]) * scale[j] * g[j] + b[j];
    }
  });
}

BatchNormGradients batch_norm_backward(const Tensor& x, const BatchNormStatistics& statistics, const Tensor& gamma,
                                       const Tensor& cotangent, bool batch) {
  const std::int64_t n = x.size(0);
  const std::int64_t c = x.size(1);
  BatchNormGradients result{x.empty_like(), gamma.empty_like(), gamma.empty_like()};
  dispatch_floating(x.dtype(), [&]<typename T>() {
    const T* v = x.values<T>().data();
    const T* g = cotangent.values<T>().data();
    const T* mean = statistics.mean.values<T>().data();
    const T* scale = statistics.inverse_deviation.values<T>().data();
    const auto normalised = [&](std::int64_t i, std::int64_t j) { return (v[i * c + j] - mean[j]) * scale[j]; };
    const Tensor beta_sums =
        column_sums(n, c, [&](std::int64_t i, std::int64_t j) { return static_cast<double>(g[i * c + j]); });
    const Tensor gamma_sums = column_sums(n, c, [&](std::int64_t i, std::int64_t j) {
      return static_cast<double>(g[i * c + j]) * static_cast<double>(normalised(i, j));
    });
    convert(beta_sums, result.beta);
    convert(gamma_sums, result.gamma);

    // dx = gamma / s * (g - [mean of g + x^ * mean of g x^]); the bracket only where mean and s came from x.
    const T* weight = gamma.values<T>().data();
    const T* d_beta = result.beta.values<T>().data();
    const T* d_gamma = result.gamma.values<T>().data();
    const T per_row = batch ? T(1) / static_cast<T>(n) : T(0);
    T* out = result.x.mutable_values<T>().data();
    for (std::int64_t i = 0; i < n; ++i) {
      for (std::int64_t j = 0; j < c; ++j) {
        const T moved = (d_beta[j] + normalised(i, j) * d_gamma[j]) * per_row;
        out[i * c + j] = weight[j] * scale[j] * (g[i * c + j] - moved);
      }
    }
  });
  return result;
}

}  // namespace posthoc::cpu
