#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tensor/eigen.h"

namespace posthoc::study {

/// A linear model y = intercept + x . coefficients, its coefficients as a combination of the samples it learned from:
/// coefficients = sum_t dual[t] x_t.
struct KernelFit {
  std::vector<double> dual;  ///< [training]; sums to 0
  double intercept = 0.0;
  double penalty = 0.0;      ///< of |coefficients|^2 beside the sum of squared errors
  double r2 = 0.0;           ///< on the samples it learned from
  double r2_held_out = 0.0;  ///< on the others
};

/// Linear regression with more coordinates than samples, of which nothing is needed but the samples' inner products.
///
/// R^2 is 1 - sum of squared errors / sum of squared deviations from the training samples' mean: on samples that it did
/// not learn from it is negative for a model that is worse than this mean.
class KernelRegression {
 public:
  /// `gram` [n, n], float64: the inner products of n samples, of which the first `training` are learned from. O(n^3),
  /// once for any number of targets. An eigenvalue of at most `rounding` times the largest counts as 0: with fewer
  /// coordinates than samples some are 0 but for the rounding of the products. Throws `Error` on another matrix, unless
  /// 3 <= training <= n - 2 and unless rounding lies in [0, 1).
  KernelRegression(const Tensor& gram, std::int64_t training, double rounding = 1e-10);

  /// Least squares, and of the many solutions the one of the least norm: what the
  /// pseudo-inverse gives. With at least as many coordinates as samples it passes through every one of them, so its r2
  /// is 1 and says nothing.
  [[nodiscard]] KernelFit least_norm(std::span<const double> y) const;

  /// Ridge regression, the intercept without penalty, by that of 33 penalties from 1e-4 to 1e4 times the mean
  /// eigenvalue with the lowest generalised cross-validation n |residuals|^2 / trace(I - H)^2 (Golub, Heath and Wahba
  /// 1979).
  [[nodiscard]] KernelFit ridge(std::span<const double> y) const;

  // Targets have a number for each of the n samples; both throw `Error` on other targets, and where those of either
  // part are all equal.

 private:
  struct Target {
    double mean = 0.0;                // of the training samples
    std::vector<double> coordinates;  // the centred training targets along the eigenvectors
  };
  [[nodiscard]] Target target(std::span<const double> y) const;
  [[nodiscard]] KernelFit fit(std::span<const double> y, const Target& target, double penalty) const;

  Tensor gram_;
  std::int64_t training_;
  SymmetricEigen eigen_;     // of the training part, centred
  double smallest_ = 0.0;    // eigenvalues up to it are 0 but for rounding
  double mean_value_ = 0.0;  // of the others
};

}  // namespace posthoc::study
