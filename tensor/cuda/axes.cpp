#include "tensor/cuda/axes.h"

#include "base/error.h"

namespace posthoc::cuda {
namespace {

std::int64_t size_of_axis(const Shape& shape, int axis) { return axis < 0 ? 1 : shape[axis]; }

// Appends an axis outside of the last one, or merges it into that where one walk over both visits the same elements.
void push(Axes& axes, std::int64_t size, const std::array<std::int64_t, kOperands>& strides) {
  if (axes.rank > 0) {
    const int last = axes.rank - 1;
    bool merges = true;
    for (int k = 0; k < kOperands; ++k) {
      merges = merges && strides[static_cast<std::size_t>(k)] == axes.stride[k][last] * axes.size[last];
    }
    if (merges) {
      axes.size[last] *= size;
      return;
    }
  }
  require(axes.rank < kMostAxes, "cuda: more than {} axes that cannot be merged; move the tensor to the CPU",
          kMostAxes);
  axes.size[axes.rank] = size;
  for (int k = 0; k < kOperands; ++k) axes.stride[k][axes.rank] = strides[static_cast<std::size_t>(k)];
  ++axes.rank;
}

}  // namespace

Axes broadcast_axes(const Shape& full, const std::array<const Shape*, kOperands>& operands) {
  Axes axes;
  std::array<std::int64_t, kOperands> next = {1, 1, 1};  // the stride of the next axis in each operand
  for (int axis = full.rank() - 1; axis >= 0; --axis) {
    std::array<std::int64_t, kOperands> strides{};
    for (std::size_t k = 0; k < operands.size(); ++k) {
      if (operands[k] == nullptr) continue;
      const std::int64_t size = size_of_axis(*operands[k], axis - (full.rank() - operands[k]->rank()));
      strides[k] = size == 1 ? 0 : next[k];
      next[k] *= size;
    }
    if (full[axis] != 1) push(axes, full[axis], strides);
  }
  return axes;
}

ReducedAxes reduced_axes(const Shape& in, const Shape& out) {
  ReducedAxes result;
  std::int64_t stride = 1;
  for (int axis = in.rank() - 1; axis >= 0; --axis) {
    const bool keeps = out[axis] == in[axis];  // an axis of size 1 is either
    if (in[axis] != 1) push(keeps ? result.kept : result.reduced, in[axis], {stride, 0, 0});
    (keeps ? result.outputs : result.count) *= in[axis];
    stride *= in[axis];
  }
  return result;
}

}  // namespace posthoc::cuda
