#pragma once

#include <cmath>
#include <cstdint>

#include "base/host_device.h"

// The formulas of batch normalisation, dropout and Adam for one element, once: the host's plain loops and the device's
// kernels call these. The host's vectorised loops (tensor/cpu/simd/) are tested to give the same bits.

namespace posthoc::training_formulas {

/// (x - mean) / deviation.
template <typename T>
POSTHOC_HOST_DEVICE T normalised(T x, T mean, T inverse_deviation) {
  return (x - mean) * inverse_deviation;
}

/// dx = gamma / s * (g - [mean of g + x^ * mean of g x^]); `per_row` is 1 / n where mean and s came from x itself, else
/// 0, and d_beta and d_gamma are the sums of g and g x^.
template <typename T>
POSTHOC_HOST_DEVICE T batch_norm_dx(T x_hat, T g, T gamma, T inverse_deviation, T d_beta, T d_gamma, T per_row) {
  const T moved = (d_beta + x_hat * d_gamma) * per_row;
  return gamma * inverse_deviation * (g - moved);
}

/// A running statistic: kept * before + share * (factor * now).
template <typename T>
POSTHOC_HOST_DEVICE T moved_towards(T before, T now, T kept, T factor, T share) {
  return before * kept + now * factor * share;
}

/// A draw's word is kept if its upper 24 bits are at least this: unit(word) >= p on the grid's own integers.
inline std::uint32_t dropout_threshold(double p) {
  return static_cast<std::uint32_t>(std::ceil(static_cast<float>(p) * 16777216.0F));
}
/// What is kept is multiplied by this.
template <typename T>
T dropout_factor(double p) {
  return static_cast<T>(1.0 / (1.0 - p));
}

/// One step of Adam; the constants are those of AdamStep in the parameters' dtype.
template <typename T>
struct Adam {
  T beta1;
  T beta2;
  T one_minus_beta1;
  T one_minus_beta2;
  T eps;
  T rate;

  template <typename Step>
  static Adam of(const Step& step) {
    return {static_cast<T>(step.beta1),       static_cast<T>(step.beta2), static_cast<T>(1.0 - step.beta1),
            static_cast<T>(1.0 - step.beta2), static_cast<T>(step.eps),   static_cast<T>(step.rate)};
  }

  POSTHOC_HOST_DEVICE void operator()(T g, T& parameter, T& m, T& v) const {
    m = beta1 * m + one_minus_beta1 * g;
    v = beta2 * v + one_minus_beta2 * (g * g);
    parameter -= rate * (m / (std::sqrt(v) + eps));
  }
};

}  // namespace posthoc::training_formulas
