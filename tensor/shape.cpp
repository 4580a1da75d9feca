#include "tensor/shape.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"
#include "tensor/format.h"

namespace posthoc {

Shape::Shape(std::span<const std::int64_t> sizes) : rank_(static_cast<int>(sizes.size())) {
  if (rank_ <= kFew) {
    std::copy(sizes.begin(), sizes.end(), few_.begin());
  } else {
    many_.assign(sizes.begin(), sizes.end());
  }
  count_elements();
}

void Shape::count_elements() {
  // 2^56 elements already exceed any machine's memory; the bound keeps byte counts inside an int64.
  constexpr std::int64_t kMostElements = std::int64_t{1} << 56;
  std::int64_t product = 1;
  bool empty = false;
  for (const std::int64_t size : sizes()) {
    require(size >= 0, "shape {}: a size must not be negative", *this);
    empty = empty || size == 0;
    if (size == 0) continue;  // as in NumPy: the others must be countable beside a 0 too
    // A division only where it may matter: two factors below 2^28 are within the bound.
    require((product < (1 << 28) && size < (1 << 28)) || product <= kMostElements / size, "shape {}: too many elements",
            *this);
    product *= size;
  }
  elements_ = empty ? 0 : product;
}

Shape Shape::with_size(int axis, std::int64_t size) const {
  Shape result = *this;
  (rank_ <= kFew ? result.few_.data() : result.many_.data())[axis] = size;
  result.count_elements();
  return result;
}

std::string Shape::text() const { return fmt::format("[{}]", fmt::join(sizes(), ", ")); }

Shape broadcast(const Shape& a, const Shape& b, const char* where) {
  if (a == b) return a;
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
  return Shape(sizes);
}

}  // namespace posthoc
