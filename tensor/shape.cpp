#include "tensor/shape.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"
#include "tensor/format.h"

namespace posthoc {

void Shape::check() const {
  // 2^56 elements already exceed any machine's memory; the bound keeps byte counts inside an int64.
  constexpr std::int64_t kMostElements = std::int64_t{1} << 56;
  std::int64_t product = 1;
  for (const std::int64_t size : sizes_) {
    require(size >= 0, "shape {}: a size must not be negative", *this);
    if (size == 0) continue;  // as in NumPy: the others must be countable beside a 0 too
    require(product <= kMostElements / size, "shape {}: too many elements", *this);
    product *= size;
  }
}

std::int64_t Shape::elements() const {
  std::int64_t product = 1;
  for (const std::int64_t size : sizes_) product *= size;
  return product;
}

std::string Shape::text() const { return fmt::format("[{}]", fmt::join(sizes_, ", ")); }

Shape broadcast(const Shape& a, const Shape& b, const char* where) {
  const int rank = std::max(a.rank(), b.rank());
  std::vector<std::int64_t> sizes(static_cast<std::size_t>(rank));
  for (int axis = 0; axis < rank; ++axis) {
    const int in_a = axis - (rank - a.rank());
    const int in_b = axis - (rank - b.rank());
    const std::int64_t size_a = in_a < 0 ? 1 : a[in_a];
    const std::int64_t size_b = in_b < 0 ? 1 : b[in_b];
    require(size_a == size_b || size_a == 1 || size_b == 1,
            "{}: shapes {} and {} do not broadcast: each axis, counted from the last, must be equal or 1", where, a, b);
    sizes[static_cast<std::size_t>(axis)] = size_a == 1 ? size_b : size_a;
  }
  return Shape(std::move(sizes));
}

}  // namespace posthoc
