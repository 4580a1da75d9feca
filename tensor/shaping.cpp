#include <algorithm>

#include "base/error.h"
#include "tensor/backend.h"
#include "tensor/format.h"
#include "tensor/ops.h"

namespace posthoc {
Tensor transpose(const Tensor& x, int a, int b) {
  require(x.defined(), "transpose: the tensor is undefined");
  const int first = std::min(axis_from_front(x.shape(), a, "transpose"), axis_from_front(x.shape(), b, "transpose"));
  const int second = std::max(axis_from_front(x.shape(), a, "transpose"), axis_from_front(x.shape(), b, "transpose"));
  if (first == second) return x;
  const Shape exchanged = x.shape().with_size(first, x.size(second)).with_size(second, x.size(first));
  Tensor out = Tensor::empty(exchanged, x.dtype(), x.device());
  if (x.elements() > 0) backend(x.device()).transpose(x, first, second, out);
  return out;
}

Tensor slice(const Tensor& x, int axis, std::int64_t begin, std::int64_t end) {
  require(x.defined(), "slice: the tensor is undefined");
  const int at = axis_from_front(x.shape(), axis, "slice");
  require(0 <= begin && begin <= end && end <= x.size(at), "slice: [{}, {}) is not within axis {} of the shape {}",
          begin, end, axis, x.shape());
  Tensor out = Tensor::empty(x.shape().with_size(at, end - begin), x.dtype(), x.device());
  if (out.elements() > 0) backend(x.device()).copy_range(x, at, begin, end - begin, out, 0);
  return out;
}

Tensor concatenate(const std::vector<Tensor>& parts, int axis) {
  require(!parts.empty(), "concatenate: expected at least one tensor");
  for (const Tensor& part : parts) require(part.defined(), "concatenate: the tensor is undefined");
  const Tensor& first = parts.front();
  const int at = axis_from_front(first.shape(), axis, "concatenate");
  std::int64_t total = 0;
  for (const Tensor& part : parts) {
    require(part.dtype() == first.dtype(), "concatenate: dtypes differ: {} and {}; convert one with to(Dtype)",
            first.dtype(), part.dtype());
    require_same_device(first.device(), part.device(), "concatenate");
    require(part.rank() == first.rank() && part.shape().with_size(at, 0) == first.shape().with_size(at, 0),
            "concatenate: shapes {} and {} differ on more than axis {}", first.shape(), part.shape(), axis);
    total += part.size(at);
  }
  Tensor out = Tensor::empty(first.shape().with_size(at, total), first.dtype(), first.device());
  std::int64_t to = 0;
  for (const Tensor& part : parts) {
    if (part.elements() > 0) backend(first.device()).copy_range(part, at, 0, part.size(at), out, to);
    to += part.size(at);
  }
  return out;
}

Tensor gather_rows(const Tensor& x, const Tensor& index) {
  require(x.defined() && index.defined(), "gather_rows: the tensor is undefined");
  require(x.rank() >= 1, "gather_rows: x is a scalar");
  if (!index.device().is_cpu()) require_same_device(x.device(), index.device(), "gather_rows");
  require(index.dtype() == Dtype::int64 && index.rank() == 1,
          "gather_rows: expected an int64 index of rank 1, got {} {}", index.dtype(), index.shape());
  for (const std::int64_t row : index.to(Device::cpu()).values<std::int64_t>()) {
    require(row >= 0 && row < x.size(0), "gather_rows: row {} is outside the {} rows of {}", row, x.size(0), x.shape());
  }
  Tensor out = Tensor::empty(x.shape().with_size(0, index.size(0)), x.dtype(), x.device());
  backend(x.device()).gather_rows(x, index.to(x.device()), out);
  return out;
}

}  // namespace posthoc
