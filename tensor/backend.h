#pragma once

#include <cstdint>
#include <vector>

#include "tensor/allocator.h"
#include "tensor/random.h"
#include "tensor/scalar_math.h"
#include "tensor/tensor.h"

namespace posthoc {

enum class ReduceOp { sum, max };

/// What batch normalisation keeps from forward for backward: per column, in the dtype of x.
struct BatchNormStatistics {
  Tensor mean;               ///< [c]
  Tensor variance;           ///< [c], biased
  Tensor inverse_deviation;  ///< [c], 1 / sqrt(variance + eps)
};

struct BatchNormGradients {
  Tensor x;      ///< [n, c]
  Tensor gamma;  ///< [c]
  Tensor beta;   ///< [c]
};

/// The constants of one step of Adam: m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) g^2;
/// p -= rate * m / (sqrt(v) + eps).
struct AdamStep {
  double rate;  ///< learning rate * sqrt(1 - beta2^t) / (1 - beta1^t)
  double beta1;
  double beta2;
  double eps;  ///< times sqrt(1 - beta2^t)
};

/// The primitives that a device implements. The operations of tensor/ops.h have checked shapes, dtypes and devices and
/// made the outputs; a primitive only computes. All tensors of a call lie on the backend's device and, unless said
/// otherwise, have one floating dtype. An output never shares elements with an input except where "in place" is said.
class Backend {
 public:
  Backend() = default;
  Backend(const Backend&) = delete;
  Backend& operator=(const Backend&) = delete;
  virtual ~Backend() = default;

  virtual CachingAllocator& allocator() = 0;

  /// Copies elements between this device and the host; same shape and dtype, any dtype.
  virtual void transfer(const Tensor& from, Tensor& to) = 0;
  /// Element-wise conversion between any two dtypes; a plain copy when they agree.
  virtual void convert(const Tensor& in, Tensor& out) = 0;
  /// Any dtype.
  virtual void fill(double value, Tensor& out) = 0;

  virtual void unary(UnaryOp op, const Tensor& in, Tensor& out) = 0;
  /// Operands are broadcast to the shape of `out`; `out` may be one of them (in place) if it has its shape.
  virtual void binary(BinaryOp op, const Tensor& a, const Tensor& b, Tensor& out) = 0;
  /// Element by element a where the mask is not 0, else b; all three are broadcast to the shape of `out`.
  virtual void where(const Tensor& mask, const Tensor& a, const Tensor& b, Tensor& out) = 0;
  /// Reduces the axes of `in` where `out`, of equal rank, has size 1. Sums are accumulated in float64.
  virtual void reduce(ReduceOp op, const Tensor& in, Tensor& out) = 0;
  /// int64 `out`: where along `axis` (size >= 1), which `out` lacks or has with size 1, the greatest element stands
  /// first; a NaN counts as greater than all numbers.
  virtual void argmax(const Tensor& in, int axis, Tensor& out) = 0;
  /// `in` with two of its axes exchanged, a < b; any dtype.
  virtual void transpose(const Tensor& in, int a, int b, Tensor& out) = 0;
  /// out[.., to : to + length, ..] = in[.., from : from + length, ..] along `axis`; the shapes agree on the other axes;
  /// any dtype.
  virtual void copy_range(const Tensor& in, int axis, std::int64_t from, std::int64_t length, Tensor& out,
                          std::int64_t to) = 0;
  /// out [m, n] = op(a) op(b), or += when `accumulate`; op transposes its 2-d operand when asked.
  virtual void matmul(const Tensor& a, bool transpose_a, const Tensor& b, bool transpose_b, bool accumulate,
                      Tensor& out) = 0;
  /// out [n, m] = x [n, k] weight [m, k] transposed + bias [m].
  virtual void linear(const Tensor& x, const Tensor& weight, const Tensor& bias, Tensor& out) = 0;
  /// Row i of `out` = row index[i] of `in`; index is int64 [n] and within range; `in` of any dtype.
  virtual void gather_rows(const Tensor& in, const Tensor& index, Tensor& out) = 0;
  /// Row index[i] of `out` += row i of `in`, i ascending.
  virtual void scatter_add_rows(const Tensor& in, const Tensor& index, Tensor& out) = 0;

  /// Statistics of the columns of x [n, c], n >= 1, made here.
  virtual BatchNormStatistics batch_norm_statistics(const Tensor& x, double eps) = 0;
  /// y = (x - mean) * inverse_deviation * gamma + beta, column by column.
  virtual void batch_norm_apply(const Tensor& x, const BatchNormStatistics& statistics, const Tensor& gamma,
                                const Tensor& beta, Tensor& y) = 0;
  /// Gradients given the cotangent of y. `batch`: the statistics came from x itself, so they move with it.
  virtual BatchNormGradients batch_norm_backward(const Tensor& x, const BatchNormStatistics& statistics,
                                                 const Tensor& gamma, const Tensor& cotangent, bool batch) = 0;
  /// out = (1 - momentum) * old + momentum * (scale * batch): a running statistic. In place if `out` is `old`.
  virtual void moved_towards(const Tensor& old, const Tensor& batch, double scale, double momentum, Tensor& out) = 0;

  virtual void random_uniform(const RandomStream& stream, std::uint64_t first, double low, double high,
                              Tensor& out) = 0;
  virtual void random_normal(const RandomStream& stream, std::uint64_t first, Tensor& out) = 0;
  virtual void dropout_mask(const RandomStream& stream, std::uint64_t first, double p, Tensor& out) = 0;
  /// y = relu(x) times the mask of dropout, and dx = what comes back through both: the cotangent / (1 - p) where y > 0.
  virtual void relu_dropout(const Tensor& x, const RandomStream& stream, std::uint64_t first, double p, Tensor& y) = 0;
  virtual void relu_dropout_backward(const Tensor& y, double p, const Tensor& cotangent, Tensor& dx) = 0;
  virtual void perturb(const Tensor& w, const RandomStream& stream, double sigma, std::uint64_t first, Tensor& out) = 0;

  /// In place: parameter, first moment m and second moment v (Kingma and Ba 2015, in PyTorch's order of operations).
  virtual void adam_step(const AdamStep& options, const Tensor& gradient, Tensor& parameter, Tensor& m, Tensor& v) = 0;
};

/// The backend of a device. Throws `Error` when the library was built without it.
Backend& backend(Device device);

}  // namespace posthoc
