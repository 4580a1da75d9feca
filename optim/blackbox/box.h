#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace posthoc::optim {

/// The box that a search is confined to: low[j] <= x[j] <= high[j].
struct Box {
  std::vector<double> low;
  std::vector<double> high;

  [[nodiscard]] std::size_t dimensions() const { return low.size(); }

  /// The coordinate a share of the way through the box, 0 <= share <= 1.
  [[nodiscard]] double at(std::size_t dimension, double share) const {
    return at(low[dimension], high[dimension], share);
  }
  static double at(double bottom, double top, double share) { return std::min(bottom + share * (top - bottom), top); }
};

/// Throws `Error` unless there is a dimension and the bounds are finite, not too far apart, with low <= high, equally
/// many, and in the range of float32, in which a surrogate sees the points.
void validate(const Box& box);

}  // namespace posthoc::optim
