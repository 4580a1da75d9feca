#include <cmath>

#include "tensor/cpu/kernels.h"

namespace posthoc::cpu {

void adam_step(const AdamStep& options, const Tensor& gradient, Tensor& parameter, Tensor& m, Tensor& v) {
  const auto step = static_cast<double>(options.step);
  const double step_size = options.learning_rate / (1.0 - std::pow(options.beta1, step));
  const double correction = std::sqrt(1.0 - std::pow(options.beta2, step));
  dispatch_floating(parameter.dtype(), [&]<typename T>() {
    const T* g = gradient.values<T>().data();
    T* p = parameter.mutable_values<T>().data();
    T* first = m.mutable_values<T>().data();
    T* second = v.mutable_values<T>().data();
    const T beta1 = static_cast<T>(options.beta1);
    const T beta2 = static_cast<T>(options.beta2);
    const T one_minus_beta1 = static_cast<T>(1.0 - options.beta1);
    const T one_minus_beta2 = static_cast<T>(1.0 - options.beta2);
    const T scale = static_cast<T>(correction);
    const T eps = static_cast<T>(options.eps);
    const T rate = static_cast<T>(step_size);
    const std::int64_t n = parameter.elements();
    for (std::int64_t i = 0; i < n; ++i) {
      first[i] = beta1 * first[i] + one_minus_beta1 * g[i];
      second[i] = beta2 * second[i] + one_minus_beta2 * (g[i] * g[i]);
      p[i] -= rate * (first[i] / (std::sqrt(second[i]) / scale + eps));
    }
  });
}

}  // namespace posthoc::cpu
