#pragma once

#include "autograd/variable.h"

namespace posthoc {

enum class Reduction { none, sum, mean };

/// -(y log p + (1 - y) log(1 - p)) for probabilities p in [0, 1] and targets y of the same shape, each logarithm at
/// least -100. The mean over nothing is an `Error`. Differentiable in p.
Variable binary_cross_entropy(const Variable& p, const Tensor& target, Reduction reduction = Reduction::mean);

/// The same of sigmoid(z), computed without overflow: max(z, 0) - z y + log(1 + exp(-|z|)). Differentiable in z.
Variable binary_cross_entropy_with_logits(const Variable& z, const Tensor& target,
                                          Reduction reduction = Reduction::mean);

/// (a - target)^2. Differentiable in a.
Variable mean_squared_error(const Variable& a, const Tensor& target, Reduction reduction = Reduction::mean);

}  // namespace posthoc
