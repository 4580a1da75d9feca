#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tensor/device.h"
#include "tensor/dtype.h"
#include "tensor/shape.h"
#include "tensor/storage.h"

namespace posthoc {

/// A contiguous, row-major array of any rank.
///
/// A Tensor is a handle: copies share the elements, and so does a reshape or a range of rows; `clone` makes elements
/// of its own. Operations (tensor/ops.h) return new tensors; the few that write in place end in an underscore.
///
///   Tensor a = Tensor::from<float>({1, 2, 3, 4, 5, 6}, {2, 3});
///   a.shape().text()       // "[2, 3]"
///   sum(a, {0})            // [5, 7, 9]
class Tensor {
 public:
  /// No tensor at all; `defined()` is false and nothing else may be asked of it.
  Tensor() = default;

  /// Elements with no particular value.
  static Tensor empty(const Shape& shape, Dtype dtype = Dtype::float32, Device device = Device::cpu());
  static Tensor full(const Shape& shape, double value, Dtype dtype = Dtype::float32, Device device = Device::cpu());
  static Tensor zeros(const Shape& shape, Dtype dtype = Dtype::float32, Device device = Device::cpu());

  /// A copy of `values` in row-major order on the host; T is float, double or std::int64_t.
  /// Throws `Error` when the shape has another number of elements.
  template <typename T>
  static Tensor from(std::span<const T> values, const Shape& shape);
  template <typename T>
  static Tensor from(const std::vector<T>& values, const Shape& shape) {
    return from(std::span<const T>(values), shape);
  }

  /// `full` and `empty` like this tensor: its shape, dtype and device.
  [[nodiscard]] Tensor full_like(double value) const { return full(shape_, value, dtype_, device()); }
  [[nodiscard]] Tensor empty_like() const { return empty(shape_, dtype_, device()); }

  [[nodiscard]] bool defined() const { return storage_.defined(); }
  [[nodiscard]] const Shape& shape() const { return shape_; }
  [[nodiscard]] int rank() const { return shape_.rank(); }
  [[nodiscard]] std::int64_t size(int axis) const { return shape_[axis]; }
  [[nodiscard]] std::int64_t elements() const { return shape_.elements(); }
  [[nodiscard]] Dtype dtype() const { return dtype_; }
  [[nodiscard]] Device device() const {
    require_defined();
    return device_;
  }

  /// The elements in row-major order. Throws `Error` unless T is the dtype and the tensor lies on the host.
  template <typename T>
  [[nodiscard]] std::span<const T> values() const {
    require_host(dtype_of<T>());
    return {static_cast<const T*>(first_), static_cast<std::size_t>(elements())};
  }
  template <typename T>
  std::span<T> mutable_values() {
    require_host(dtype_of<T>());
    return {static_cast<T*>(first_), static_cast<std::size_t>(elements())};
  }

  /// The value of a tensor with exactly one element.
  [[nodiscard]] double item() const;

  /// All elements as doubles, copied to the host.
  [[nodiscard]] std::vector<double> to_vector() const;

  /// Elements of its own.
  [[nodiscard]] Tensor clone() const;
  /// The same elements converted; the same handle when nothing changes.
  [[nodiscard]] Tensor to(Dtype dtype) const;
  [[nodiscard]] Tensor to(Device device) const;
  /// The same elements seen in another shape, shared. Throws `Error` unless the number of elements agrees.
  [[nodiscard]] Tensor reshape(const Shape& shape) const;
  /// Rows [begin, end) of the first axis, shared. Throws `Error` when outside.
  [[nodiscard]] Tensor rows(std::int64_t begin, std::int64_t end) const;

  /// True iff no other handle shares the elements.
  [[nodiscard]] bool unique() const { return defined() && storage_.unique(); }

  /// For backends: the address of the first element on whatever device it lies.
  [[nodiscard]] const void* address() const {
    require_defined();
    return first_;
  }
  void* mutable_address() {
    require_defined();
    return first_;
  }

 private:
  void require_defined() const {
    if (!defined()) fail_undefined();
  }
  void require_host(Dtype dtype) const {
    if (!defined() || dtype_ != dtype || !device_.is_cpu()) fail_values(dtype);
  }
  [[noreturn]] void fail_undefined() const;
  [[noreturn]] void fail_values(Dtype asked) const;

  detail::Storage storage_;  // owns the elements
  void* first_ = nullptr;    // the first of this tensor's, within the storage
  Shape shape_;
  Dtype dtype_ = Dtype::float32;
  Device device_ = Device::cpu();
};

}  // namespace posthoc
