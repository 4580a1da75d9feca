#include "fairness/binomial.h"

#include <cmath>

#include "base/error.h"
#include "base/philox_block.h"

namespace posthoc::fairness {
namespace {

// Where the search through the probabilities stops being quicker than rejection; also the least mean for which
// Hörmann's constants hold.
constexpr double kLeastMeanForRejection = 10;

// log k! - [log sqrt(2 pi) + (k + 1/2) log(k + 1) - (k + 1)], the error of Stirling's formula.
double stirling_error(double k) {
  constexpr double kLogSqrtTwoPi = 0.91893853320467274178;
  if (k < 16) {
    double factorial = 1;  // 15! is exact
    for (double i = 2; i <= k; ++i) factorial *= i;
    return std::log(factorial) - (kLogSqrtTwoPi + (k + 0.5) * std::log(k + 1) - (k + 1));
  }
  const double x = 1 / (k + 1);
  const double xx = x * x;
  return x * (1.0 / 12 - xx * (1.0 / 360 - xx * (1.0 / 1260 - xx * (1.0 / 1680))));  // the rest is below 1e-14
}

// p in (0, 1/2].
std::int64_t by_search(std::int64_t n, double p, UniformDraws& draws) {
  const double odds = p / (1 - p);
  double probability = std::exp(static_cast<double>(n) * std::log1p(-p));  // of k = 0; at least exp(-14)
  double left = draws.uniform();
  std::int64_t k = 0;
  while (left > probability && k < n) {
    left -= probability;
    ++k;
    probability *= odds * static_cast<double>(n - k + 1) / static_cast<double>(k);
    if (probability == 0) break;  // so far in the tail that what is left is rounding
  }
  return k;
}

// p in (0, 1/2], n p at least kLeastMeanForRejection. Hörmann's names.
std::int64_t by_rejection(std::int64_t trials, double p, UniformDraws& draws) {
  const auto n = static_cast<double>(trials);
  const double spread = std::sqrt(n * p * (1 - p));
  const double b = 1.15 + 2.53 * spread;
  const double a = -0.0873 + 0.0248 * b + 0.01 * p;
  const double c = n * p + 0.5;
  const double alpha = (2.83 + 5.1 / b) * spread;
  const double v_r = 0.92 - 4.2 / b;
  const double odds = p / (1 - p);
  const double m = std::floor((n + 1) * p);  // the mode
  const double at_mode =
      (m + 0.5) * std::log((m + 1) / (odds * (n - m + 1))) + stirling_error(m) + stirling_error(n - m);
  for (;;) {
    const double u = draws.uniform() - 0.5;
    double v = draws.uniform();
    const double us = 0.5 - std::abs(u);
    const double k = std::floor((2 * a / us + b) * u + c);
    if (us >= 0.07 && v <= v_r) return static_cast<std::int64_t>(k);
    if (k < 0 || k > n) continue;
    v = std::log(v * alpha / (a / (us * us) + b));
    const double log_ratio = at_mode + (n + 1) * std::log((n - m + 1) / (n - k + 1)) +
                             (k + 0.5) * std::log(odds * (n - k + 1) / (k + 1)) - stirling_error(k) -
                             stirling_error(n - k);  // of P(k) to P(mode)
    if (v <= log_ratio) return static_cast<std::int64_t>(k);
  }
}

}  // namespace

std::uint64_t UniformDraws::bits() {
  if (has_second_half_) {
    has_second_half_ = false;
    return second_half_;
  }
  const RandomWords words = philox_block(stream_, block_++);
  second_half_ = std::uint64_t{words.v[2]} << 32 | words.v[3];
  has_second_half_ = true;
  return std::uint64_t{words.v[0]} << 32 | words.v[1];
}

std::int64_t draw_binomial(std::int64_t n, double p, UniformDraws& draws) {
  require(n >= 0 && p >= 0 && p <= 1, "draw_binomial: expected n >= 0 and p in [0, 1], got {} and {}", n, p);
  if (p == 0 || n == 0) return 0;
  if (p > 0.5) return n - draw_binomial(n, 1 - p, draws);
  return static_cast<double>(n) * p < kLeastMeanForRejection ? by_search(n, p, draws) : by_rejection(n, p, draws);
}

}  // namespace posthoc::fairness
