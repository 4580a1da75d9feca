#include "data/split.h"

#include "base/error.h"
#include "data/numpy_random.h"

namespace posthoc::data {

Split split_rows(std::int64_t n, std::uint32_t seed) {
  require(n >= 3, "split_rows: expected at least 3 rows for three parts, got {}", n);
  const std::vector<std::int64_t> order = NumpyRandom(seed).permutation(n);
  // Products of doubles cut to an integer, as in the original: 0.6 * 5 is 3, not 2.
  const auto cut = order.begin() + static_cast<std::int64_t>(0.6 * static_cast<double>(n));
  Split split;
  split.train.assign(order.begin(), cut);
  const std::int64_t rest = order.end() - cut;
  const auto valid = static_cast<std::size_t>(0.5 * static_cast<double>(rest));
  for (const std::int64_t i : NumpyRandom(seed).permutation(rest)) {
    (split.valid.size() < valid ? split.valid : split.test).push_back(cut[i]);
  }
  return split;
}

}  // namespace posthoc::data
