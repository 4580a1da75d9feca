#pragma once

#include "tensor/backend.h"
#include "tensor/cuda/runtime.h"

// The device's kernels, one file a family, in the order of tensor/cpu/kernels.h; the backend class forwards to them.
// Each asks the stream for its work and does not wait for it.

namespace posthoc::cuda {

void convert(StreamHandle stream, const Tensor& in, Tensor& out);
void fill(StreamHandle stream, double value, Tensor& out);
void unary(StreamHandle stream, UnaryOp op, const Tensor& in, Tensor& out);
void binary(StreamHandle stream, BinaryOp op, const Tensor& a, const Tensor& b, Tensor& out);
void where(StreamHandle stream, const Tensor& mask, const Tensor& a, const Tensor& b, Tensor& out);
void reduce(StreamHandle stream, ReduceOp op, const Tensor& in, Tensor& out);
void argmax(StreamHandle stream, const Tensor& in, int axis, Tensor& out);
void transpose(StreamHandle stream, const Tensor& in, int a, int b, Tensor& out);
void copy_range(StreamHandle stream, const Tensor& in, int axis, std::int64_t from, std::int64_t length, Tensor& out,
                std::int64_t to);
/// Every row of out [n, m] = row [m].
void repeat_row(StreamHandle stream, const Tensor& row, Tensor& out);
void gather_rows(StreamHandle stream, const Tensor& in, const Tensor& index, Tensor& out);
void scatter_add_rows(StreamHandle stream, const Tensor& in, const Tensor& index, Tensor& out);

void batch_norm_statistics(StreamHandle stream, const Tensor& x, double eps, BatchNormStatistics& statistics);
void batch_norm_apply(StreamHandle stream, const Tensor& x, const BatchNormStatistics& statistics, const Tensor& gamma,
                      const Tensor& beta, Tensor& y);
void batch_norm_backward(StreamHandle stream, const Tensor& x, const BatchNormStatistics& statistics,
                         const Tensor& gamma, const Tensor& cotangent, bool batch, BatchNormGradients& gradients);
void moved_towards(StreamHandle stream, const Tensor& old, const Tensor& batch, double scale, double momentum,
                   Tensor& out);

void random_uniform(StreamHandle stream, const RandomStream& random, std::uint64_t first, double low, double high,
                    Tensor& out);
void random_normal(StreamHandle stream, const RandomStream& random, std::uint64_t first, Tensor& out);
void dropout_mask(StreamHandle stream, const RandomStream& random, std::uint64_t first, double p, Tensor& out);
void relu_dropout(StreamHandle stream, const Tensor& x, const RandomStream& random, std::uint64_t first, double p,
                  Tensor& y);
void relu_dropout_backward(StreamHandle stream, const Tensor& y, double p, const Tensor& cotangent, Tensor& dx);
void perturb(StreamHandle stream, const Tensor& w, const RandomStream& random, double sigma, std::uint64_t first,
             Tensor& out);

void adam_step(StreamHandle stream, const AdamStep& options, const Tensor& gradient, Tensor& parameter, Tensor& m,
               Tensor& v);

/// The elements of a tensor on the device, for a kernel.
template <typename T>
const T* elements(const Tensor& tensor) {
  return static_cast<const T*>(tensor.address());
}
template <typename T>
T* elements(Tensor& tensor) {
  return static_cast<T*>(tensor.mutable_address());
}

}  // namespace posthoc::cuda
