#include "data/scaler.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"

namespace posthoc::data {
namespace {

// The features as a row-major matrix of doubles, with rows that are checked when asked for.
class Rows {
 public:
  explicit Rows(const Tensor& features)
      : values_(checked(features).values<double>()),
        count_(features.size(0)),
        width_(static_cast<std::size_t>(features.size(1))) {}

  [[nodiscard]] std::size_t width() const { return width_; }
  std::span<const double> operator[](std::int64_t row) const {
    require(row >= 0 && row < count_, "Scaler: row {} is outside the {} rows of the features", row, count_);
    return values_.subspan(static_cast<std::size_t>(row) * width_, width_);
  }

 private:
  static const Tensor& checked(const Tensor& features) {
    require(features.defined() && features.rank() == 2, "Scaler: expected features of shape [rows, features]");
    return features;
  }

  std::span<const double> values_;
  std::int64_t count_;
  std::size_t width_;
};

}  // namespace

Scaler::Scaler(std::vector<double> mean, std::vector<double> scale) : mean_(std::move(mean)), scale_(std::move(scale)) {
  require(mean_.size() == scale_.size(), "Scaler: {} means but {} scales", mean_.size(), scale_.size());
  for (std::size_t j = 0; j < mean_.size(); ++j) {
    require(std::isfinite(mean_[j]) && std::isfinite(scale_[j]) && scale_[j] > 0.0,
            "Scaler: feature {} has mean {} and scale {}; expected finite numbers and a positive "
            "scale",
            j, mean_[j], scale_[j]);
  }
}

Scaler Scaler::fit(const Tensor& features, std::span<const std::int64_t> rows) {
  require(!rows.empty(), "Scaler: expected at least one training row, got none");
  const Rows x(features);
  const std::size_t d = x.width();
  const auto n = static_cast<double>(rows.size());
  std::vector<double> mean(d, 0.0);
  std::vector<double> scale(d, 0.0);
  std::vector<bool> constant(d, true);
  const std::span<const double> first = x[rows[0]];
  for (const std::int64_t row : rows) {
    const std::span<const double> values = x[row];
    for (std::size_t j = 0; j < d; ++j) {
      mean[j] += values[j];
      if (values[j] != first[j]) constant[j] = false;
    }
  }
  for (std::size_t j = 0; j < d; ++j) mean[j] = constant[j] ? first[j] : mean[j] / n;
  for (const std::int64_t row : rows) {
    const std::span<const double> values = x[row];
    for (std::size_t j = 0; j < d; ++j) {
      const double difference = values[j] - mean[j];
      scale[j] += difference * difference;
    }
  }
  for (std::size_t j = 0; j < d; ++j) {
    const double deviation = std::sqrt(scale[j] / n);
    // A spread too small for its square to be told from 0 counts as constant.
    scale[j] = deviation == 0.0 ? 1.0 : deviation;
  }
  return Scaler(std::move(mean), std::move(scale));
}

Tensor Scaler::transform(const Tensor& features, std::span<const std::int64_t> rows, Dtype dtype) const {
  const Rows x(features);
  require(x.width() == mean_.size(), "Scaler: fitted to {} features, got {}", mean_.size(), x.width());
  require(is_floating(dtype), "Scaler: expected dtype float32 or float64, got {}", name(dtype));
  Tensor result = Tensor::empty({static_cast<std::int64_t>(rows.size()), features.size(1)}, dtype);
  dispatch_floating(dtype, [&]<typename T>() {
    auto out = result.mutable_values<T>().begin();
    for (const std::int64_t row : rows) {
      const std::span<const double> values = x[row];
      for (std::size_t j = 0; j < values.size(); ++j) {
        *out = static_cast<T>((values[j] - mean_[j]) / scale_[j]);
        require(std::isfinite(*out++),
                "Scaler: row {}, feature {}: the value {} is too far from the "
                "training rows (mean {}, scale {})",
                row, j, values[j], mean_[j], scale_[j]);
      }
    }
  });
  return result;
}

}  // namespace posthoc::data
