#include "autograd/ops.h"
#include "tensor/ops.h"

// Each operation: its value, and below it the gradient as a function of the cotangent g. What a lambda captures is what
// the graph keeps alive until backward.

namespace posthoc {

Variable sum(const Variable& x, const std::vector<int>& axes, bool keep) {
  const Shape kept = reduced_shape(x.shape(), axes, true, "sum");
  return record("sum", sum(x.value(), axes, keep), {x},
                [shape = x.shape(), kept](const Tensor& g, InputGradients& gradients) {
                  gradients.add(0, add(Tensor::zeros(shape, g.dtype(), g.device()), g.reshape(kept)));
                });
}

Variable mean(const Variable& x, const std::vector<int>& axes, bool keep) {
  const Tensor average = mean(x.value(), axes, keep);
  const Shape kept = reduced_shape(x.shape(), axes, true, "mean");
  const double share = static_cast<double>(average.elements()) / static_cast<double>(x.value().elements());
  return record("mean", average, {x}, [shape = x.shape(), kept, share](const Tensor& g, InputGradients& gradients) {
    gradients.add(0, add(Tensor::zeros(shape, g.dtype(), g.device()), mul(g.reshape(kept), share)));
  });
}

Variable variance(const Variable& x, const std::vector<int>& axes, Divisor divisor, bool keep) {
  const Tensor result = variance(x.value(), axes, divisor, keep);
  const Shape kept = reduced_shape(x.shape(), axes, true, "variance");
  return record("variance", result, {x},
                [v = x.value(), axes, kept, divisor](const Tensor& g, InputGradients& gradients) {
                  if (v.elements() == 0) return gradients.add(0, v.full_like(0.0));
                  const auto n = static_cast<double>(v.elements() / kept.elements());
                  const Tensor centred = sub(v, mean(v, axes, true));
                  gradients.add(0, mul(centred, mul(g.reshape(kept), 2.0 / (divisor == Divisor::n ? n : n - 1.0))));
                });
}

Variable max(const Variable& x, const std::vector<int>& axes, bool keep) {
  const Tensor greatest = max(x.value(), axes, true);
  return record("max", keep ? greatest : greatest.reshape(reduced_shape(x.shape(), axes, false, "max")), {x},
                [v = x.value(), greatest, axes](const Tensor& g, InputGradients& gradients) {
                  const Tensor at = eq(v, greatest);
                  gradients.add(0, mul(at, div(g.reshape(greatest.shape()), sum(at, axes, true))));
                });
}

namespace {

Tensor shifted_by_max(const Tensor& x, int axis, const char* where) {
  require_floating(x, where);
  axis_from_front(x.shape(), axis, where);  // names a bad axis
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

}  // namespace posthoc
