#include "optim/blackbox/box.h"

#include <cmath>
#include <limits>

#include "base/error.h"

namespace posthoc::optim {

void validate(const Box& box) {
  constexpr double kMost = std::numeric_limits<float>::max();
  require(!box.low.empty() && box.low.size() == box.high.size(),
          "box: expected as many lower as upper bounds and at least one, got {} and {}", box.low.size(),
          box.high.size());
  for (std::size_t j = 0; j < box.dimensions(); ++j) {
    const double low = box.low[j];
    const double high = box.high[j];
    require(std::abs(low) <= kMost && std::abs(high) <= kMost && low <= high,
            "box: the bounds of dimension {} must be finite, in the range of float32, with low <= high, got {} and {}",
            j, low, high);
  }
}

}  // namespace posthoc::optim
