#pragma once

#include <cstdint>

#include "tensor/cuda/runtime.h"

namespace posthoc::cuda {

/// out [m, n] = op(a) op(b) + beta out in row-major order, op the transpose where asked, k the inner dimension; every
/// size at least 1, beta 0 or 1. Beta 0 does not read `out`.
template <typename T>
struct Product {
  std::int64_t m;
  std::int64_t n;
  std::int64_t k;
  const T* a;
  bool transpose_a;
  const T* b;
  bool transpose_b;
  T* out;
  bool accumulate;
};

/// Products of matrices: cuBLAS (cublas.cpp), or plain loops where the kernels run on the emulator. Any thread may call
/// it. The constructor throws `Error` if cuBLAS is not installed.
class Blas {
 public:
  explicit Blas(StreamHandle stream);
  Blas(const Blas&) = delete;
  Blas& operator=(const Blas&) = delete;
  ~Blas();

  void multiply(const Product<float>& product);
  void multiply(const Product<double>& product);

 private:
  struct State;
  State* state_;
};

}  // namespace posthoc::cuda
