#include "autograd/ops.h"

#include "base/error.h"
#include "tensor/backend.h"
#include "tensor/format.h"
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

Variable sum(const Variable& x, const std::vector<int>& axes, bool keep) {
  const Shape kept = reduced_shape(x.shape(), axes, true, "sum");
  return record("sum", sum(x.value(), axes, keep), {x},
                [shape = x.shape(), kept](const Tensor& g, InputGradients& gradients) {
                  gradients.add(0, add(Tensor::zeros(shape, g.dtype(), g.device()), g.reshape(kept)));
                });
}

Variable mean(const Variable& x, const std::vector<int>& axes, bool keep) {
  const Variable total = sum(x, axes, keep);
  require(total.value().elements() == 0 || x.value().elements() > 0, "mean: nothing to average in the shape {}",
          x.shape());
  const auto count = static_cast<double>(x.value().elements());
  return mul(total, static_cast<double>(total.value().elements()) / (count > 0 ? count : 1.0));
}

Variable reshape(const Variable& x, const Shape& shape) {
  return record(
      "reshape", x.value().reshape(shape), {x},
      [before = x.shape()](const Tensor& g, InputGradients& gradients) { gradients.add(0, g.reshape(before)); });
}

Variable matmul(const Variable& a, const Variable& b) {
  return record("matmul", matmul(a.value(), b.value()), {a, b},
                [x = a.value(), y = b.value()](const Tensor& g, InputGradients& gradients) {
                  if (gradients.wanted(0)) gradients.add(0, matmul(g, y, false, true));  // [m, n] [k, n]^T
                  if (gradients.wanted(1)) gradients.add(1, matmul(x, g, true, false));  // [m, k]^T [m, n]
                });
}

Variable linear(const Variable& x, const Variable& weight, const Variable& bias) {
  return record("linear", linear(x.value(), weight.value(), bias.value()), {x, weight, bias},
                [v = x.value(), w = weight.value()](const Tensor& g, InputGradients& gradients) {
                  if (gradients.wanted(0)) gradients.add(0, matmul(g, w));               // [n, out] [out, in]
                  if (gradients.wanted(1)) gradients.add(1, matmul(g, v, true, false));  // [n, out]^T [n, in]
                  if (gradients.wanted(2)) gradients.add(2, sum(g, {0}));
                });
}

Variable gather_rows(const Variable& x, const Tensor& index) {
  return record("gather_rows", gather_rows(x.value(), index), {x},
                [shape = x.shape(), index](const Tensor& g, InputGradients& gradients) {
                  Tensor collected = Tensor::zeros(shape, g.dtype(), g.device());
                  backend(g.device()).scatter_add_rows(g, index, collected);
                  gradients.add(0, collected);
                });
}

namespace {

Tensor shifted_by_max(const Tensor& x, int axis, const char* where) {
  reduced_shape(x.shape(), {axis}, true, where);  // names a bad axis
  return x.elements() == 0 ? x : sub(x, max(x, {axis}, true));
}

}  // namespace

Variable softmax(const Variable& x, int axis) {
  const Tensor e = unary(UnaryOp::exp, shifted_by_max(x.value(), axis, "softmax"));
  const Tensor y = div(e, sum(e, {axis}, true));
  return record("softmax", y, {x}, [y, axis](const Tensor& g, InputGradients& gradients) {
    const Tensor gy = mul(g, y);
    gradients.add(0, sub(gy, mul(y, sum(gy, {axis}, true))));
  });
}

Variable log_softmax(const Variable& x, int axis) {
  const Tensor shifted = shifted_by_max(x.value(), axis, "log_softmax");
  const Tensor y = sub(shifted, unary(UnaryOp::log, sum(unary(UnaryOp::exp, shifted), {axis}, true)));
  return record("log_softmax", y, {x}, [y, axis](const Tensor& g, InputGradients& gradients) {
    gradients.add(0, sub(g, mul(unary(UnaryOp::exp, y), sum(g, {axis}, true))));
  });
}

Variable dropout(const Variable& x, double p, const RandomStream& stream, std::uint64_t first) {
  const Tensor mask = random_dropout_mask(x.shape(), stream, p, x.dtype(), x.value().device(), first);
  return record("dropout", mul(x.value(), mask), {x},
                [mask](const Tensor& g, InputGradients& gradients) { gradients.add(0, mul(g, mask)); });
}

namespace {

void require_batch_norm_shapes(const Variable& x, const Tensor& vector, const char* what) {
  require(x.value().rank() == 2, "batch_norm: expected x [n, c], got {}", x.shape());
  require_same_kind(x.value(), vector, "batch_norm");
  require(vector.shape() == Shape{x.value().size(1)}, "batch_norm: x is {} but {} is {}", x.shape(), what,
          vector.shape());
}

Variable normalised(const char* name, const Variable& x, const Variable& gamma, const Variable& beta,
                    const BatchNormStatistics& statistics, bool batch) {
  Tensor y = x.value().empty_like();
  backend(y.device()).batch_norm_apply(x.value(), statistics, gamma.value(), beta.value(), y);
  return record(name, y, {x, gamma, beta},
                [v = x.value(), w = gamma.value(), statistics, batch](const Tensor& g, InputGradients& gradients) {
                  const BatchNormGradients d = backend(g.device()).batch_norm_backward(v, statistics, w, g, batch);
                  if (gradients.wanted(0)) gradients.add(0, d.x);
                  if (gradients.wanted(1)) gradients.add(1, d.gamma);
                  if (gradients.wanted(2)) gradients.add(2, d.beta);
                });
}

void move_towards(Tensor& running, const Tensor& batch, double momentum) {
  running = add(mul(running, 1.0 - momentum), mul(batch, momentum));
}

}  // namespace

Variable batch_norm_train(const Variable& x, const Variable& gamma, const Variable& beta, double eps,
                          const BatchNormRunning* running) {
  require_batch_norm_shapes(x, gamma.value(), "gamma");
  require_batch_norm_shapes(x, beta.value(), "beta");
  const std::int64_t n = x.value().size(0);
  require(n >= 2, "batch_norm: training needs at least 2 rows to normalise by, got {}", n);
  const BatchNormStatistics statistics = backend(x.value().device()).batch_norm_statistics(x.value(), eps);
  if (running != nullptr) {
    require_batch_norm_shapes(x, running->mean, "running mean");
    require_batch_norm_shapes(x, running->variance, "running variance");
    const double unbiased = static_cast<double>(n) / static_cast<double>(n - 1);
    move_towards(running->mean, statistics.mean, running->momentum);
    move_towards(running->variance, mul(statistics.variance, unbiased), running->momentum);
  }
  return normalised("batch_norm_train", x, gamma, beta, statistics, true);
}

Variable batch_norm_eval(const Variable& x, const Variable& gamma, const Variable& beta, const Tensor& mean,
                         const Tensor& variance, double eps) {
  require_batch_norm_shapes(x, gamma.value(), "gamma");
  require_batch_norm_shapes(x, beta.value(), "beta");
  require_batch_norm_shapes(x, mean, "mean");
  require_batch_norm_shapes(x, variance, "variance");
  const Tensor one = variance.full_like(1.0);
  const Tensor deviation = unary(UnaryOp::sqrt, add(variance, variance.full_like(eps)));
  return normalised("batch_norm_eval", x, gamma, beta, {mean, variance, div(one, deviation)}, false);
}

}  // namespace posthoc
