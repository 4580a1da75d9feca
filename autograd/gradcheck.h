#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "autograd/variable.h"

namespace posthoc {

struct GradcheckOptions {
  double step = 1e-6;      ///< of the central difference
  double relative = 1e-6;  ///< |analytic - numeric| <= absolute + relative * |numeric|
  double absolute = 1e-7;
  std::uint64_t seed = 0;  ///< of the random cotangent
};

/// Compares the gradient of sum(c * fn(inputs)), c a random cotangent, with central differences, for every element of
/// every input that requires a gradient. Inputs are float64 leaves (`Error` otherwise) and must lie away from kinks.
/// Returns "" when all agree, else which element of which input differs and by how much; a NaN or an infinity
/// never agrees.
std::string gradcheck(const std::function<Variable(const std::vector<Variable>&)>& fn,
                      const std::vector<Variable>& inputs, const GradcheckOptions& options = {});

}  // namespace posthoc
