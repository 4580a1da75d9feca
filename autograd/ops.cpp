#include "autograd/ops.h"

#include "tensor/ops.h"

// Each operation: its value, and below it the gradient as a function of the cotangent g. What a lambda captures is what
// the graph keeps alive until backward.

namespace posthoc {

Variable add(const Variable& a, const Variable& b) {
  return record("add", add(a.value(), b.value()), {a, b},
                [sa = a.shape(), sb = b.shape()](const Tensor& g, InputGradients& gradients) {
                  if (gradients.wanted(0)) gradients.add(0, sum_to(g, sa));
                  if (gradients.wanted(1)) gradients.add(1, sum_to(g, sb));
                });
}

Variable sub(const Variable& a, const Variable& b) {
  return record("sub", sub(a.value(), b.value()), {a, b},
                [sa = a.shape(), sb = b.shape()](const Tensor& g, InputGradients& gradients) {
                  if (gradients.wanted(0)) gradients.add(0, sum_to(g, sa));
                  if (gradients.wanted(1)) gradients.add(1, sum_to(unary(UnaryOp::neg, g), sb));
                });
}

Variable mul(const Variable& a, const Variable& b) {
  return record("mul", mul(a.value(), b.value()), {a, b},
                [x = a.value(), y = b.value()](const Tensor& g, InputGradients& gradients) {
                  if (gradients.wanted(0)) gradients.add(0, sum_to(mul(g, y), x.shape()));
                  if (gradients.wanted(1)) gradients.add(1, sum_to(mul(g, x), y.shape()));
                });
}

Variable mul(const Variable& a, double factor) {
  return record("mul", mul(a.value(), factor), {a},
                [factor](const Tensor& g, InputGradients& gradients) { gradients.add(0, mul(g, factor)); });
}

Variable div(const Variable& a, const Variable& b) {
  const Tensor quotient = div(a.value(), b.value());
  return record("div", quotient, {a, b},
                [sa = a.shape(), y = b.value(), quotient](const Tensor& g, InputGradients& gradients) {
                  const Tensor scaled = div(g, y);
                  if (gradients.wanted(0)) gradients.add(0, sum_to(scaled, sa));
                  if (gradients.wanted(1)) {
                    gradients.add(1, sum_to(unary(UnaryOp::neg, mul(scaled, quotient)), y.shape()));
                  }
                });
}

Variable neg(const Variable& x) {
  return record("neg", unary(UnaryOp::neg, x.value()), {x},
                [](const Tensor& g, InputGradients& gradients) { gradients.add(0, unary(UnaryOp::neg, g)); });
}

Variable exp(const Variable& x) {
  const Tensor y = unary(UnaryOp::exp, x.value());
  return record("exp", y, {x}, [y](const Tensor& g, InputGradients& gradients) { gradients.add(0, mul(g, y)); });
}

Variable log(const Variable& x) {
  return record("log", unary(UnaryOp::log, x.value()), {x},
                [v = x.value()](const Tensor& g, InputGradients& gradients) { gradients.add(0, div(g, v)); });
}

Variable sqrt(const Variable& x) {
  const Tensor y = unary(UnaryOp::sqrt, x.value());
  return record("sqrt", y, {x},
                [y](const Tensor& g, InputGradients& gradients) { gradients.add(0, div(mul(g, 0.5), y)); });
}

Variable abs(const Variable& x) {
  return record("abs", unary(UnaryOp::abs, x.value()), {x},
                [v = x.value()](const Tensor& g, InputGradients& gradients) {
                  gradients.add(0, mul(g, unary(UnaryOp::sign, v)));
                });
}

namespace {

// An activation whose gradient is a formula of its output and the cotangent.
Variable activation(const char* name, UnaryOp forward, BinaryOp backward, const Variable& x) {
  const Tensor y = unary(forward, x.value());
  return record(name, y, {x}, [y, backward](const Tensor& g, InputGradients& gradients) {
    gradients.add(0, binary(backward, y, g));
  });
}

}  // namespace

Variable tanh(const Variable& x) { return activation("tanh", UnaryOp::tanh, BinaryOp::tanh_backward, x); }
Variable sigmoid(const Variable& x) { return activation("sigmoid", UnaryOp::sigmoid, BinaryOp::sigmoid_backward, x); }
Variable relu(const Variable& x) { return activation("relu", UnaryOp::relu, BinaryOp::relu_backward, x); }

Variable leaky_relu(const Variable& x, double slope) {
  const Tensor below = Tensor::full({}, slope, x.dtype(), x.value().device());
  return record("leaky_relu", binary(BinaryOp::leaky_relu, x.value(), below), {x},
                [v = x.value(), below](const Tensor& g, InputGradients& gradients) {
                  gradients.add(0, mul(g, binary(BinaryOp::leaky_relu_backward, v, below)));
                });
}

Variable pow(const Variable& x, const Variable& exponent) {
  return record("pow", pow(x.value(), exponent.value()), {x, exponent},
                [v = x.value(), e = exponent.value()](const Tensor& g, InputGradients& gradients) {
                  if (gradients.wanted(0))
                    gradients.add(0, sum_to(mul(g, binary(BinaryOp::pow_base, v, e)), v.shape()));
                  if (gradients.wanted(1)) {
                    gradients.add(1, sum_to(mul(g, binary(BinaryOp::pow_exponent, v, e)), e.shape()));
                  }
                });
}

Variable pow(const Variable& x, double exponent) {
  return pow(x, Variable(Tensor::full({}, exponent, x.dtype(), x.value().device())));
}

namespace {

// The greater or the smaller of two; where they are equal each side gets half of the gradient.
Variable extremum(const char* name, const Tensor& value, const Variable& a, const Variable& b, bool greater) {
  return record(name, value, {a, b},
                [x = a.value(), y = b.value(), greater](const Tensor& g, InputGradients& gradients) {
                  const Tensor& first = greater ? x : y;
                  const Tensor& second = greater ? y : x;
                  if (gradients.wanted(0)) {
                    gradients.add(0, sum_to(mul(g, binary(BinaryOp::larger_share, first, second)), x.shape()));
                  }
                  if (gradients.wanted(1)) {
                    gradients.add(1, sum_to(mul(g, binary(BinaryOp::larger_share, second, first)), y.shape()));
                  }
                });
}

}  // namespace

Variable maximum(const Variable& a, const Variable& b) {
  return extremum("maximum", maximum(a.value(), b.value()), a, b, true);
}
Variable minimum(const Variable& a, const Variable& b) {
  return extremum("minimum", minimum(a.value(), b.value()), a, b, false);
}

Variable clamp(const Variable& x, double low, double high) {
  return record("clamp", clamp(x.value(), low, high), {x},
                [v = x.value(), low, high](const Tensor& g, InputGradients& gradients) {
                  const auto bound = [&](double value) { return Tensor::full({}, value, v.dtype(), v.device()); };
                  const Tensor inside = mul(ge(v, bound(low)), le(v, bound(high)));
                  gradients.add(0, where(inside, g, bound(0.0)));
                });
}

Variable where(const Tensor& mask, const Variable& a, const Variable& b) {
  return record("where", where(mask, a.value(), b.value()), {a, b},
                [mask, sa = a.shape(), sb = b.shape()](const Tensor& g, InputGradients& gradients) {
                  const Tensor zero = Tensor::zeros({}, g.dtype(), g.device());
                  if (gradients.wanted(0)) gradients.add(0, sum_to(where(mask, g, zero), sa));
                  if (gradients.wanted(1)) gradients.add(1, sum_to(where(mask, zero, g), sb));
                });
}

Variable dropout(const Variable& x, double p, const RandomStream& stream, std::uint64_t first) {
  const Tensor mask = random_dropout_mask(x.shape(), stream, p, x.dtype(), x.value().device(), first);
  return record("dropout", mul(x.value(), mask), {x},
                [mask](const Tensor& g, InputGradients& gradients) { gradients.add(0, mul(g, mask)); });
}

}  // namespace posthoc
