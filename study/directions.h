#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tensor/tensor.h"

// What directions in a space of many coordinates look like: how concentrated one is, and how far several agree.

namespace posthoc::study {

/// The smallest numbers of coordinates that hold half and nine tenths of a direction's squared length.
struct Concentration {
  std::int64_t half = 0;
  std::int64_t nine_tenths = 0;
};

/// Throws `Error` on no coordinates, a number that is not finite, or a direction of length 0.
Concentration concentration(std::span<const double> direction);

/// The same of a direction that all directions are equally likely to be, for many coordinates: their squares are then
/// those of normal draws, so that a share of P(z^2 > c) of the coordinates holds a share of E[z^2; z^2 > c].
Concentration isotropic_concentration(std::int64_t coordinates);

/// A magnitude among all of a direction's, the largest first: `rank` counts from 1, and the direction has length 1.
struct RankedMagnitude {
  std::int64_t rank = 0;
  double magnitude = 0.0;
};

/// The sorted magnitudes at no more than `points` ranks, 1 and the last among them, about evenly on a logarithmic
/// scale. Throws `Error` as `concentration` does, and unless points >= 2.
std::vector<RankedMagnitude> sorted_magnitudes(std::span<const double> direction, std::int64_t points = 200);

/// The cosine of the angle between two directions. Throws `Error` unless they have as many coordinates and neither has
/// length 0.
double cosine(std::span<const double> a, std::span<const double> b);

/// Several directions, each made one of length 1, as the rows of a matrix.
struct StackedDirections {
  std::vector<std::vector<double>> cosines;  ///< [n][n]
  std::vector<double> singular_values;       ///< [n], descending; their squares sum to n
};

/// All singular values are 1 if the directions are at right angles; the first is sqrt(n) and the others 0 if they are
/// one. They are the square roots of the eigenvalues of the cosines. Throws `Error` as `cosine` does.
StackedDirections stack(const std::vector<std::vector<double>>& directions);

}  // namespace posthoc::study
