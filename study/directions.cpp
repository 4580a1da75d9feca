#include "study/directions.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "base/error.h"
#include "fairness/interval.h"
#include "tensor/eigen.h"

namespace posthoc::study {
namespace {

double squared_length(std::span<const double> direction) {
  require(!direction.empty(), "direction: it has no coordinates");
  double sum = 0.0;
  for (const double x : direction) sum += x * x;
  require(std::isfinite(sum) && sum > 0.0, "direction: expected finite numbers and a length above 0, got {}",
          std::sqrt(sum));
  return sum;
}

std::vector<double> descending_squares(std::span<const double> direction) {
  const double all = squared_length(direction);
  std::vector<double> squares;
  squares.reserve(direction.size());
  for (const double x : direction) squares.push_back(x * x / all);
  std::sort(squares.begin(), squares.end(), std::greater<>());
  return squares;
}

// How many of the first shares sum up to `share`.
std::int64_t first_to_hold(const std::vector<double>& shares, double share) {
  double sum = 0.0;
  std::int64_t count = 0;
  for (const double x : shares) {
    if (sum >= share - 1e-12) break;  // ten tenths must be one
    sum += x;
    ++count;
  }
  return count;
}

}  // namespace

Concentration concentration(std::span<const double> direction) {
  const std::vector<double> squares = descending_squares(direction);
  return {first_to_hold(squares, 0.5), first_to_hold(squares, 0.9)};
}

Concentration isotropic_concentration(std::int64_t coordinates) {
  require(coordinates >= 1, "direction: expected at least 1 coordinate, got {}", coordinates);
  const auto count = [&](double share) {
    double low = 0.0;  // E[z^2; |z| > c] = 2 (c density(c) + P(z > c)) falls from 1 to 0
    double high = 10.0;
    for (int step = 0; step < 100; ++step) {
      const double c = (low + high) / 2.0;
      const double density = std::exp(-c * c / 2.0) / std::sqrt(2.0 * std::numbers::pi);
      const double held = 2.0 * (c * density + fairness::normal_cdf(-c));
      (held > share ? low : high) = c;
    }
    return static_cast<std::int64_t>(std::ceil(2.0 * fairness::normal_cdf(-low) * static_cast<double>(coordinates)));
  };
  return {count(0.5), count(0.9)};
}

std::vector<RankedMagnitude> sorted_magnitudes(std::span<const double> direction, std::int64_t points) {
  require(points >= 2, "direction: expected at least 2 points, got {}", points);
  const std::vector<double> squares = descending_squares(direction);
  const auto last = static_cast<std::int64_t>(squares.size());
  std::vector<RankedMagnitude> found;
  for (std::int64_t i = 0; i < points; ++i) {
    const double exponent = static_cast<double>(i) / static_cast<double>(points - 1);
    const std::int64_t rank = i + 1 == points ? last : std::llround(std::pow(static_cast<double>(last), exponent));
    if (!found.empty() && found.back().rank == rank) continue;
    found.push_back({rank, std::sqrt(squares[static_cast<std::size_t>(rank - 1)])});
  }
  return found;
}

double cosine(std::span<const double> a, std::span<const double> b) {
  require(a.size() == b.size(), "direction: {} coordinates against {}", a.size(), b.size());
  const double lengths = std::sqrt(squared_length(a)) * std::sqrt(squared_length(b));
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0) / lengths;
}

StackedDirections stack(const std::vector<std::vector<double>>& directions) {
  const std::size_t n = directions.size();
  StackedDirections stacked{std::vector<std::vector<double>>(n, std::vector<double>(n, 1.0)), {}};
  std::vector<double> gram(n * n, 1.0);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const double value = cosine(directions[i], directions[j]);
      stacked.cosines[i][j] = stacked.cosines[j][i] = gram[i * n + j] = gram[j * n + i] = value;
    }
  }
  const auto size = static_cast<std::int64_t>(n);
  for (const double value : symmetric_eigen_by_rotations(Tensor::from(gram, {size, size})).values.to_vector()) {
    stacked.singular_values.push_back(std::sqrt(std::max(value, 0.0)));
  }
  std::reverse(stacked.singular_values.begin(), stacked.singular_values.end());
  return stacked;
}

}  // namespace posthoc::study
