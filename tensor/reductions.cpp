#include <algorithm>

#include "base/error.h"
#include "tensor/backend.h"
#include "tensor/format.h"
#include "tensor/ops.h"

namespace posthoc {
namespace {

Tensor reduce(ReduceOp op, const Tensor& x, const std::vector<int>& axes, bool keep, const char* where) {
  require_floating(x, where);
  Tensor out = Tensor::empty(reduced_shape(x.shape(), axes, true, where), x.dtype(), x.device());
  require(op == ReduceOp::sum || x.elements() > 0 || out.elements() == 0, "{}: nothing to reduce in the shape {}",
          where, x.shape());
  backend(x.device()).reduce(op, x, out);
  return keep ? out : out.reshape(reduced_shape(x.shape(), axes, false, where));
}

// Elements that each element of a reduction was made from; 1 where there are none of those.
double elements_each(const Tensor& x, const Tensor& reduced) {
  return reduced.elements() == 0 ? 1.0 : static_cast<double>(x.elements() / reduced.elements());
}

}  // namespace

int axis_from_front(const Shape& shape, int axis, const char* where) {
  const int from_front = axis < 0 ? axis + shape.rank() : axis;
  require(from_front >= 0 && from_front < shape.rank(), "{}: axis {} is outside the shape {}", where, axis, shape);
  return from_front;
}

Shape reduced_shape(const Shape& shape, const std::vector<int>& axes, bool keep, const char* where) {
  std::vector<bool> reduced(static_cast<std::size_t>(shape.rank()), axes.empty());
  for (const int axis : axes) {
    reduced[static_cast<std::size_t>(axis_from_front(shape, axis, where))] = true;
  }
  std::vector<std::int64_t> sizes;
  for (int axis = 0; axis < shape.rank(); ++axis) {
    if (!reduced[static_cast<std::size_t>(axis)]) {
      sizes.push_back(shape[axis]);
    } else if (keep) {
      sizes.push_back(1);
    }
  }
  return Shape(sizes);
}

Tensor sum(const Tensor& x, const std::vector<int>& axes, bool keep) {
  return reduce(ReduceOp::sum, x, axes, keep, "sum");
}

Tensor mean(const Tensor& x, const std::vector<int>& axes, bool keep) {
  const Tensor total = reduce(ReduceOp::sum, x, axes, keep, "mean");
  require(total.elements() == 0 || x.elements() > 0, "mean: nothing to average in the shape {}", x.shape());
  return div(total, Tensor::full({}, elements_each(x, total), x.dtype(), x.device()));
}

Tensor variance(const Tensor& x, const std::vector<int>& axes, Divisor divisor, bool keep) {
  require_floating(x, "variance");
  reduced_shape(x.shape(), axes, keep, "variance");  // names a bad axis
  const Tensor centred = x.elements() == 0 ? x : sub(x, mean(x, axes, true));
  const Tensor squares = reduce(ReduceOp::sum, mul(centred, centred), axes, keep, "variance");
  const double lost = divisor == Divisor::n ? 0.0 : 1.0;
  const double count = squares.elements() == 0 ? lost + 1.0 : elements_each(x, squares);
  require(count > lost, "variance: {} elements of the shape {} are too few; expected at least {}", count, x.shape(),
          lost + 1.0);
  return div(squares, Tensor::full({}, count - lost, x.dtype(), x.device()));
}

Tensor max(const Tensor& x, const std::vector<int>& axes, bool keep) {
  return reduce(ReduceOp::max, x, axes, keep, "max");
}

Tensor argmax(const Tensor& x, int axis, bool keep) {
  require_floating(x, "argmax");
  const int at = axis_from_front(x.shape(), axis, "argmax");
  Tensor out = Tensor::empty(reduced_shape(x.shape(), {at}, keep, "argmax"), Dtype::int64, x.device());
  require(x.size(at) > 0 || out.elements() == 0, "argmax: nothing to compare along axis {} of the shape {}", axis,
          x.shape());
  if (out.elements() > 0) backend(x.device()).argmax(x, at, out);
  return out;
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

}  // namespace posthoc
