#include "study/paired.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <vector>

#include "base/error.h"
#include "tensor/random.h"

namespace posthoc::study {
namespace {

// A sum that rounding alone takes below the observed one is as far.
constexpr double kRounding = 1e-12;

// P(|T| <= t), t >= 0, by the angle whose tangent is t / sqrt(degrees).
double student_within(double t, std::size_t degrees) {
  const auto n = static_cast<double>(degrees);
  const double angle = std::atan2(t, std::sqrt(n));
  const double cosine = std::sqrt(n / (n + t * t));
  const double sine = std::sin(angle);
  const bool odd = degrees % 2 == 1;
  double term = odd ? cosine : 1.0;
  double sum = degrees == 1 ? 0.0 : term;
  for (double k = odd ? 3.0 : 2.0; k < n; k += 2.0) {
    term *= (k - 1.0) / k * cosine * cosine;
    sum += term;
  }
  return odd ? 2.0 / std::numbers::pi * (angle + sine * sum) : sine * sum;
}

// The sums of all 2^n signs of `values`.
std::vector<double> signed_sums(std::span<const double> values) {
  std::vector<double> sums{0.0};
  sums.reserve(std::size_t{1} << values.size());
  for (const double value : values) {
    const std::size_t half = sums.size();
    for (std::size_t i = 0; i < half; ++i) {
      sums.push_back(sums[i] - value);
      sums[i] += value;
    }
  }
  return sums;
}

double exact_sign_flip(std::span<const double> differences, double observed) {
  const std::vector<double> left = signed_sums(differences.first(differences.size() / 2));
  const std::vector<double> right = signed_sums(differences.subspan(differences.size() / 2));
  std::size_t as_far = 0;
  for (const double a : left) {
    for (const double b : right) as_far += std::abs(a + b) >= observed ? 1 : 0;
  }
  return static_cast<double>(as_far) / static_cast<double>(left.size() * right.size());
}

double drawn_sign_flip(std::span<const double> differences, double observed) {
  constexpr std::uint32_t kDraws = 100000;
  std::uint32_t as_far = 0;
  for (std::uint32_t draw = 0; draw < kDraws; ++draw) {
    const RandomStream stream{0, purpose("sign flip"), draw};
    double sum = 0.0;
    random_formulas::Words words{};
    for (std::size_t i = 0; i < differences.size(); ++i) {
      if (i % 128 == 0) words = random_block(stream, i / 128);
      const std::size_t bit = i % 128;
      sum += (words.v[bit / 32] >> (bit % 32) & 1U) != 0 ? differences[i] : -differences[i];
    }
    as_far += std::abs(sum) >= observed ? 1 : 0;
  }
  return (1.0 + as_far) / (1.0 + kDraws);
}

}  // namespace

PairedComparison compare_paired(std::span<const double> a, std::span<const double> b, double level) {
  require(a.size() == b.size() && !a.empty(),
          "paired comparison: expected as many numbers on both sides, got {} and {}", a.size(), b.size());
  require(level > 0.0 && level < 1.0, "paired comparison: the level must lie in (0, 1), got {}", level);
  std::vector<double> differences(a.size());
  std::transform(a.begin(), a.end(), b.begin(), differences.begin(), std::minus<>());
  require(std::all_of(differences.begin(), differences.end(), [](double d) { return std::isfinite(d); }),
          "paired comparison: a number is not finite");

  const auto n = static_cast<double>(a.size());
  const fairness::Value one_pair = fairness::Value::undefined("has a single pair");
  PairedComparison result{.pairs = a.size(), .deviation = one_pair, .low = one_pair, .high = one_pair};
  const double sum = std::accumulate(differences.begin(), differences.end(), 0.0);
  double magnitude = 0.0;
  for (const double d : differences) {
    magnitude += std::abs(d);
    result.lower += d < 0.0 ? 1 : 0;
    result.higher += d > 0.0 ? 1 : 0;
  }
  result.mean = sum / n;
  if (a.size() > 1) {
    double squares = 0.0;
    for (const double d : differences) squares += (d - result.mean) * (d - result.mean);
    const double deviation = std::sqrt(squares / (n - 1.0));
    const double half = student_quantile(0.5 + level / 2.0, a.size() - 1) * deviation / std::sqrt(n);
    result.deviation = deviation;
    result.low = result.mean - half;
    result.high = result.mean + half;
  }
  const double observed = std::abs(sum) - kRounding * magnitude;
  result.p =
      a.size() <= max_exact_pairs ? exact_sign_flip(differences, observed) : drawn_sign_flip(differences, observed);
  return result;
}

double student_cdf(double t, std::size_t degrees) {
  require(degrees >= 1, "student_cdf: expected at least 1 degree of freedom, got {}", degrees);
  require(!std::isnan(t), "student_cdf: expected a number, got {}", t);
  const double half = student_within(std::abs(t), degrees) / 2.0;
  return t < 0.0 ? 0.5 - half : 0.5 + half;
}

double student_quantile(double p, std::size_t degrees) {
  require(p > 0.0 && p < 1.0, "student_quantile: expected p in (0, 1), got {}", p);
  require(degrees >= 1, "student_quantile: expected at least 1 degree of freedom, got {}", degrees);
  if (p < 0.5) return -student_quantile(1.0 - p, degrees);
  const double within = 2.0 * p - 1.0;
  double low = 0.0;
  double high = 1.0;
  while (student_within(high, degrees) < within && high < 1e300) high *= 2.0;
  for (int step = 0; step < 200 && low < high; ++step) {  // bisection: its end is two neighbouring doubles
    const double middle = low + (high - low) / 2.0;
    if (middle == low || middle == high) break;
    (student_within(middle, degrees) < within ? low : high) = middle;
  }
  return high;
}

}  // namespace posthoc::study
