#include "tensor/ops.h"

#include <algorithm>

#include "base/error.h"
#include "tensor/backend.h"
#include "tensor/format.h"

namespace posthoc {
namespace {

const char* name(BinaryOp op) {
  switch (op) {
    case BinaryOp::add:
      return "add";
    case BinaryOp::sub:
      return "sub";
    case BinaryOp::mul:
      return "mul";
    case BinaryOp::div:
      return "div";
    case BinaryOp::bce:
    case BinaryOp::bce_backward:
      return "binary_cross_entropy";
    case BinaryOp::bce_with_logits:
    case BinaryOp::bce_with_logits_backward:
      return "binary_cross_entropy_with_logits";
    default:
      return "backward";
  }
}

void require_floating(const Tensor& x, const char* where) {
  require(x.defined(), "{}: the tensor is undefined", where);
  require(is_floating(x.dtype()), "{}: expected a floating dtype, got {}", where, x.dtype());
}

Tensor reduce(ReduceOp op, const Tensor& x, const std::vector<int>& axes, bool keep, const char* where) {
  require_floating(x, where);
  Tensor out = Tensor::empty(reduced_shape(x.shape(), axes, true, where), x.dtype(), x.device());
  require(op == ReduceOp::sum || x.elements() > 0 || out.elements() == 0, "{}: nothing to reduce in the shape {}",
          where, x.shape());
  backend(x.device()).reduce(op, x, out);
  return keep ? out : out.reshape(reduced_shape(x.shape(), axes, false, where));
}

}  // namespace

void require_same_kind(const Tensor& a, const Tensor& b, const char* where) {
  require_floating(a, where);
  require_floating(b, where);
  require(a.dtype() == b.dtype(), "{}: dtypes differ: {} and {}; convert one with to(Dtype)", where, a.dtype(),
          b.dtype());
  require(a.device() == b.device(), "{}: devices differ: {} and {}; move one with to(Device)", where, a.device(),
          b.device());
}

Shape reduced_shape(const Shape& shape, const std::vector<int>& axes, bool keep, const char* where) {
  std::vector<bool> reduced(static_cast<std::size_t>(shape.rank()), axes.empty());
  for (const int axis : axes) {
    const int from_front = axis < 0 ? axis + shape.rank() : axis;
    require(from_front >= 0 && from_front < shape.rank(), "{}: axis {} is outside the shape {}", where, axis, shape);
    reduced[static_cast<std::size_t>(from_front)] = true;
  }
  std::vector<std::int64_t> sizes;
  for (int axis = 0; axis < shape.rank(); ++axis) {
    if (!reduced[static_cast<std::size_t>(axis)]) {
      sizes.push_back(shape[axis]);
    } else if (keep) {
      sizes.push_back(1);
    }
  }
  return Shape(std::move(sizes));
}

Tensor unary(UnaryOp op, const Tensor& x) {
  require_floating(x, "unary");
  Tensor out = x.empty_like();
  backend(x.device()).unary(op, x, out);
  return out;
}

Tensor binary(BinaryOp op, const Tensor& a, const Tensor& b) {
  require_same_kind(a, b, name(op));
  Tensor out = Tensor::empty(broadcast(a.shape(), b.shape(), name(op)), a.dtype(), a.device());
  backend(a.device()).binary(op, a, b, out);
  return out;
}

Tensor add(const Tensor& a, const Tensor& b) { return binary(BinaryOp::add, a, b); }
Tensor sub(const Tensor& a, const Tensor& b) { return binary(BinaryOp::sub, a, b); }
Tensor mul(const Tensor& a, const Tensor& b) { return binary(BinaryOp::mul, a, b); }
Tensor mul(const Tensor& a, double factor) { return mul(a, Tensor::full({}, factor, a.dtype(), a.device())); }
Tensor div(const Tensor& a, const Tensor& b) { return binary(BinaryOp::div, a, b); }

void add_(Tensor& a, const Tensor& b) {
  require_same_kind(a, b, "add_");
  require(broadcast(a.shape(), b.shape(), "add_") == a.shape(), "add_: {} does not broadcast to {}", b.shape(),
          a.shape());
  backend(a.device()).binary(BinaryOp::add, a, b, a);
}

Tensor sum(const Tensor& x, const std::vector<int>& axes, bool keep) {
  return reduce(ReduceOp::sum, x, axes, keep, "sum");
}

Tensor mean(const Tensor& x, const std::vector<int>& axes, bool keep) {
  const Tensor total = reduce(ReduceOp::sum, x, axes, keep, "mean");
  require(total.elements() == 0 || x.elements() > 0, "mean: nothing to average in the shape {}", x.shape());
  const std::int64_t count = total.elements() == 0 ? 1 : x.elements() / total.elements();
  return div(total, Tensor::full({}, static_cast<double>(count), x.dtype(), x.device()));
}

Tensor max(const Tensor& x, const std::vector<int>& axes, bool keep) {
  return reduce(ReduceOp::max, x, axes, keep, "max");
}

Tensor sum_to(const Tensor& x, const Shape& shape) {
  if (x.shape() == shape) return x;
  require_floating(x, "sum_to");
  const int extra = x.rank() - shape.rank();
  std::vector<std::int64_t> sizes(static_cast<std::size_t>(std::max(extra, 0)), 1);
  sizes.insert(sizes.end(), shape.sizes().begin(), shape.sizes().end());
  const Shape padded(std::move(sizes));
  require(broadcast(padded, x.shape(), "sum_to") == x.shape(), "sum_to: {} was not broadcast to {}", shape, x.shape());
  Tensor out = Tensor::empty(padded, x.dtype(), x.device());
  backend(x.device()).reduce(ReduceOp::sum, x, out);
  return out.reshape(shape);
}

Tensor matmul(const Tensor& a, const Tensor& b, bool transpose_a, bool transpose_b) {
  require_same_kind(a, b, "matmul");
  require(a.rank() == 2 && b.rank() == 2, "matmul: expected two matrices, a is {}, b is {}", a.shape(), b.shape());
  require(a.size(transpose_a ? 0 : 1) == b.size(transpose_b ? 1 : 0),
          "matmul: inner dimensions differ: a is {}{}, b is {}{}", a.shape(), transpose_a ? " transposed" : "",
          b.shape(), transpose_b ? " transposed" : "");
  Tensor out = Tensor::empty({a.size(transpose_a ? 1 : 0), b.size(transpose_b ? 0 : 1)}, a.dtype(), a.device());
  backend(a.device()).matmul(a, transpose_a, b, transpose_b, false, out);
  return out;
}

Tensor linear(const Tensor& x, const Tensor& weight, const Tensor& bias) {
  require_same_kind(x, weight, "linear");
  require_same_kind(x, bias, "linear");
  require(x.rank() == 2 && weight.rank() == 2 && bias.rank() == 1,
          "linear: expected x [n, in], weight [out, in] and bias [out], got {}, {} and {}", x.shape(), weight.shape(),
          bias.shape());
  require(x.size(1) == weight.size(1), "linear: x is {} but weight {} takes {} features", x.shape(), weight.shape(),
          weight.size(1));
  require(bias.size(0) == weight.size(0), "linear: weight is {} but bias is {}", weight.shape(), bias.shape());
  Tensor out = Tensor::empty({x.size(0), weight.size(0)}, x.dtype(), x.device());
  Backend& device = backend(x.device());
  device.binary(BinaryOp::add, Tensor::zeros({}, x.dtype(), x.device()), bias, out);  // the bias in every row
  device.matmul(x, false, weight, true, true, out);
  return out;
}

Tensor gather_rows(const Tensor& x, const Tensor& index) {
  require(x.defined() && index.defined(), "gather_rows: the tensor is undefined");
  require(x.rank() >= 1, "gather_rows: x is a scalar");
  require(index.dtype() == Dtype::int64 && index.rank() == 1,
          "gather_rows: expected an int64 index of rank 1, got {} {}", index.dtype(), index.shape());
  for (const std::int64_t row : index.to(Device::cpu()).values<std::int64_t>()) {
    require(row >= 0 && row < x.size(0), "gather_rows: row {} is outside the {} rows of {}", row, x.size(0), x.shape());
  }
  std::vector<std::int64_t> sizes = x.shape().sizes();
  sizes[0] = index.size(0);
  Tensor out = Tensor::empty(Shape(std::move(sizes)), x.dtype(), x.device());
  backend(x.device()).gather_rows(x, index, out);
  return out;
}

}  // namespace posthoc
