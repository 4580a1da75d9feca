#include <cmath>

#include "tensor/cuda/blas.h"

// Products of matrices where the kernels run on the emulator: three loops in place of cuBLAS, and
// in its column-major order.

namespace posthoc::cuda {
namespace {

template <typename T>
void plain(const Product<T>& product) {
  const ColumnMajorProduct<T> p = column_major(product);  // the way to cuBLAS is a part of what is tested
  for (std::int64_t j = 0; j < p.n; ++j) {
    for (std::int64_t i = 0; i < p.m; ++i) {
      T sum = product.accumulate ? p.c[j * p.ldc + i] : T(0);
      for (std::int64_t l = 0; l < p.k; ++l) {
        const T a = p.transpose_a ? p.a[i * p.lda + l] : p.a[l * p.lda + i];
        const T b = p.transpose_b ? p.b[l * p.ldb + j] : p.b[j * p.ldb + l];
        sum = std::fma(a, b, sum);
      }
      p.c[j * p.ldc + i] = sum;
    }
  }
}

}  // namespace

Blas::Blas(StreamHandle /*stream*/) : state_(nullptr) {}
Blas::~Blas() = default;
void Blas::multiply(const Product<float>& product) { plain(product); }
void Blas::multiply(const Product<double>& product) { plain(product); }

}  // namespace posthoc::cuda
