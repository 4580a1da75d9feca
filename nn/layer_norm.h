#pragma once

#include "nn/module.h"

namespace posthoc::nn {

/// Layer normalisation along the last axis of x [.., c]: y = (x - mean) / sqrt(variance + eps) * weight + bias, mean
/// and biased variance those of each row, in training as in evaluation. Names and conventions are PyTorch's.
class LayerNorm final : public Module {
 public:
  /// Throws `Error` unless columns >= 1 and eps > 0.
  explicit LayerNorm(std::int64_t columns, Dtype dtype = Dtype::float32, double eps = 1e-5);

  Variable forward(const Variable& x) override;
  [[nodiscard]] std::shared_ptr<Module> clone() const override;

 private:
  double eps_;
  Variable weight_;
  Variable bias_;
};

}  // namespace posthoc::nn
