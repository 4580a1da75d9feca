#include "tensor/cuda/kernels.h"
#include "tensor/cuda/launch.cuh"
#include "tensor/training_formulas.h"

namespace posthoc::cuda {
namespace {

template <typename T>
__global__ void __launch_bounds__(kThreads, kBlocks)
    adam_kernel(training_formulas::Adam<T> step, const T* g, std::int64_t n, T* parameter, T* m, T* v) {
  for (std::int64_t i = first_piece(); i < n; i += next_piece()) step(g[i], parameter[i], m[i], v[i]);
}

}  // namespace

void adam_step(StreamHandle stream, const AdamStep& options, const Tensor& gradient, Tensor& parameter, Tensor& m,
               Tensor& v) {
  const std::int64_t n = parameter.elements();
  dispatch_floating(parameter.dtype(), [&]<typename T>() {
    POSTHOC_LAUNCH(adam_kernel<T>, blocks_for(n), stream, training_formulas::Adam<T>::of(options),
                   elements<T>(gradient), n, elements<T>(parameter), elements<T>(m), elements<T>(v));
  });
}

}  // namespace posthoc::cuda
