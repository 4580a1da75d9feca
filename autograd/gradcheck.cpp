#include "autograd/gradcheck.h"

#include <cmath>

#include "autograd/ops.h"
#include "base/error.h"
#include "tensor/format.h"
#include "tensor/ops.h"
#include "tensor/random.h"

namespace posthoc {

std::string gradcheck(const std::function<Variable(const std::vector<Variable>&)>& fn,
                      const std::vector<Variable>& inputs, const GradcheckOptions& options) {
  for (const Variable& input : inputs) {
    require(input.dtype() == Dtype::float64, "gradcheck: inputs must be float64, got {}", input.dtype());
  }
  // Leaves of its own, so that the caller's values and gradients stay untouched.
  std::vector<Variable> leaves;
  leaves.reserve(inputs.size());
  for (const Variable& input : inputs) leaves.emplace_back(input.value().clone(), input.requires_grad());

  const Variable output = fn(leaves);
  const Tensor cotangent =
      random_normal(output.shape(), {options.seed, purpose("gradcheck"), 0}, Dtype::float64, output.value().device());
  output.backward(cotangent);

  const auto evaluate = [&] {
    const NoGrad off;
    return sum(mul(fn(leaves).value(), cotangent)).item();
  };
  for (std::size_t k = 0; k < leaves.size(); ++k) {
    if (!leaves[k].requires_grad()) continue;
    if (!leaves[k].has_grad()) return fmt::format("input {} got no gradient", k);
    if (leaves[k].grad().shape() != leaves[k].shape()) {
      return fmt::format("input {} is {} but its gradient {}", k, leaves[k].shape(), leaves[k].grad().shape());
    }
    const std::vector<double> analytic = leaves[k].grad().to_vector();
    Tensor& leaf = leaves[k].mutable_value();
    const Tensor original = leaf;
    const auto evaluate_with = [&](std::size_t i, double value) {
      Tensor changed = original.to(Device::cpu()).clone();
      changed.mutable_values<double>()[i] = value;
      leaf = changed.to(original.device());
      return evaluate();
    };
    const std::vector<double> elements = original.to_vector();
    for (std::size_t i = 0; i < elements.size(); ++i) {
      const double above = evaluate_with(i, elements[i] + options.step);
      const double below = evaluate_with(i, elements[i] - options.step);
      const double numeric = (above - below) / (2.0 * options.step);
      if (!std::isfinite(numeric) ||
          !(std::abs(analytic[i] - numeric) <= options.absolute + options.relative * std::abs(numeric))) {
        return fmt::format("input {}, element {}: the gradient is {}, the central difference {}", k, i, analytic[i],
                           numeric);
      }
    }
    leaf = original;
  }
  return "";
}

}  // namespace posthoc
