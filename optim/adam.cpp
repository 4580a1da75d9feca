#include "optim/adam.h"

#include <cmath>

#include "base/error.h"
#include "tensor/subnormals.h"

namespace posthoc::optim {

Adam::Adam(std::vector<nn::NamedParameter> parameters, const AdamOptions& options)
    : Optimizer(std::move(parameters)), options_(options), moments_(parameters_.size()) {
  require(options.learning_rate > 0.0, "Adam: the learning rate must be positive, got {}", options.learning_rate);
  require(options.beta1 >= 0.0 && options.beta1 < 1.0 && options.beta2 >= 0.0 && options.beta2 < 1.0,
          "Adam: beta1 and beta2 must lie in [0, 1), got {} and {}", options.beta1, options.beta2);
  require(options.eps >= 0.0, "Adam: eps must not be negative, got {}", options.eps);
  require_decay(options.weight_decay, "Adam");
  set_learning_rate(options.learning_rate);
}

void Adam::step() {
  const FlushSubnormals flush;
  AdamStep constants{};
  std::int64_t of_step = 0;  // whose constants they are: most often all parameters have come as far
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    Variable& parameter = parameters_[i].variable;
    if (!parameter.requires_grad() || !parameter.has_grad()) continue;
    Moments& moments = moments_[i];
    if (!moments.first.defined()) {
      moments.first = parameter.value().full_like(0.0);
      moments.second = parameter.value().full_like(0.0);
    }
    if (++moments.step != of_step) {
      of_step = moments.step;
      constants = constants_of(of_step);
    }
    backend(parameter.value().device())
        .adam_step(constants, decayed_gradient(parameter, options_.weight_decay), parameter.mutable_value(),
                   moments.first, moments.second);
  }
}

AdamStep Adam::constants_of(std::int64_t step) const {
  // m / (sqrt(v) / s + eps) = s * m / (sqrt(v) + s * eps), which spares each element a division.
  const auto t = static_cast<double>(step);
  const double s = std::sqrt(1.0 - std::pow(options_.beta2, t));
  return {.rate = learning_rate_ * s / (1.0 - std::pow(options_.beta1, t)),
          .beta1 = options_.beta1,
          .beta2 = options_.beta2,
          .eps = options_.eps * s};
}

}  // namespace posthoc::optim
