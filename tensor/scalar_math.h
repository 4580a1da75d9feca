#pragma once

// The formula of every element-wise operation, once: CPU loops, SIMD tails and devices all call these.
// Each functor takes and returns one floating type T.

#include <cmath>

#include "base/host_device.h"

namespace posthoc {

enum class UnaryOp { neg, exp, log, sqrt, abs, sign, tanh, sigmoid, relu };

/// Two-operand operations. `pow_base`, `pow_exponent`, `larger_share` and `leaky_relu_backward` are derivatives; the
/// other
/// `*_backward` ones turn what forward kept and the cotangent into the operand's gradient; the cross-entropies take a
/// prediction and its target.
enum class BinaryOp {
  add,
  sub,
  mul,
  div,
  pow,
  pow_base,
  pow_exponent,
  maximum,
  minimum,
  larger_share,
  eq,
  ne,
  lt,
  le,
  gt,
  ge,
  leaky_relu,
  leaky_relu_backward,
  tanh_backward,
  sigmoid_backward,
  relu_backward,
  bce,
  bce_backward,
  bce_with_logits,
  bce_with_logits_backward
};

namespace scalar {

struct Neg {
  template <typename T>
  POSTHOC_HOST_DEVICE T operator()(T x) const {
    return -x;
  }
};
struct Exp {
  template <typename T>
  POSTHOC_HOST_DEVICE T operator()(T x) const {
    return std::exp(x);
  }
};
struct Log {
  template <typename T>
  POSTHOC_HOST_DEVICE T operator()(T x) const {
    return std::log(x);
  }
};
struct Sqrt {
  template <typename T>
  POSTHOC_HOST_DEVICE T operator()(T x) const {
    return std::sqrt(x);
  }
};
struct Abs {
  template <typename T>
  POSTHOC_HOST_DEVICE T operator()(T x) const {
    return std::abs(x);
  }
};
struct Sign {  // 0 at 0, the subgradient PyTorch takes for abs
  template <typename T>
  POSTHOC_HOST_DEVICE T operator()(T x) const {
    return x > T(0) ? T(1) : (x < T(0) ? T(-1) : T(0));
  }
};
struct Tanh {
  template <typename T>
  POSTHOC_HOST_DEVICE T operator()(T x) const {
    return std::tanh(x);
  }
};
struct Sigmoid {
  template <typename T>
  POSTHOC_HOST_DEVICE T operator()(T x) const {
    return T(1) / (T(1) + std::exp(-x));
  }
};
struct Relu {  // a NaN stays one
  template <typename T>
  POSTHOC_HOST_DEVICE T operator()(T x) const {
    return x < T(0) ? T(0) : x;
  }
};

struct Add {
  template <typename T>
  POSTHOC_HOST_DEVICE T operator()(T a, T b) const {
    return a + b;
  }
};
struct Sub {
  template <typename T>
  POSTHOC_HOST_DEVICE T operator()(T a, T b) const {
    return a - b;
  }
};
struct Mul {
  template <typename T>
  POSTHOC_HOST_DEVICE T operator()(T a, T b) const {
    return a * b;
  }
};
struct Div {
  template <typename T>
  POSTHOC_HOST_DEVICE T operator()(T a, T b) const {
    return a / b;
  }
};
struct Pow {
  template <typename T>
  POSTHOC_HOST_DEVICE T operator()(T x, T exponent) const {
    return std::pow(x, exponent);
  }
};
struct PowBase {  // d pow / d x; 0 for the constant x^0, also at x = 0
  template <typename T>
  POSTHOC_HOST_DEVICE T operator()(T x, T exponent) const {
    return exponent == T(0) ? T(0) : exponent * std::pow(x, exponent - T(1));
  }
};
struct PowExponent {  // d pow / d exponent; 0 at x = 0, where the formula is 0 * -infinity
  template <typename T>
  POSTHOC_HOST_DEVICE T operator()(T x, T exponent) const {
    return x == T(0) && exponent >= T(0) ? T(0) : std::pow(x, exponent) * std::log(x);
  }
};
struct Maximum {  // a NaN of either side wins
  template <typename T>
  POSTHOC_HOST_DEVICE T operator()(T a, T b) const {
    return a > b || a != a ? a : b;
  }
};
struct Minimum {  // a NaN of either side wins
  template <typename T>
  POSTHOC_HOST_DEVICE T operator()(T a, T b) const {
    return a < b || a != a ? a : b;
  }
};
struct LargerShare {  // d max(a, b) / d a and d min(a, b) / d b; a tie is shared
  template <typename T>
  POSTHOC_HOST_DEVICE T operator()(T a, T b) const {
    return a < b ? T(0) : (a == b ? T(0.5) : T(1));
  }
};
// Comparisons give 1 or 0 in the dtype of their operands. With a NaN all but != are 0.
struct Equal {
  template <typename T>
  POSTHOC_HOST_DEVICE T operator()(T a, T b) const {
    return a == b ? T(1) : T(0);
  }
};
struct NotEqual {
  template <typename T>
  POSTHOC_HOST_DEVICE T operator()(T a, T b) const {
    return a != b ? T(1) : T(0);
  }
};
struct Less {
  template <typename T>
  POSTHOC_HOST_DEVICE T operator()(T a, T b) const {
    return a < b ? T(1) : T(0);
  }
};
struct LessEqual {
  template <typename T>
  POSTHOC_HOST_DEVICE T operator()(T a, T b) const {
    return a <= b ? T(1) : T(0);
  }
};
struct Greater {
  template <typename T>
  POSTHOC_HOST_DEVICE T operator()(T a, T b) const {
    return a > b ? T(1) : T(0);
  }
};
struct GreaterEqual {
  template <typename T>
  POSTHOC_HOST_DEVICE T operator()(T a, T b) const {
    return a >= b ? T(1) : T(0);
  }
};
struct LeakyRelu {
  template <typename T>
  POSTHOC_HOST_DEVICE T operator()(T x, T slope) const {
    return x > T(0) ? x : x * slope;
  }
};
struct LeakyReluBackward {  // d leaky_relu / d x; the slope at 0, as in PyTorch
  template <typename T>
  POSTHOC_HOST_DEVICE T operator()(T x, T slope) const {
    return x > T(0) ? T(1) : slope;
  }
};
struct TanhBackward {  // y: the output of tanh
  template <typename T>
  POSTHOC_HOST_DEVICE T operator()(T y, T cotangent) const {
    return cotangent * (T(1) - y * y);
  }
};
struct SigmoidBackward {  // y: the output of sigmoid
  template <typename T>
  POSTHOC_HOST_DEVICE T operator()(T y, T cotangent) const {
    return cotangent * (T(1) - y) * y;
  }
};
struct ReluBackward {  // y: the output of relu; the gradient at 0 is 0
  template <typename T>
  POSTHOC_HOST_DEVICE T operator()(T y, T cotangent) const {
    return y > T(0) ? cotangent : T(0);
  }
};

/// Binary cross-entropy of a probability; its logarithms are kept at or above -100, as PyTorch does, so that a
/// prediction of exactly 0 or 1 costs a finite amount.
struct Bce {
  template <typename T>
  POSTHOC_HOST_DEVICE T operator()(T p, T target) const {
    return (target - T(1)) * at_least(std::log1p(-p)) - target * at_least(std::log(p));
  }
  template <typename T>
  POSTHOC_HOST_DEVICE static T at_least(T logarithm) {
    return logarithm < T(-100) ? T(-100) : logarithm;
  }
};
struct BceBackward {  // the bound is 1e-12 rounded to float32, in float64 too: PyTorch's constant
  template <typename T>
  POSTHOC_HOST_DEVICE T operator()(T p, T target) const {
    const T variance = p * (T(1) - p);
    const T bound = static_cast<T>(1e-12F);
    return (p - target) / (variance < bound ? bound : variance);
  }
};
struct BceWithLogits {
  template <typename T>
  POSTHOC_HOST_DEVICE T operator()(T z, T target) const {
    return (z > T(0) ? z : T(0)) - z * target + std::log1p(std::exp(-std::abs(z)));
  }
};
struct BceWithLogitsBackward {
  template <typename T>
  POSTHOC_HOST_DEVICE T operator()(T z, T target) const {
    return Sigmoid{}(z)-target;
  }
};

/// Calls `f` with the functor of `op`.
template <typename F>
POSTHOC_HOST_DEVICE void visit(UnaryOp op, F&& f) {
  switch (op) {
    case UnaryOp::neg:
      return f(Neg{});
    case UnaryOp::exp:
      return f(Exp{});
    case UnaryOp::log:
      return f(Log{});
    case UnaryOp::sqrt:
      return f(Sqrt{});
    case UnaryOp::abs:
      return f(Abs{});
    case UnaryOp::sign:
      return f(Sign{});
    case UnaryOp::tanh:
      return f(Tanh{});
    case UnaryOp::sigmoid:
      return f(Sigmoid{});
    case UnaryOp::relu:
      return f(Relu{});
  }
}

template <typename F>
POSTHOC_HOST_DEVICE void visit(BinaryOp op, F&& f) {
  switch (op) {
    case BinaryOp::add:
      return f(Add{});
    case BinaryOp::sub:
      return f(Sub{});
    case BinaryOp::mul:
      return f(Mul{});
    case BinaryOp::div:
      return f(Div{});
    case BinaryOp::pow:
      return f(Pow{});
    case BinaryOp::pow_base:
      return f(PowBase{});
    case BinaryOp::pow_exponent:
      return f(PowExponent{});
    case BinaryOp::maximum:
      return f(Maximum{});
    case BinaryOp::minimum:
      return f(Minimum{});
    case BinaryOp::larger_share:
      return f(LargerShare{});
    case BinaryOp::eq:
      return f(Equal{});
    case BinaryOp::ne:
      return f(NotEqual{});
    case BinaryOp::lt:
      return f(Less{});
    case BinaryOp::le:
      return f(LessEqual{});
    case BinaryOp::gt:
      return f(Greater{});
    case BinaryOp::ge:
      return f(GreaterEqual{});
    case BinaryOp::leaky_relu:
      return f(LeakyRelu{});
    case BinaryOp::leaky_relu_backward:
      return f(LeakyReluBackward{});
    case BinaryOp::tanh_backward:
      return f(TanhBackward{});
    case BinaryOp::sigmoid_backward:
      return f(SigmoidBackward{});
    case BinaryOp::relu_backward:
      return f(ReluBackward{});
    case BinaryOp::bce:
      return f(Bce{});
    case BinaryOp::bce_backward:
      return f(BceBackward{});
    case BinaryOp::bce_with_logits:
      return f(BceWithLogits{});
    case BinaryOp::bce_with_logits_backward:
      return f(BceWithLogitsBackward{});
  }
}

}  // namespace scalar
}  // namespace posthoc
