#include "tensor/ops.h"

#include "base/error.h"
#include "tensor/backend.h"
#include "tensor/format.h"

namespace posthoc {
namespace {

const char* name(UnaryOp op) {
  switch (op) {
    case UnaryOp::neg:
      return "neg";
    case UnaryOp::exp:
      return "exp";
    case UnaryOp::log:
      return "log";
    case UnaryOp::sqrt:
      return "sqrt";
    case UnaryOp::abs:
      return "abs";
    case UnaryOp::sign:
      return "sign";
    case UnaryOp::tanh:
      return "tanh";
    case UnaryOp::sigmoid:
      return "sigmoid";
    case UnaryOp::relu:
      return "relu";
  }
  return "unary";
}

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
    case BinaryOp::pow:
    case BinaryOp::pow_base:
    case BinaryOp::pow_exponent:
      return "pow";
    case BinaryOp::maximum:
      return "maximum";
    case BinaryOp::minimum:
      return "minimum";
    case BinaryOp::eq:
      return "eq";
    case BinaryOp::ne:
      return "ne";
    case BinaryOp::lt:
      return "lt";
    case BinaryOp::le:
      return "le";
    case BinaryOp::gt:
      return "gt";
    case BinaryOp::ge:
      return "ge";
    case BinaryOp::leaky_relu:
      return "leaky_relu";
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

}  // namespace

void require_floating(const Tensor& x, const char* where) {
  require(x.defined(), "{}: the tensor is undefined", where);
  require(is_floating(x.dtype()), "{}: expected a floating dtype, got {}", where, x.dtype());
}

void require_same_device(Device a, Device b, const char* where) {
  require(a == b, "{}: devices differ: {} and {}; move one with to(Device)", where, a, b);
}

void require_same_kind(const Tensor& a, const Tensor& b, const char* where) {
  require_floating(a, where);
  require_floating(b, where);
  require(a.dtype() == b.dtype(), "{}: dtypes differ: {} and {}; convert one with to(Dtype)", where, a.dtype(),
          b.dtype());
  require_same_device(a.device(), b.device(), where);
}

Tensor unary(UnaryOp op, const Tensor& x) {
  require_floating(x, name(op));
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

Tensor pow(const Tensor& x, const Tensor& exponent) { return binary(BinaryOp::pow, x, exponent); }
Tensor maximum(const Tensor& a, const Tensor& b) { return binary(BinaryOp::maximum, a, b); }
Tensor minimum(const Tensor& a, const Tensor& b) { return binary(BinaryOp::minimum, a, b); }
Tensor eq(const Tensor& a, const Tensor& b) { return binary(BinaryOp::eq, a, b); }
Tensor ne(const Tensor& a, const Tensor& b) { return binary(BinaryOp::ne, a, b); }
Tensor lt(const Tensor& a, const Tensor& b) { return binary(BinaryOp::lt, a, b); }
Tensor le(const Tensor& a, const Tensor& b) { return binary(BinaryOp::le, a, b); }
Tensor gt(const Tensor& a, const Tensor& b) { return binary(BinaryOp::gt, a, b); }
Tensor ge(const Tensor& a, const Tensor& b) { return binary(BinaryOp::ge, a, b); }

Tensor clamp(const Tensor& x, double low, double high) {
  require_floating(x, "clamp");
  require(low <= high, "clamp: expected low <= high, got {} and {}", low, high);
  const auto bound = [&](double value) { return Tensor::full({}, value, x.dtype(), x.device()); };
  return minimum(maximum(x, bound(low)), bound(high));
}

Tensor where(const Tensor& mask, const Tensor& a, const Tensor& b) {
  require_same_kind(mask, a, "where");
  require_same_kind(a, b, "where");
  const Shape shape = broadcast(mask.shape(), broadcast(a.shape(), b.shape(), "where"), "where");
  Tensor out = Tensor::empty(shape, a.dtype(), a.device());
  backend(a.device()).where(mask, a, b, out);
  return out;
}

void add_(Tensor& a, const Tensor& b) {
  require_same_kind(a, b, "add_");
  require(broadcast(a.shape(), b.shape(), "add_") == a.shape(), "add_: {} does not broadcast to {}", b.shape(),
          a.shape());
  backend(a.device()).binary(BinaryOp::add, a, b, a);
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
  backend(x.device()).linear(x, weight, bias, out);
  return out;
}

}  // namespace posthoc
