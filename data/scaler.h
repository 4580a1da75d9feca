#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "tensor/tensor.h"

namespace posthoc::data {

/// Standardisation of features, (x - mean) / scale, as scikit-learn's `StandardScaler`: `mean` and
/// `scale` come from the training rows, `scale` is the population standard deviation (divided by n)
/// and 1 for a feature that is constant there.
class Scaler {
 public:
  /// The identity on no features.
  Scaler() = default;

  /// From known statistics, for example those of a model file. Throws `Error` unless both have one
  /// finite entry a feature and every scale is positive.
  Scaler(std::vector<double> mean, std::vector<double> scale);

  /// Fits to rows of `features` ([n, d], float64). Throws `Error` on no rows, a row outside [0, n)
  /// or a feature so large that its variance is not finite.
  static Scaler fit(const Tensor& features, std::span<const std::int64_t> rows);

  [[nodiscard]] const std::vector<double>& mean() const { return mean_; }    // [d]
  [[nodiscard]] const std::vector<double>& scale() const { return scale_; }  // [d]
  [[nodiscard]] std::size_t features() const { return mean_.size(); }

  /// The given rows of `features` ([n, d], float64) standardised, [rows, d] of dtype float32 or
  /// float64; computed in double. Throws `Error` when d differs, on a row outside [0, n) or when a
  /// result is not a finite number of that dtype.
  [[nodiscard]] Tensor transform(const Tensor& features, std::span<const std::int64_t> rows,
                                 Dtype dtype = Dtype::float32) const;

 private:
  std::vector<double> mean_;
  std::vector<double> scale_;
};

}  // namespace posthoc::data
