#pragma once

#include <array>
#include <cstdint>

#include "base/host_device.h"
#include "tensor/shape.h"

namespace posthoc::cuda {

constexpr int kMostAxes = 8;
constexpr int kOperands = 3;

/// How the elements of a full shape, counted in row-major order, lie in operands that are broadcast to it. Passed to
/// kernels by value.
struct Axes {
  int rank = 0;                                 // 0: one element
  std::int64_t size[kMostAxes] = {};            // innermost first
  std::int64_t stride[kOperands][kMostAxes]{};  // 0 where an operand is broadcast
};

/// Offsets of element `index` in the operands.
struct Offsets {
  std::int64_t at[kOperands];
};

POSTHOC_HOST_DEVICE inline Offsets offsets(const Axes& axes, std::int64_t index) {
  Offsets result{};
  for (int axis = 0; axis < axes.rank; ++axis) {
    // The outermost index needs no division: most walks have one axis alone.
    const std::int64_t outer = axis + 1 < axes.rank ? index / axes.size[axis] : 0;
    const std::int64_t here = axis + 1 < axes.rank ? index - outer * axes.size[axis] : index;
    for (int k = 0; k < kOperands; ++k) result.at[k] += here * axes.stride[k][axis];
    index = outer;
  }
  return result;
}

/// The axes of `full` with up to three operands that broadcast to it (nullptr: none). Neighbouring axes are merged
/// where every operand allows it. Throws `Error` if more than kMostAxes are left.
Axes broadcast_axes(const Shape& full, const std::array<const Shape*, kOperands>& operands);

/// For a reduction: the axes of `in` that `out`, of equal rank, keeps and those that it reduces; in both, operand 0 is
/// `in`. The kept ones are in the order of `out`.
struct ReducedAxes {
  Axes kept;
  std::int64_t outputs = 1;  // elements of `out`
  Axes reduced;
  std::int64_t count = 1;  // elements of `in` that each is made from
};
ReducedAxes reduced_axes(const Shape& in, const Shape& out);

}  // namespace posthoc::cuda
