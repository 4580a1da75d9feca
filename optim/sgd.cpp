#include "optim/sgd.h"

#include "base/error.h"
#include "tensor/ops.h"

namespace posthoc::optim {

Sgd::Sgd(std::vector<nn::NamedParameter> parameters, const SgdOptions& options)
    : Optimizer(std::move(parameters)),
      momentum_(options.momentum),
      weight_decay_(options.weight_decay),
      buffers_(parameters_.size()) {
  require(options.learning_rate > 0.0, "Sgd: the learning rate must be positive, got {}", options.learning_rate);
  require(options.momentum >= 0.0 && options.momentum < 1.0, "Sgd: the momentum must lie in [0, 1), got {}",
          options.momentum);
  require_decay(options.weight_decay, "Sgd");
  set_learning_rate(options.learning_rate);
}

void Sgd::step() {
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    Variable& parameter = parameters_[i].variable;
    if (!parameter.requires_grad() || !parameter.has_grad()) continue;
    Tensor direction = decayed_gradient(parameter, weight_decay_);
    if (momentum_ > 0.0) {
      Tensor& buffer = buffers_[i];
      buffer = buffer.defined() ? add(mul(buffer, momentum_), direction) : direction.clone();
      direction = buffer;
    }
    add_(parameter.mutable_value(), mul(direction, -learning_rate_));
  }
}

}  // namespace posthoc::optim
