#pragma once

#include <cmath>
#include <vector>

#include "base/error.h"
#include "nn/module.h"
#include "tensor/ops.h"

namespace posthoc::optim {

/// Changes parameters by their gradients. Parameters that are frozen, or have collected no gradient, stay as they are.
class Optimizer {
 public:
  explicit Optimizer(std::vector<nn::NamedParameter> parameters) : parameters_(std::move(parameters)) {}
  Optimizer(const Optimizer&) = delete;
  Optimizer& operator=(const Optimizer&) = delete;
  virtual ~Optimizer() = default;

  virtual void step() = 0;
  void zero_grad() {
    for (auto& parameter : parameters_) parameter.variable.zero_grad();
  }

  [[nodiscard]] double learning_rate() const { return learning_rate_; }
  /// Throws `Error` unless the rate is finite and not negative.
  void set_learning_rate(double rate) {
    require(std::isfinite(rate) && rate >= 0.0, "set_learning_rate: expected a finite rate of at least 0, got {}",
            rate);
    learning_rate_ = rate;
  }

 protected:
  /// The gradient of loss + decay / 2 * |p|^2: the parameter's own plus decay * p.
  static Tensor decayed_gradient(const Variable& parameter, double decay) {
    return decay == 0.0 ? parameter.grad() : add(parameter.grad(), mul(parameter.value(), decay));
  }
  static void require_decay(double decay, const char* where) {
    require(std::isfinite(decay) && decay >= 0.0, "{}: the weight decay must be finite and not negative, got {}", where,
            decay);
  }

  std::vector<nn::NamedParameter> parameters_;
  double learning_rate_ = 0.0;
};

}  // namespace posthoc::optim
