#include "study/kernel_regression.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/error.h"
#include "tensor/ops.h"

namespace posthoc::study {
namespace {

// The matrix of the samples moved to their mean: x_s . x_t without the means of its row and column.
Tensor centred(const Tensor& gram, std::int64_t n) {
  const Tensor part = slice(gram.rows(0, n), 1, 0, n);
  const Tensor row_means = mean(part, {0}, true);
  const Tensor column_means = mean(part, {1}, true);
  return add(sub(sub(part, row_means), column_means), mean(part, {0, 1}, true));
}

double mean_of(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double r2(std::span<const double> y, std::span<const double> predicted, double mean) {
  double errors = 0.0;
  double deviations = 0.0;
  for (std::size_t i = 0; i < y.size(); ++i) {
    errors += (y[i] - predicted[i]) * (y[i] - predicted[i]);
    deviations += (y[i] - mean) * (y[i] - mean);
  }
  return 1.0 - errors / deviations;
}

}  // namespace

KernelRegression::KernelRegression(const Tensor& gram, std::int64_t training, double rounding)
    : gram_(gram), training_(training) {
  require(gram.defined() && gram.rank() == 2 && gram.size(0) == gram.size(1) && gram.dtype() == Dtype::float64,
          "kernel regression: expected a square float64 matrix, got {}",
          gram.defined() ? gram.shape().text() : "nothing");
  require(training >= 3 && training <= gram.size(0) - 2,
          "kernel regression: of {} samples 3 to {} can be learned from, got {}", gram.size(0), gram.size(0) - 2,
          training);
  require(rounding >= 0.0 && rounding < 1.0, "kernel regression: rounding must lie in [0, 1), got {}", rounding);
  eigen_ = symmetric_eigen(centred(gram, training));
  const auto values = eigen_.values.values<double>();
  smallest_ = rounding * std::max(values.back(), 0.0);
  double count = 0.0;
  for (const double value : values) {
    if (value <= smallest_) continue;
    mean_value_ += value;
    ++count;
  }
  require(count > 0.0, "kernel regression: the samples are all the same");
  mean_value_ /= count;
}

KernelRegression::Target KernelRegression::target(std::span<const double> y) const {
  require(static_cast<std::int64_t>(y.size()) == gram_.size(0),
          "kernel regression: expected a target for each of {} samples, got {}", gram_.size(0), y.size());
  const auto n = static_cast<std::size_t>(training_);
  for (const auto part : {y.first(n), y.subspan(n)}) {
    require(std::all_of(part.begin(), part.end(), [](double value) { return std::isfinite(value); }),
            "kernel regression: a target is not finite");
    const auto [low, high] = std::minmax_element(part.begin(), part.end());
    require(*low < *high, "kernel regression: the targets of a part are all {}: there is nothing to explain", *low);
  }
  Target found{mean_of(y.first(n)), {}};
  std::vector<double> deviations(y.begin(), y.begin() + training_);
  for (double& value : deviations) value -= found.mean;
  found.coordinates = matmul(eigen_.vectors, Tensor::from(deviations, {training_, 1})).to_vector();
  return found;
}

KernelFit KernelRegression::fit(std::span<const double> y, const Target& target, double penalty) const {
  const auto n = static_cast<std::size_t>(training_);
  const auto values = eigen_.values.values<double>();
  std::vector<double> along(n, 0.0);
  for (std::size_t i = 0; i < n; ++i) {
    if (values[i] > smallest_) along[i] = target.coordinates[i] / (values[i] + penalty);
  }
  const Tensor dual = matmul(Tensor::from(along, {1, training_}), eigen_.vectors);
  std::vector<double> predicted = matmul(slice(gram_, 1, 0, training_), dual, false, true).to_vector();

  KernelFit result;
  result.dual = dual.to_vector();
  result.penalty = penalty;
  result.intercept = target.mean - mean_of(std::span<const double>(predicted).first(n));
  for (double& value : predicted) value += result.intercept;
  const std::span<const double> all(predicted);
  result.r2 = r2(y.first(n), all.first(n), target.mean);
  result.r2_held_out = r2(y.subspan(n), all.subspan(n), target.mean);
  return result;
}

KernelFit KernelRegression::least_norm(std::span<const double> y) const { return fit(y, target(y), 0.0); }

KernelFit KernelRegression::ridge(std::span<const double> y) const {
  const Target found = target(y);
  const auto values = eigen_.values.values<double>();
  double best = std::numeric_limits<double>::infinity();
  double best_penalty = 0.0;
  for (int step = -16; step <= 16; ++step) {
    const double penalty = mean_value_ * std::pow(10.0, 0.25 * step);
    double residual = 0.0;
    double trace = -1.0;  // the intercept takes one direction, in which centred targets are 0
    for (std::size_t i = 0; i < values.size(); ++i) {
      const double left = penalty / (std::max(values[i], 0.0) + penalty);
      residual += left * left * found.coordinates[i] * found.coordinates[i];
      trace += left;
    }
    const double score = residual / (trace * trace);
    if (score < best) {
      best = score;
      best_penalty = penalty;
    }
  }
  return fit(y, found, best_penalty);
}

}  // namespace posthoc::study
