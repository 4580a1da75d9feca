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

/// The same as BLAS has it, in column-major order: c [m, n] = op(a) [m, k] op(b) [k, n] + beta c, with the distance
/// between columns of each.
template <typename T>
struct ColumnMajorProduct {
  bool transpose_a;
  bool transpose_b;
  std::int64_t m;
  std::int64_t n;
  std::int64_t k;
  const T* a;
  std::int64_t lda;
  const T* b;
  std::int64_t ldb;
  T* c;
  std::int64_t ldc;
};

/// A row-major matrix is its transpose in column-major order: out' = op(b)' op(a)'.
template <typename T>
ColumnMajorProduct<T> column_major(const Product<T>& p) {
  return {p.transpose_b,
          p.transpose_a,
          p.n,
          p.m,
          p.k,
          p.b,
          p.transpose_b ? p.k : p.n,
          p.a,
          p.transpose_a ? p.m : p.k,
          p.out,
          p.n};
}

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
