#pragma once

#include <cstdint>
#include <vector>

#include "tensor/shape.h"

namespace posthoc::cpu {

/// A walk over a full shape together with two operands that are broadcast to it. Neighbouring axes are merged where
/// both operands allow it, so that most walks are one or two loops. In the innermost run of `inner` elements the full
/// index advances by 1 and operand k by stride[k], which is 0 or 1.
class StridedWalk {
 public:
  /// `a` and `b` broadcast to `full`.
  StridedWalk(const Shape& full, const Shape& a, const Shape& b) {
    const int rank = full.rank();
    axes_.reserve(static_cast<std::size_t>(rank) + 1);
    std::int64_t stride_a = 1;
    std::int64_t stride_b = 1;
    for (int axis = rank - 1; axis >= 0; --axis) {  // innermost first
      const std::int64_t size_a = size_of_axis(a, axis - (rank - a.rank()));
      const std::int64_t size_b = size_of_axis(b, axis - (rank - b.rank()));
      if (full[axis] != 1) {
        push({full[axis], size_a == 1 ? 0 : stride_a, size_b == 1 ? 0 : stride_b});
      }
      stride_a *= size_a;
      stride_b *= size_b;
    }
    if (axes_.empty()) axes_.push_back({1, 1, 1});
    if (full.elements() == 0) axes_.front().size = 0;
  }

  [[nodiscard]] std::int64_t inner() const { return axes_.front().size; }
  [[nodiscard]] bool a_advances() const { return axes_.front().a != 0; }
  [[nodiscard]] bool b_advances() const { return axes_.front().b != 0; }

  /// Calls run(full offset, offset in a, offset in b) for each innermost run in row-major order.
  template <typename Run>
  void for_each_run(Run run) const {
    if (inner() == 0) return;
    std::vector<std::int64_t> index(axes_.size(), 0);
    std::int64_t at = 0;
    std::int64_t at_a = 0;
    std::int64_t at_b = 0;
    while (true) {
      run(at, at_a, at_b);
      at += inner();
      std::size_t axis = 1;
      for (; axis < axes_.size(); ++axis) {
        at_a += axes_[axis].a;
        at_b += axes_[axis].b;
        if (++index[axis] < axes_[axis].size) break;
        at_a -= axes_[axis].a * axes_[axis].size;
        at_b -= axes_[axis].b * axes_[axis].size;
        index[axis] = 0;
      }
      if (axis == axes_.size()) return;
    }
  }

 private:
  struct Axis {
    std::int64_t size;
    std::int64_t a;
    std::int64_t b;
  };

  static std::int64_t size_of_axis(const Shape& shape, int axis) { return axis < 0 ? 1 : shape[axis]; }

  // Merges the axis into its inner neighbour if one loop over both would visit the same elements.
  void push(const Axis& axis) {
    if (!axes_.empty()) {
      Axis& last = axes_.back();
      if (axis.a == last.a * last.size && axis.b == last.b * last.size) {
        last.size *= axis.size;
        return;
      }
    }
    axes_.push_back(axis);
  }

  std::vector<Axis> axes_;  // innermost first
};

}  // namespace posthoc::cpu
