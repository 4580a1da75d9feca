#pragma once

#include <cstdint>
#include <vector>

#include "support/close.h"
#include "tensor/random.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

// Slow and obvious references for the tensor operations, on double vectors in row-major order.

namespace posthoc::testing {

/// The index along each axis of element `at` of a shape.
inline std::vector<std::int64_t> index_of(const Shape& shape, std::int64_t at) {
  std::vector<std::int64_t> index(static_cast<std::size_t>(shape.rank()));
  for (int axis = shape.rank() - 1; axis >= 0; --axis) {
    index[static_cast<std::size_t>(axis)] = at % shape[axis];
    at /= shape[axis];
  }
  return index;
}

/// Where an operand of shape `shape`, broadcast, has the element at `index` of the full shape.
inline std::size_t broadcast_offset(const Shape& shape, const std::vector<std::int64_t>& index) {
  std::int64_t offset = 0;
  const int skipped = static_cast<int>(index.size()) - shape.rank();
  for (int axis = 0; axis < shape.rank(); ++axis) {
    offset = offset * shape[axis] + (shape[axis] == 1 ? 0 : index[static_cast<std::size_t>(axis + skipped)]);
  }
  return static_cast<std::size_t>(offset);
}

/// A shape of rank at most `most_rank` with sizes 0 to 4, 0 seldom; case `number` of a fixed sequence.
inline Shape random_shape(std::uint32_t number, int most_rank) {
  const RandomStream stream{1, purpose("shape"), number};
  const int rank = static_cast<int>(random_uniform_at(stream, 0) * static_cast<float>(most_rank + 1));
  std::vector<std::int64_t> sizes;
  for (int axis = 0; axis < rank; ++axis) {
    const float u = random_uniform_at(stream, static_cast<std::uint64_t>(axis + 1));
    sizes.push_back(u < 0.03F ? 0 : 1 + static_cast<std::int64_t>(u * 4.0F));
  }
  return Shape(sizes);
}

/// A shape that broadcasts to `full`: leading axes dropped and others set to 1 at random.
inline Shape random_operand(const Shape& full, std::uint32_t number, std::uint32_t side) {
  const RandomStream stream{side, purpose("operand"), number};
  std::vector<std::int64_t> sizes(full.sizes().begin(), full.sizes().end());
  for (std::size_t axis = 0; axis < sizes.size(); ++axis) {
    if (random_uniform_at(stream, axis) < 0.3F) sizes[axis] = 1;
  }
  if (random_uniform_at(stream, 100) < 0.3F) {
    sizes.erase(sizes.begin(), sizes.begin() + static_cast<std::ptrdiff_t>(sizes.size() / 2));
  }
  return Shape(sizes);
}

/// Standard normal values.
inline Tensor noise(const Shape& shape, std::uint32_t number, Dtype dtype = Dtype::float64) {
  return random_normal(shape, {2, purpose("noise"), number}, dtype);
}

inline ::testing::AssertionResult matches(const Tensor& actual, const Shape& shape, const std::vector<double>& expected,
                                          double relative, double absolute = 0.0) {
  if (actual.shape() != shape) {
    return ::testing::AssertionFailure() << "got the shape " << actual.shape().text() << ", expected " << shape.text();
  }
  const std::vector<double> values = actual.to_vector();
  return all_close(std::span<const double>(values), std::span<const double>(expected), relative, absolute);
}

}  // namespace posthoc::testing
