#pragma once

#include <cstdint>

namespace posthoc::optim {

/// What a surrogate's guess says of a candidate: the lower the value, the sooner it should be evaluated.
struct Acquisition {
  enum class Kind { lower_confidence_bound, expected_improvement };

  Kind kind = Kind::lower_confidence_bound;
  double beta = 1.96;  ///< of the bound mean - beta * sigma; finite, >= 0
  double xi = 0.01;    ///< improvements smaller than it do not count in the expected one; finite, >= 0

  /// `best` is the lowest value seen. Expected improvement comes with its sign turned, and is 0 where sigma is not
  /// above 0, as in scikit-optimize.
  [[nodiscard]] double operator()(double mean, double sigma, double best) const;
};

/// Throws `Error` unless beta and xi are in their ranges.
void validate(const Acquisition& acquisition);

}  // namespace posthoc::optim
