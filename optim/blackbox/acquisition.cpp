#include "optim/blackbox/acquisition.h"

#include <cmath>
#include <numbers>

#include "base/error.h"

namespace posthoc::optim {

double Acquisition::operator()(double mean, double sigma, double best) const {
  if (kind == Kind::lower_confidence_bound) return mean - beta * sigma;
  if (!(sigma > 0.0)) return -0.0;
  const double improvement = best - xi - mean;
  const double z = improvement / sigma;
  const double cdf = 0.5 * std::erfc(-z / std::numbers::sqrt2);
  const double density = std::exp(-0.5 * z * z) * std::numbers::inv_sqrtpi / std::numbers::sqrt2;
  return -(improvement * cdf + sigma * density);
}

void validate(const Acquisition& acquisition) {
  require(std::isfinite(acquisition.beta) && acquisition.beta >= 0.0,
          "acquisition: beta must be finite and not negative, got {}", acquisition.beta);
  require(std::isfinite(acquisition.xi) && acquisition.xi >= 0.0,
          "acquisition: xi must be finite and not negative, got {}", acquisition.xi);
}

}  // namespace posthoc::optim
