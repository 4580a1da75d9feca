#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

namespace posthoc {

/// The sizes of a tensor's axes, outermost first; [] is a scalar. Any rank; a size may be 0.
class Shape {
 public:
  Shape() = default;
  Shape(std::initializer_list<std::int64_t> sizes) : Shape(std::span<const std::int64_t>(sizes)) {}
  explicit Shape(const std::vector<std::int64_t>& sizes) : Shape(std::span<const std::int64_t>(sizes)) {}
  /// Throws `Error` on a negative size or on more elements than an int64 counts.
  explicit Shape(std::span<const std::int64_t> sizes);

  [[nodiscard]] int rank() const { return rank_; }
  /// Size of an axis in [0, rank).
  std::int64_t operator[](int axis) const { return sizes()[static_cast<std::size_t>(axis)]; }
  /// Number of elements: the product of the sizes, 1 for a scalar.
  [[nodiscard]] std::int64_t elements() const { return elements_; }
  /// This shape but for the size of an axis in [0, rank).
  [[nodiscard]] Shape with_size(int axis, std::int64_t size) const;
  /// For messages: "[64, 32]".
  [[nodiscard]] std::string text() const;
  /// All sizes; the shape owns them.
  [[nodiscard]] std::span<const std::int64_t> sizes() const {
    const std::int64_t* first = rank_ <= kFew ? few_.data() : many_.data();
    return {first, static_cast<std::size_t>(rank_)};
  }

  friend bool operator==(const Shape& a, const Shape& b) {
    if (a.rank_ != b.rank_) return false;
    bool same = true;
    for (int axis = 0; axis < kFew; ++axis) {  // sizes beyond the rank are 0 in both
      same &= a.few_[static_cast<std::size_t>(axis)] == b.few_[static_cast<std::size_t>(axis)];
    }
    return same && (a.rank_ <= kFew || a.many_ == b.many_);
  }

 private:
  static constexpr int kFew = 4;

  void count_elements();

  int rank_ = 0;
  std::int64_t elements_ = 1;
  std::array<std::int64_t, kFew> few_{};  // all, up to a rank of kFew: shapes are made all the time
  std::vector<std::int64_t> many_;        // all, beyond it
};

/// The product of the sizes of axes [begin, end).
inline std::int64_t extent(const Shape& shape, int begin, int end) {
  std::int64_t product = 1;
  for (int axis = begin; axis < end; ++axis) product *= shape[axis];
  return product;
}

/// The shape that NumPy's broadcasting gives two operands; `where` names the operation in the error if there is none.
Shape broadcast(const Shape& a, const Shape& b, const char* where);

}  // namespace posthoc
