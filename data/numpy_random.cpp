#include "data/numpy_random.h"

#include <bit>
#include <limits>
#include <numeric>

#include "base/error.h"

namespace posthoc::data {

std::uint32_t NumpyRandom::next() { return static_cast<std::uint32_t>(engine_()); }

double NumpyRandom::uniform() {
  const std::uint32_t high = next() >> 5;  // 27 bits
  const std::uint32_t low = next() >> 6;   // 26 bits
  return (high * 67108864.0 + low) / 9007199254740992.0;
}

std::uint32_t NumpyRandom::integer(std::uint32_t max) {
  if (max == 0) return 0;
  // All ones up to the highest bit of max: at least every second output is accepted.
  const std::uint32_t mask = std::numeric_limits<std::uint32_t>::max() >> std::countl_zero(max);
  std::uint32_t value = next() & mask;
  while (value > max) value = next() & mask;
  return value;
}

std::vector<std::int64_t> NumpyRandom::permutation(std::int64_t n) {
  require(n >= 0 && n <= std::int64_t{1} << 32, "permutation: expected a length between 0 and 2^32, got {}", n);
  std::vector<std::int64_t> order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), std::int64_t{0});
  shuffle(order);
  return order;
}

}  // namespace posthoc::data
