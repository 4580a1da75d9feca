#include "study/report/moments.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"

namespace posthoc::study {

Moments moments(std::span<const double> values) {
  require(!values.empty(), "moments: expected at least one number");
  double sum = 0.0;
  for (const double value : values) {
    require(std::isfinite(value), "moments: expected finite numbers, got {}", value);
    sum += value;
  }
  Moments result{sum / static_cast<double>(values.size()), 0.0, values.size()};
  // Of equal numbers the mean is that number, whatever the rounding of the sum.
  if (std::all_of(values.begin(), values.end(), [&](double value) { return value == values.front(); })) {
    result.mean = values.front();
    return result;
  }
  double squares = 0.0;
  for (const double value : values) squares += (value - result.mean) * (value - result.mean);
  result.std = std::sqrt(squares / static_cast<double>(values.size() - 1));
  return result;
}

Comparison compare(const Moments& ours, const Moments& theirs, double rounding) {
  require(ours.n > 0 && theirs.n > 0, "compare: expected two samples, got {} and {} numbers", ours.n, theirs.n);
  Comparison comparison;
  comparison.difference = ours.mean - theirs.mean;
  comparison.standard_error = std::sqrt(ours.std * ours.std / static_cast<double>(ours.n) +
                                        theirs.std * theirs.std / static_cast<double>(theirs.n));
  const double distance = std::abs(comparison.difference);
  if (comparison.standard_error > 0.0) {
    comparison.units = comparison.difference / comparison.standard_error;
    comparison.within = distance <= 2 * comparison.standard_error + rounding;
  } else {
    comparison.within = distance <= std::max(rounding, kExact);
  }
  return comparison;
}

}  // namespace posthoc::study
