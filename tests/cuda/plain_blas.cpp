#include <cmath>

#include "tensor/cuda/blas.h"

// Products of matrices where the kernels run on the emulator: three loops in place of cuBLAS.

namespace posthoc::cuda {
namespace {

template <typename T>
void plain(const Product<T>& p) {
  for (std::int64_t i = 0; i < p.m; ++i) {
    for (std::int64_t j = 0; j < p.n; ++j) {
      T sum = p.accumulate ? p.out[i * p.n + j] : T(0);
      for (std::int64_t l = 0; l < p.k; ++l) {
        const T a = p.transpose_a ? p.a[l * p.m + i] : p.a[i * p.k + l];
        const T b = p.transpose_b ? p.b[j * p.k + l] : p.b[l * p.n + j];
        sum = std::fma(a, b, sum);
      }
      p.out[i * p.n + j] = sum;
    }
  }
}

}  // namespace

Blas::Blas(StreamHandle /*stream*/) : state_(nullptr) {}
Blas::~Blas() = default;
void Blas::multiply(const Product<float>& product) { plain(product); }
void Blas::multiply(const Product<double>& product) { plain(product); }

}  // namespace posthoc::cuda
