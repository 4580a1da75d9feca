#include "data/scaler.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <limits>

#include "base/error.h"
#include "base/threads.h"

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

  // The row that will stand some places on in `order`, which jumps about in a table that no cache holds, is asked for
  // in advance.
  void expect(std::span<const std::int64_t> order, std::size_t place) const {
    constexpr std::size_t kAhead = 8;
    if (place + kAhead >= order.size()) return;
    const std::int64_t row = order[place + kAhead];
    if (row < 0 || row >= count_) return;
    const double* values = values_.data() + static_cast<std::size_t>(row) * width_;
    for (std::size_t j = 0; j < width_; j += 64 / sizeof(double)) __builtin_prefetch(values + j);
  }

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
  std::vector<int> differs(d, 0);
  const std::span<const double> first = x[rows[0]];
  for (std::size_t i = 0; i < rows.size(); ++i) {
    x.expect(rows, i);
    const std::span<const double> values = x[rows[i]];
    for (std::size_t j = 0; j < d; ++j) {
      mean[j] += values[j];
      differs[j] |= values[j] != first[j] ? 1 : 0;
    }
  }
  for (std::size_t j = 0; j < d; ++j) mean[j] = differs[j] == 0 ? first[j] : mean[j] / n;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    x.expect(rows, i);
    const std::span<const double> values = x[rows[i]];
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
    T* all = result.mutable_values<T>().data();
    constexpr std::size_t kAtOnce = 1024;
    std::atomic<bool> too_far = false;
    parallel_for(static_cast<std::int64_t>((rows.size() + kAtOnce - 1) / kAtOnce), [&](std::int64_t block, int) {
      const std::size_t begin = static_cast<std::size_t>(block) * kAtOnce;
      for (std::size_t i = begin; i < std::min(begin + kAtOnce, rows.size()); ++i) {
        x.expect(rows, i);
        const std::span<const double> values = x[rows[i]];
        T* out = all + i * values.size();
        int bad = 0;  // counted and looked for afterwards, so that the loop is one for vectors
        for (std::size_t j = 0; j < values.size(); ++j) {
          out[j] = static_cast<T>((values[j] - mean_[j]) / scale_[j]);
          bad += std::abs(out[j]) <= std::numeric_limits<T>::max() ? 0 : 1;
        }
        if (bad > 0) too_far = true;
      }
    });
    if (!too_far) return;
    const T* bad = std::find_if_not(all, all + result.elements(), [](T value) { return std::isfinite(value); });
    const auto at = static_cast<std::size_t>(bad - all);
    const std::size_t j = at % mean_.size();
    const std::int64_t row = rows[at / mean_.size()];
    fail("Scaler: row {}, feature {}: the value {} is too far from the training rows (mean {}, scale {})", row, j,
         x[row][j], mean_[j], scale_[j]);
  });
  return result;
}

}  // namespace posthoc::data
