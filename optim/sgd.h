#pragma once

#include "optim/optimizer.h"

namespace posthoc::optim {

struct SgdOptions {
  double learning_rate = 1e-2;  ///< > 0
  double momentum = 0.0;        ///< in [0, 1)
  double weight_decay = 0.0;    ///< >= 0
};

/// Stochastic gradient descent with momentum as PyTorch computes it: g += weight_decay * p; the buffer starts as the
/// first g; buffer = momentum * buffer + g, p -= lr * buffer.
class Sgd final : public Optimizer {
 public:
  explicit Sgd(std::vector<nn::NamedParameter> parameters, const SgdOptions& options = {});
  void step() override;

 private:
  double momentum_;
  double weight_decay_;
  std::vector<Tensor> buffers_;
};

}  // namespace posthoc::optim
