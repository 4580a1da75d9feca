#include <utility>

#include "autograd/ops.h"
#include "base/error.h"
#include "tensor/backend.h"
#include "tensor/format.h"
#include "tensor/ops.h"
#include "tensor/subnormals.h"

// Each operation: its value, and below it the gradient as a function of the cotangent g. What a lambda captures is what
// the graph keeps alive until backward.

namespace posthoc {

Variable matmul(const Variable& a, const Variable& b, bool transpose_a, bool transpose_b) {
  // With op(a) [m, k], op(b) [k, n]: d op(a) = g op(b)^T, d op(b) = op(a)^T g; transposed where the operand was.
  return record(
      "matmul", matmul(a.value(), b.value(), transpose_a, transpose_b), {a, b},
      [x = a.value(), y = b.value(), ta = transpose_a, tb = transpose_b](const Tensor& g, InputGradients& gradients) {
        if (gradients.wanted(0)) {
          gradients.add(0, ta ? matmul(y, g, tb, true) : matmul(g, y, false, !tb));
        }
        if (gradients.wanted(1)) {
          gradients.add(1, tb ? matmul(g, x, true, ta) : matmul(x, g, !ta, false));
        }
      });
}

namespace {

Tensor column_sums(const Tensor& x) {  // sum(x, {0}), which costs a small layer less
  Tensor sums = Tensor::empty({1, x.size(1)}, x.dtype(), x.device());
  backend(x.device()).reduce(ReduceOp::sum, x, sums);
  return sums.reshape({x.size(1)});
}

void add_linear_gradients(const Tensor& x, const Tensor& weight, const Tensor& g, InputGradients& gradients) {
  if (gradients.wanted(0)) gradients.add(0, matmul(g, weight));          // [n, out] [out, in]
  if (gradients.wanted(1)) gradients.add(1, matmul(g, x, true, false));  // [n, out]^T [n, in]
  if (gradients.wanted(2)) gradients.add(2, column_sums(g));
}

}  // namespace

Variable linear(const Variable& x, const Variable& weight, const Variable& bias) {
  return record("linear", linear(x.value(), weight.value(), bias.value()), {x, weight, bias},
                [v = x.value(), w = weight.value()](const Tensor& g, InputGradients& gradients) {
                  add_linear_gradients(v, w, g, gradients);
                });
}

Variable linear_relu_dropout(const Variable& x, const Variable& weight, const Variable& bias, double p,
                             const RandomStream& stream, std::uint64_t first) {
  const Tensor y = random_relu_dropout(linear(x.value(), weight.value(), bias.value()), stream, p, first);
  // y is positive where neither ReLU nor dropout made it 0, so it says where the cotangent passes.
  return record("linear_relu_dropout", y, {x, weight, bias},
                [v = x.value(), w = weight.value(), y, p](const Tensor& g, InputGradients& gradients) {
                  Tensor passed = y.empty_like();
                  backend(y.device()).relu_dropout_backward(y, p, g, passed);
                  add_linear_gradients(v, w, passed, gradients);
                });
}

namespace {

void require_batch_norm_shapes(const Variable& x, const Tensor& vector, const char* what) {
  require(x.value().rank() == 2, "batch_norm: expected x [n, c], got {}", x.shape());
  require_same_kind(x.value(), vector, "batch_norm");
  require(vector.shape() == Shape{x.value().size(1)}, "batch_norm: x is {} but {} is {}", x.shape(), what,
          vector.shape());
}

Variable normalised(const char* name, const Variable& x, const Variable& gamma, const Variable& beta,
                    BatchNormStatistics statistics, bool batch) {
  Tensor y = x.value().empty_like();
  backend(y.device()).batch_norm_apply(x.value(), statistics, gamma.value(), beta.value(), y);
  return record(name, y, {x, gamma, beta},
                [v = x.value(), w = gamma.value(), statistics = std::move(statistics), batch](
                    const Tensor& g, InputGradients& gradients) {
                  const BatchNormGradients d = backend(g.device()).batch_norm_backward(v, statistics, w, g, batch);
                  if (gradients.wanted(0)) gradients.add(0, d.x);
                  if (gradients.wanted(1)) gradients.add(1, d.gamma);
                  if (gradients.wanted(2)) gradients.add(2, d.beta);
                });
}

void move_towards(Tensor& running, const Tensor& batch, double scale, double momentum) {
  if (running.unique()) return backend(running.device()).moved_towards(running, batch, scale, momentum, running);
  Tensor moved = running.empty_like();  // a graph recorded before may hold the old one
  backend(moved.device()).moved_towards(running, batch, scale, momentum, moved);
  running = std::move(moved);
}

}  // namespace

Variable batch_norm_train(const Variable& x, const Variable& gamma, const Variable& beta, double eps,
                          const BatchNormRunning* running) {
  require_batch_norm_shapes(x, gamma.value(), "gamma");
  require_batch_norm_shapes(x, beta.value(), "beta");
  const std::int64_t n = x.value().size(0);
  require(n >= 2, "batch_norm: training needs at least 2 rows to normalise by, got {}", n);
  BatchNormStatistics statistics = backend(x.value().device()).batch_norm_statistics(x.value(), eps);
  if (running != nullptr) {
    require_batch_norm_shapes(x, running->mean, "running mean");
    require_batch_norm_shapes(x, running->variance, "running variance");
    const FlushSubnormals flush;
    const double unbiased = static_cast<double>(n) / static_cast<double>(n - 1);
    move_towards(running->mean, statistics.mean, 1.0, running->momentum);
    move_towards(running->variance, statistics.variance, unbiased, running->momentum);
  }
  return normalised("batch_norm_train", x, gamma, beta, std::move(statistics), true);
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

Variable layer_norm(const Variable& x, const Variable& gamma, const Variable& beta, double eps) {
  require_floating(x.value(), "layer_norm");
  require(x.value().rank() >= 1 && x.shape()[x.value().rank() - 1] >= 1,
          "layer_norm: expected x [.., c] with c >= 1, got {}", x.shape());
  const Shape columns{x.shape()[x.value().rank() - 1]};
  for (const Variable* vector : {&gamma, &beta}) {
    require_same_kind(x.value(), vector->value(), "layer_norm");
    require(vector->shape() == columns, "layer_norm: x is {} but {} is {}", x.shape(),
            vector == &gamma ? "gamma" : "beta", vector->shape());
  }
  const Tensor spread = variance(x.value(), {-1}, Divisor::n, true);
  const Tensor deviation = unary(UnaryOp::sqrt, add(spread, spread.full_like(eps)));
  const Tensor normal = div(sub(x.value(), mean(x.value(), {-1}, true)), deviation);
  return record("layer_norm", add(mul(normal, gamma.value()), beta.value()), {x, gamma, beta},
                [w = gamma.value(), normal, deviation](const Tensor& g, InputGradients& gradients) {
                  if (gradients.wanted(0)) {  // what moves with the row's own mean and deviation is taken off
                    const Tensor h = mul(g, w);
                    const Tensor moved = add(mean(h, {-1}, true), mul(normal, mean(mul(h, normal), {-1}, true)));
                    gradients.add(0, div(sub(h, moved), deviation));
                  }
                  if (gradients.wanted(1)) gradients.add(1, sum_to(mul(g, normal), w.shape()));
                  if (gradients.wanted(2)) gradients.add(2, sum_to(g, w.shape()));
                });
}

}  // namespace posthoc
