#pragma once

#include <initializer_list>
#include <vector>

#include "tensor/scalar_math.h"
#include "tensor/tensor.h"

// Operations on tensors, without gradients. Each checks its arguments and throws `Error` on shapes that do not fit, on
// mixed dtypes and on mixed devices. Shapes broadcast as in NumPy. Differentiable versions: autograd/ops.h.

namespace posthoc {

/// Element by element: f(x).
Tensor unary(UnaryOp op, const Tensor& x);
/// Element by element: f(a, b), broadcast.
Tensor binary(BinaryOp op, const Tensor& a, const Tensor& b);

Tensor add(const Tensor& a, const Tensor& b);
Tensor sub(const Tensor& a, const Tensor& b);
Tensor mul(const Tensor& a, const Tensor& b);
Tensor mul(const Tensor& a, double factor);
Tensor div(const Tensor& a, const Tensor& b);

/// a += b in place, b broadcast to the shape of a.
void add_(Tensor& a, const Tensor& b);

/// Sum over `axes` (negative ones count from the last), which keep size 1 when `keep`; over all axes when none is
/// named. Accumulated in float64. The sum over nothing is 0.
Tensor sum(const Tensor& x, const std::vector<int>& axes = {}, bool keep = false);
Tensor mean(const Tensor& x, const std::vector<int>& axes = {}, bool keep = false);
/// Maximum; throws `Error` over an axis of size 0.
Tensor max(const Tensor& x, const std::vector<int>& axes = {}, bool keep = false);
/// The shape that a reduction of `shape` over `axes` gives; `where` names the operation in the error for a bad axis.
Shape reduced_shape(const Shape& shape, const std::vector<int>& axes, bool keep, const char* where);
/// x summed over the axes along which `shape` was broadcast to x's shape: the reverse of broadcasting.
Tensor sum_to(const Tensor& x, const Shape& shape);

/// op(a) op(b) of two matrices, op the transpose where asked.
Tensor matmul(const Tensor& a, const Tensor& b, bool transpose_a = false, bool transpose_b = false);
/// x [n, in] times weight [out, in] transposed, plus bias [out]: [n, out].
Tensor linear(const Tensor& x, const Tensor& weight, const Tensor& bias);

/// Rows index[0], index[1], ... of x (rank >= 1); index is int64 of rank 1. Throws `Error` on an index out of range.
Tensor gather_rows(const Tensor& x, const Tensor& index);

/// Throws `Error`, naming `where`, unless a and b have one dtype, a floating one, and lie on one device.
void require_same_kind(const Tensor& a, const Tensor& b, const char* where);

}  // namespace posthoc
