#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace posthoc::study {

/// What is published of a sample, and what can be compared.
struct Moments {
  double mean = 0.0;
  double std = 0.0;  ///< divisor n - 1; 0 of a single number
  std::size_t n = 0;
};

/// Throws `Error` unless there is a number and all are finite.
Moments moments(std::span<const double> values);

/// Two means of independent samples.
struct Comparison {
  double difference = 0.0;      ///< ours - theirs
  double standard_error = 0.0;  ///< of the difference: sqrt(s_1^2 / n_1 + s_2^2 / n_2)
  std::optional<double> units;  ///< difference / standard_error; nothing if that is 0
  bool within = false;          ///< |difference| <= 2 standard_error + rounding
};

/// How far a number may be from one that is published, when neither has any spread.
inline constexpr double kExact = 1e-6;

/// Compares `ours` with `theirs`, of which the mean is known to `rounding`, half a unit of its last digit. Without any
/// spread on either side the two agree within `max(rounding, kExact)`. Throws `Error` if a sample is empty.
Comparison compare(const Moments& ours, const Moments& theirs, double rounding);

}  // namespace posthoc::study
