#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

namespace posthoc {

/// The sizes of a tensor's axes, outermost first; [] is a scalar. Any rank; a size may be 0.
class Shape {
 public:
  Shape() = default;
  Shape(std::initializer_list<std::int64_t> sizes) : sizes_(sizes) { check(); }
  explicit Shape(std::vector<std::int64_t> sizes) : sizes_(std::move(sizes)) { check(); }

  [[nodiscard]] int rank() const { return static_cast<int>(sizes_.size()); }
  /// Size of an axis in [0, rank).
  std::int64_t operator[](int axis) const { return sizes_[static_cast<std::size_t>(axis)]; }
  /// Number of elements: the product of the sizes, 1 for a scalar.
  [[nodiscard]] std::int64_t elements() const;
  /// For messages: "[64, 32]".
  [[nodiscard]] std::string text() const;
  [[nodiscard]] const std::vector<std::int64_t>& sizes() const { return sizes_; }

  friend bool operator==(const Shape&, const Shape&) = default;

 private:
  void check() const;  // throws Error on a negative size or on more elements than an int64 counts

  std::vector<std::int64_t> sizes_;
};

/// The shape that NumPy's broadcasting gives two operands; `where` names the operation in the error if there is none.
Shape broadcast(const Shape& a, const Shape& b, const char* where);

}  // namespace posthoc
