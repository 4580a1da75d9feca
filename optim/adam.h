#pragma once

#include <cstdint>

#include "optim/optimizer.h"
#include "tensor/backend.h"

namespace posthoc::optim {

struct AdamOptions {
  double learning_rate = 1e-3;  ///< > 0
  double beta1 = 0.9;           ///< in [0, 1)
  double beta2 = 0.999;         ///< in [0, 1)
  double eps = 1e-8;            ///< >= 0
  double weight_decay = 0.0;    ///< >= 0
};

/// Adam (Kingma and Ba 2015) as PyTorch computes it:
/// g += weight_decay * p (L2 regularisation, not the decoupled decay of AdamW);
/// m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g^2; p -= lr / (1 - b1^t) * m / (sqrt(v) / sqrt(1 - b2^t) + eps).
class Adam final : public Optimizer {
 public:
  explicit Adam(std::vector<nn::NamedParameter> parameters, const AdamOptions& options = {});
  void step() override;

 private:
  struct Moments {
    Tensor first;
    Tensor second;
    std::int64_t step = 0;
  };

  [[nodiscard]] AdamStep constants_of(std::int64_t step) const;

  AdamOptions options_;
  std::vector<Moments> moments_;
};

}  // namespace posthoc::optim
