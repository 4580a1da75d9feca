#include "tensor/cpu/kernels.h"
#include "tensor/cpu/simd/kernels.h"
#include "tensor/training_formulas.h"

namespace posthoc::cpu {

void plain::adam_step(const AdamStep& options, const Tensor& gradient, Tensor& parameter, Tensor& m, Tensor& v) {
  dispatch_floating(parameter.dtype(), [&]<typename T>() {
    const T* g = gradient.values<T>().data();
    T* p = parameter.mutable_values<T>().data();
    T* first = m.mutable_values<T>().data();
    T* second = v.mutable_values<T>().data();
    const auto step = training_formulas::Adam<T>::of(options);
    const std::int64_t n = parameter.elements();
    for (std::int64_t i = 0; i < n; ++i) step(g[i], p[i], first[i], second[i]);
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
