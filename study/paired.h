#pragma once

#include <cstddef>
#include <span>

#include "fairness/value.h"

namespace posthoc::study {

/// How the results of two methods on the same units (networks, say) differ: of a and b the differences a[i] - b[i].
struct PairedComparison {
  std::size_t pairs = 0;
  double mean = 0.0;                ///< of the differences
  fairness::Value deviation = 0.0;  ///< their standard deviation, divisor n - 1; undefined for one pair
  fairness::Value low = 0.0;        ///< Student's interval of the mean; undefined for one pair
  fairness::Value high = 0.0;
  double p = 1.0;          ///< of the sign-flip test, two-sided, in (0, 1]
  std::size_t lower = 0;   ///< pairs with a < b
  std::size_t higher = 0;  ///< pairs with a > b; the others are equal

  /// Whether the interval holds no 0: the methods differ at its level.
  [[nodiscard]] bool decided() const { return low.defined() && (low.number() > 0.0 || high.number() < 0.0); }
};

/// Pairs up to which the sign-flip test looks at every one of the 2^n signs.
inline constexpr std::size_t max_exact_pairs = 20;

/// Compares a with b unit by unit, which takes out of the difference what the units have in common; the intervals of
/// two means side by side do not.
///
/// The interval is mean -+ t s / sqrt(n), t the quantile of Student's distribution with n - 1 degrees of freedom, and
/// holds at `level` if the differences are normal. The sign-flip test (Fisher 1935) asks no shape of them: if the
/// methods were exchangeable, each difference might as well have the other sign, and p is the share of the 2^n signs
/// whose |mean| is at least the observed one. So p is at least 2^(1 - n): with four pairs it is never below 0.125.
/// Beyond `max_exact_pairs` it is (1 + k) / (1 + 100000) with k of 100,000 drawn signs at least as far, the same at
/// every call.
///
/// Throws `Error` unless there are as many numbers on both sides, at least one, all finite, and level is in (0, 1).
PairedComparison compare_paired(std::span<const double> a, std::span<const double> b, double level = 0.95);

/// P(T <= t) for Student's distribution with a whole number of degrees of freedom, at least 1 (Abramowitz and Stegun,
/// 26.7.3 and 26.7.4: a finite sum).
double student_cdf(double t, std::size_t degrees);

/// Its inverse for p in (0, 1), to about 1e-12.
double student_quantile(double p, std::size_t degrees);

}  // namespace posthoc::study
