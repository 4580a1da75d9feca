#include <cblas.h>

#include "base/error.h"
#include "tensor/cpu/blas_threads.h"
#include "tensor/cpu/kernels.h"
#include "tensor/cpu/simd/kernels.h"

namespace posthoc::cpu {
namespace {

int blas_size(std::int64_t size) {
  require(size <= 0x7fffffff, "matmul: a dimension of {} is more than BLAS can take (2^31 - 1)", size);
  return static_cast<int>(size);
}

void gemm(CBLAS_TRANSPOSE ta, CBLAS_TRANSPOSE tb, int m, int n, int k, const float* a, int lda, const float* b, int ldb,
          float beta, float* c, int ldc) {
  cblas_sgemm(CblasRowMajor, ta, tb, m, n, k, 1.0F, a, lda, b, ldb, beta, c, ldc);
}
void gemm(CBLAS_TRANSPOSE ta, CBLAS_TRANSPOSE tb, int m, int n, int k, const double* a, int lda, const double* b,
          int ldb, double beta, double* c, int ldc) {
  cblas_dgemm(CblasRowMajor, ta, tb, m, n, k, 1.0, a, lda, b, ldb, beta, c, ldc);
}

}  // namespace

void plain::matmul(const Tensor& a, bool transpose_a, const Tensor& b, bool transpose_b, bool accumulate, Tensor& out) {
  use_one_blas_thread();
  const std::int64_t inner = a.size(transpose_a ? 0 : 1);
  if (out.elements() == 0) return;
  if (inner == 0) {  // an empty sum; BLAS refuses leading dimensions of 0
    if (!accumulate) fill(0.0, out);
    return;
  }
  dispatch_floating(out.dtype(), [&]<typename T>() {
    gemm(transpose_a ? CblasTrans : CblasNoTrans, transpose_b ? CblasTrans : CblasNoTrans, blas_size(out.size(0)),
         blas_size(out.size(1)), blas_size(inner), a.values<T>().data(), blas_size(a.size(1)), b.values<T>().data(),
         blas_size(b.size(1)), accumulate ? T(1) : T(0), out.mutable_values<T>().data(), blas_size(out.size(1)));
  });
}

void plain::linear(const Tensor& x, const Tensor& weight, const Tensor& bias, Tensor& out) {
  binary(BinaryOp::add, Tensor::zeros({}, x.dtype()), bias, out);  // the bias in every row
  plain::matmul(x, false, weight, true, true, out);
}

namespace {

simd::Product product(const Tensor& a, bool transpose_a, const Tensor& b, bool transpose_b, Tensor& out) {
  return {.m = out.size(0),
          .n = out.size(1),
          .k = a.size(transpose_a ? 0 : 1),
          .a = a.values<float>().data(),
          .transpose_a = transpose_a,
          .b = b.values<float>().data(),
          .transpose_b = transpose_b,
          .out = out.mutable_values<float>().data()};
}

}  // namespace

void matmul(const Tensor& a, bool transpose_a, const Tensor& b, bool transpose_b, bool accumulate, Tensor& out) {
  if (out.dtype() != Dtype::float32) return plain::matmul(a, transpose_a, b, transpose_b, accumulate, out);
  simd::Product floats = product(a, transpose_a, b, transpose_b, out);
  floats.accumulate = accumulate;
  simd::matmul(floats);
}

void linear(const Tensor& x, const Tensor& weight, const Tensor& bias, Tensor& out) {
  if (out.dtype() != Dtype::float32) return plain::linear(x, weight, bias, out);
  simd::Product floats = product(x, false, weight, true, out);
  floats.bias = bias.values<float>().data();
  simd::matmul(floats);
}

}  // namespace posthoc::cpu
