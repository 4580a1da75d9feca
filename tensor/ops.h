#pragma once

#include <cstdint>
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
/// x to the power of `exponent`; NaN for a negative x and a fraction.
Tensor pow(const Tensor& x, const Tensor& exponent);
/// The greater and the smaller of two; a NaN of either side wins.
Tensor maximum(const Tensor& a, const Tensor& b);
Tensor minimum(const Tensor& a, const Tensor& b);
/// x kept within [low, high]; a NaN stays one. Throws `Error` unless low <= high.
Tensor clamp(const Tensor& x, double low, double high);

/// Comparisons: 1 where a is equal to, not equal to, less than, at most, greater than or at least b, else 0, in the
/// dtype of a and b; a NaN is not equal to anything, and neither less nor greater. A mask for `where`.
Tensor eq(const Tensor& a, const Tensor& b);
Tensor ne(const Tensor& a, const Tensor& b);
Tensor lt(const Tensor& a, const Tensor& b);
Tensor le(const Tensor& a, const Tensor& b);
Tensor gt(const Tensor& a, const Tensor& b);
Tensor ge(const Tensor& a, const Tensor& b);
/// a where the mask is not 0 (a NaN is not), else b; all three of one dtype, broadcast to each other.
Tensor where(const Tensor& mask, const Tensor& a, const Tensor& b);

/// a += b in place, b broadcast to the shape of a.
void add_(Tensor& a, const Tensor& b);

/// Sum over `axes` (negative ones count from the last), which keep size 1 when `keep`; over all axes when none is
/// named. Accumulated in float64. The sum over nothing is 0.
Tensor sum(const Tensor& x, const std::vector<int>& axes = {}, bool keep = false);
Tensor mean(const Tensor& x, const std::vector<int>& axes = {}, bool keep = false);
/// What a sum of squared deviations of n elements is divided by: n (biased) or n - 1 (unbiased).
enum class Divisor { n, n_minus_1 };
/// Mean squared deviation from the mean over `axes`. Throws `Error` on fewer elements than 1 (n) or 2 (n_minus_1).
Tensor variance(const Tensor& x, const std::vector<int>& axes = {}, Divisor divisor = Divisor::n_minus_1,
                bool keep = false);
/// Maximum; throws `Error` over an axis of size 0.
Tensor max(const Tensor& x, const std::vector<int>& axes = {}, bool keep = false);
/// Where along `axis` the maximum stands, int64: the first of equal ones, or the first NaN. Throws `Error` over an axis
/// of size 0.
Tensor argmax(const Tensor& x, int axis, bool keep = false);
/// `axis` counted from the first, in [0, rank); `where` names the operation in the error for one outside.
int axis_from_front(const Shape& shape, int axis, const char* where);
/// The shape that a reduction of `shape` over `axes` gives; `where` names the operation in the error for a bad axis.
Shape reduced_shape(const Shape& shape, const std::vector<int>& axes, bool keep, const char* where);
/// x summed over the axes along which `shape` was broadcast to x's shape: the reverse of broadcasting.
Tensor sum_to(const Tensor& x, const Shape& shape);

/// op(a) op(b) of two matrices, op the transpose where asked.
Tensor matmul(const Tensor& a, const Tensor& b, bool transpose_a = false, bool transpose_b = false);
/// x [n, in] times weight [out, in] transposed, plus bias [out]: [n, out].
Tensor linear(const Tensor& x, const Tensor& weight, const Tensor& bias);

/// x with axes a and b exchanged, any dtype; elements of its own unless a == b.
Tensor transpose(const Tensor& x, int a = -2, int b = -1);
/// Elements [begin, end) along `axis`, copied; any dtype. Throws `Error` when outside.
Tensor slice(const Tensor& x, int axis, std::int64_t begin, std::int64_t end);
/// At least one tensor, joined along `axis`; the shapes agree on the other axes. Any one dtype.
Tensor concatenate(const std::vector<Tensor>& parts, int axis = 0);
/// Rows index[0], index[1], ... of x (rank >= 1); index is int64 of rank 1 and lies on x's device or, which spares a
/// device the wait for the check, on the host. Throws `Error` on an index out of range.
Tensor gather_rows(const Tensor& x, const Tensor& index);

/// Throws `Error`, naming `where`, unless x is defined and of a floating dtype.
void require_floating(const Tensor& x, const char* where);
/// Throws `Error`, naming `where`, unless both are one device.
void require_same_device(Device a, Device b, const char* where);
/// Throws `Error`, naming `where`, unless a and b have one dtype, a floating one, and lie on one device.
void require_same_kind(const Tensor& a, const Tensor& b, const char* where);

}  // namespace posthoc
