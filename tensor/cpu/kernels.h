#pragma once

#include "tensor/backend.h"

// The host's kernels, one file a family; the backend class forwards to them. Where there is a vectorised one in simd/,
// the plain one has a name in `plain`: other dtypes take it, and the tests compare both.

namespace posthoc::cpu {

void convert(const Tensor& in, Tensor& out);
void fill(double value, Tensor& out);
void unary(UnaryOp op, const Tensor& in, Tensor& out);
void binary(BinaryOp op, const Tensor& a, const Tensor& b, Tensor& out);
void where(const Tensor& mask, const Tensor& a, const Tensor& b, Tensor& out);
void reduce(ReduceOp op, const Tensor& in, Tensor& out);
void argmax(const Tensor& in, int axis, Tensor& out);
void transpose(const Tensor& in, int a, int b, Tensor& out);
void copy_range(const Tensor& in, int axis, std::int64_t from, std::int64_t length, Tensor& out, std::int64_t to);
void matmul(const Tensor& a, bool transpose_a, const Tensor& b, bool transpose_b, bool accumulate, Tensor& out);
void linear(const Tensor& x, const Tensor& weight, const Tensor& bias, Tensor& out);
void gather_rows(const Tensor& in, const Tensor& index, Tensor& out);
void scatter_add_rows(const Tensor& in, const Tensor& index, Tensor& out);

BatchNormStatistics batch_norm_statistics(const Tensor& x, double eps);
void batch_norm_apply(const Tensor& x, const BatchNormStatistics& statistics, const Tensor& gamma, const Tensor& beta,
                      Tensor& y);
BatchNormGradients batch_norm_backward(const Tensor& x, const BatchNormStatistics& statistics, const Tensor& gamma,
                                       const Tensor& cotangent, bool batch);

void moved_towards(const Tensor& old, const Tensor& batch, double scale, double momentum, Tensor& out);

void random_uniform(const RandomStream& stream, std::uint64_t first, double low, double high, Tensor& out);
void random_uniforms(const RandomStream& stream, std::uint64_t first, std::span<float> to);
void random_normal(const RandomStream& stream, std::uint64_t first, Tensor& out);
void dropout_mask(const RandomStream& stream, std::uint64_t first, double p, Tensor& out);
void relu_dropout(const Tensor& x, const RandomStream& stream, std::uint64_t first, double p, Tensor& y);
void relu_dropout_backward(const Tensor& y, double p, const Tensor& cotangent, Tensor& dx);
void perturb(const Tensor& w, const RandomStream& stream, double sigma, std::uint64_t first, Tensor& out);

void adam_step(const AdamStep& options, const Tensor& gradient, Tensor& parameter, Tensor& m, Tensor& v);

namespace plain {

void unary(UnaryOp op, const Tensor& in, Tensor& out);
void matmul(const Tensor& a, bool transpose_a, const Tensor& b, bool transpose_b, bool accumulate, Tensor& out);
void linear(const Tensor& x, const Tensor& weight, const Tensor& bias, Tensor& out);
void reduce(ReduceOp op, const Tensor& in, Tensor& out);
BatchNormStatistics batch_norm_statistics(const Tensor& x, double eps);
void batch_norm_apply(const Tensor& x, const BatchNormStatistics& statistics, const Tensor& gamma, const Tensor& beta,
                      Tensor& y);
BatchNormGradients batch_norm_backward(const Tensor& x, const BatchNormStatistics& statistics, const Tensor& gamma,
                                       const Tensor& cotangent, bool batch);
void dropout_mask(const RandomStream& stream, std::uint64_t first, double p, Tensor& out);
void relu_dropout(const Tensor& x, const RandomStream& stream, std::uint64_t first, double p, Tensor& y);
void relu_dropout_backward(const Tensor& y, double p, const Tensor& cotangent, Tensor& dx);
void adam_step(const AdamStep& options, const Tensor& gradient, Tensor& parameter, Tensor& m, Tensor& v);

}  // namespace plain
}  // namespace posthoc::cpu
