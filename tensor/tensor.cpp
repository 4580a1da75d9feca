#include "tensor/tensor.h"

#include "base/error.h"
#include "tensor/backend.h"
#include "tensor/format.h"

namespace posthoc {

std::string_view name(Dtype dtype) {
  switch (dtype) {
    case Dtype::float32:
      return "float32";
    case Dtype::float64:
      return "float64";
    case Dtype::int64:
      return "int64";
  }
  return "unknown";
}

Tensor Tensor::empty(const Shape& shape, Dtype dtype, Device device) {
  Tensor result;
  result.storage_ = detail::Storage(device, static_cast<std::size_t>(shape.elements()) * size_of(dtype));
  result.first_ = result.storage_.data();
  result.device_ = device;
  result.shape_ = shape;
  result.dtype_ = dtype;
  return result;
}

Tensor Tensor::full(const Shape& shape, double value, Dtype dtype, Device device) {
  Tensor result = empty(shape, dtype, device);
  backend(device).fill(value, result);
  return result;
}

Tensor Tensor::zeros(const Shape& shape, Dtype dtype, Device device) { return full(shape, 0.0, dtype, device); }

template <typename T>
Tensor Tensor::from(std::span<const T> values, const Shape& shape) {
  require(static_cast<std::int64_t>(values.size()) == shape.elements(),
          "Tensor::from: {} values do not fill the shape {}", values.size(), shape);
  Tensor result = empty(shape, dtype_of<T>());
  std::copy(values.begin(), values.end(), result.mutable_values<T>().begin());
  return result;
}

void Tensor::fail_undefined() const { fail("Tensor: the tensor is undefined"); }

void Tensor::fail_values(Dtype asked) const {
  require_defined();
  require(dtype_ == asked, "Tensor::values: the tensor is {}, not {}", dtype_, asked);
  fail("Tensor::values: the tensor lies on {}; copy it with to(Device::cpu())", device_);
}

double Tensor::item() const {
  require(elements() == 1, "Tensor::item: expected one element, the shape is {}", shape_);
  if (!device().is_cpu()) return to_vector().front();
  return dispatch(dtype_, [&]<typename T>() { return static_cast<double>(values<T>()[0]); });
}

std::vector<double> Tensor::to_vector() const {
  const Tensor host = to(Device::cpu());
  return dispatch(dtype_, [&]<typename T>() {
    const auto view = host.values<T>();
    return std::vector<double>(view.begin(), view.end());
  });
}

Tensor Tensor::clone() const {
  Tensor result = empty_like();
  backend(device()).convert(*this, result);
  return result;
}

Tensor Tensor::to(Dtype dtype) const {
  if (dtype == dtype_) return *this;
  Tensor result = empty(shape_, dtype, device());
  backend(device()).convert(*this, result);
  return result;
}

Tensor Tensor::to(Device target) const {
  if (target == device()) return *this;
  if (!target.is_cpu() && !device().is_cpu()) return to(Device::cpu()).to(target);  // between two devices
  Tensor result = empty(shape_, dtype_, target);
  const Device mover = target.is_cpu() ? device() : target;  // the device that is not the host knows how
  backend(mover).transfer(*this, result);
  return result;
}

Tensor Tensor::reshape(const Shape& shape) const {
  require(defined(), "reshape: the tensor is undefined");
  require(shape.elements() == elements(), "reshape: {} has {} elements, {} has {}", shape_, elements(), shape,
          shape.elements());
  Tensor result = *this;
  result.shape_ = shape;
  return result;
}

Tensor Tensor::rows(std::int64_t begin, std::int64_t end) const {
  require(rank() >= 1, "rows: the tensor is a scalar");
  require(0 <= begin && begin <= end && end <= size(0), "rows: [{}, {}) is not within the {} rows of {}", begin, end,
          size(0), shape_);
  Tensor result = *this;
  result.shape_ = shape_.with_size(0, end - begin);
  if (result.elements() > 0) {
    const auto skipped = static_cast<std::size_t>(begin * (elements() / size(0))) * size_of(dtype_);
    result.first_ = static_cast<std::byte*>(first_) + skipped;
  }
  return result;
}

template Tensor Tensor::from<float>(std::span<const float>, const Shape&);
template Tensor Tensor::from<double>(std::span<const double>, const Shape&);
template Tensor Tensor::from<std::int64_t>(std::span<const std::int64_t>, const Shape&);

}  // namespace posthoc
