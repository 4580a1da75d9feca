#include <cmath>

#include "tensor/cpu/kernels.h"
#include "tensor/cpu/simd/kernels.h"

namespace posthoc::cpu {

void plain::adam_step(const AdamStep& options, const Tensor& gradient, Tensor& parameter, Tensor& m, Tensor& v) {
  dispatch_floating(parameter.dtype(), [&]<typename T>() {
    const T* g = gradient.values<T>().data();
    T* p = parameter.mutable_values<T>().data();
    T* first = m.mutable_values<T>().data();
    T* second = v.mutable_values<T>().data();
    const T beta1 = static_cast<T>(options.beta1);
    const T beta2 = static_cast<T>(options.beta2);
    const T one_minus_beta1 = static_cast<T>(1.0 - options.beta1);
    const T one_minus_beta2 = static_cast<T>(1.0 - options.beta2);
    const T eps = static_cast<T>(options.eps);
    const T rate = static_cast<T>(options.rate);
    const std::int64_t n = parameter.elements();
    for (std::int64_t i = 0; i < n; ++i) {
      first[i] = beta1 * first[i] + one_minus_beta1 * g[i];
      second[i] = beta2 * second[i] + one_minus_beta2 * (g[i] * g[i]);
      p[i] -= rate * (first[i] / (std::sqrt(second[i]) + eps));
    }
  });
}

void adam_step(const AdamStep& options, const Tensor& gradient, Tensor& parameter, Tensor& m, Tensor& v) {
  if (parameter.dtype() != Dtype::float32) return plain::adam_step(options, gradient, parameter, m, v);
  const simd::AdamConstants constants{.beta1 = static_cast<float>(options.beta1),
                                      .beta2 = static_cast<float>(options.beta2),
                                      .one_minus_beta1 = static_cast<float>(1.0 - options.beta1),
                                      .one_minus_beta2 = static_cast<float>(1.0 - options.beta2),
                                      .eps = static_cast<float>(options.eps),
                                      .rate = static_cast<float>(options.rate)};
  simd::adam_step(constants, parameter.elements(), gradient.values<float>().data(),
                  parameter.mutable_values<float>().data(), m.mutable_values<float>().data(),
                  v.mutable_values<float>().data());
}

}  // namespace posthoc::cpu
