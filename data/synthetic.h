#pragma once

#include <cstdint>

#include "data/dataset.h"

namespace posthoc::data {

struct SyntheticOptions {
  std::int64_t rows = 10000;
  std::int64_t features = 2;  ///< at least 2; those beyond are noise that says nothing
  double bias = 0.2;          ///< P(y=1 | a=1) - P(y=1 | a=0), within +-max_synthetic_bias()
  std::uint64_t seed = 0;
};

/// Two classes and a biased group, in the manner of Zafar et al. (2017, section 4.1), changed so that the
/// bias has a closed form:
///
/// - the label y is 0 or 1 with equal probability, and x | y ~ N(+-m, I) in the plane, m = (1, 1)/sqrt(2),
///   plus for y = 1. The best classifier of y from x is right with probability Phi(1) = 0.841;
/// - r(x) = log p(x | y=1) / p(x | y=0) = 2 m.x is the log ratio of the classes' densities. Zafar et al.
///   make a row privileged with probability p1/(p1 + p0) = logistic(r(Rx)), densities taken at the point
///   rotated by an angle t. Here it is P(a=1 | x) = Phi(c r(Rx)), c = sqrt(pi/8): the probit that is
///   nearest to the logistic function around 0, because its mean under a normal r is known.
///
/// Given y = 1, r(Rx) ~ N(2 cos t, 4), so P(a=1 | y=1) = Phi(2 c cos t / sqrt(1 + 4 c^2)) = q. By symmetry
/// (x -> -x swaps labels and groups) P(a=0 | y=0) = q and both groups and labels have probability 1/2;
/// hence P(y=1 | a=1) = q and P(y=1 | a=0) = 1 - q: the statistical parity difference of the labels,
/// unprivileged minus privileged, is exactly 1 - 2q. `bias` = 2q - 1 sets the angle t.
///
/// Features are x1, x2 and noise3, noise4, ... ~ N(0, 1); the group is no feature. Row i depends on
/// (seed, bias, i) alone: more rows or features leave the others as they were.
/// Throws `Error` on fewer than 2 features, on no rows, on a bias out of range or when the rows are too
/// few to hold both labels and both groups.
Dataset generate_synthetic(const SyntheticOptions& options);

/// The bias at angle 0: 2 Phi(2c / sqrt(1 + 4 c^2)) - 1 = 0.5656.
double max_synthetic_bias();

/// The true P(y=1 | a=0) - P(y=1 | a=1): minus the bias.
double synthetic_parity_difference(const SyntheticOptions& options);

}  // namespace posthoc::data
