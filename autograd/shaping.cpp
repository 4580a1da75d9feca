#include "autograd/ops.h"
#include "tensor/backend.h"
#include "tensor/ops.h"

// Each operation: its value, and below it the gradient as a function of the cotangent g. What a lambda captures is what
// the graph keeps alive until backward.

namespace posthoc {

Variable reshape(const Variable& x, const Shape& shape) {
  return record(
      "reshape", x.value().reshape(shape), {x},
      [before = x.shape()](const Tensor& g, InputGradients& gradients) { gradients.add(0, g.reshape(before)); });
}

Variable transpose(const Variable& x, int a, int b) {
  return record("transpose", transpose(x.value(), a, b), {x},
                [a, b](const Tensor& g, InputGradients& gradients) { gradients.add(0, transpose(g, a, b)); });
}

Variable slice(const Variable& x, int axis, std::int64_t begin, std::int64_t end) {
  return record("slice", slice(x.value(), axis, begin, end), {x},
                [shape = x.shape(), axis, begin, end](const Tensor& g, InputGradients& gradients) {
                  Tensor padded = Tensor::zeros(shape, g.dtype(), g.device());
                  const int at = axis_from_front(shape, axis, "slice");
                  if (g.elements() > 0) backend(g.device()).copy_range(g, at, 0, end - begin, padded, begin);
                  gradients.add(0, padded);
                });
}

Variable concatenate(const std::vector<Variable>& parts, int axis) {
  std::vector<Tensor> values;
  std::vector<Shape> shapes;
  for (const Variable& part : parts) {
    values.push_back(part.value());
    shapes.push_back(part.shape());
  }
  return record("concatenate", concatenate(values, axis), parts,
                [shapes, axis](const Tensor& g, InputGradients& gradients) {
                  const int at = axis_from_front(g.shape(), axis, "concatenate");
                  std::int64_t begin = 0;
                  for (std::size_t i = 0; i < shapes.size(); ++i) {
                    const std::int64_t end = begin + shapes[i][at];
                    if (gradients.wanted(i)) gradients.add(i, slice(g, at, begin, end));
                    begin = end;
                  }
                });
}

Variable gather_rows(const Variable& x, const Tensor& index) {
  return record("gather_rows", gather_rows(x.value(), index), {x},
                [shape = x.shape(), index = index.to(x.value().device())](const Tensor& g, InputGradients& gradients) {
                  Tensor collected = Tensor::zeros(shape, g.dtype(), g.device());
                  backend(g.device()).scatter_add_rows(g, index, collected);
                  gradients.add(0, collected);
                });
}

}  // namespace posthoc
