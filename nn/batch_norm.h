#pragma once

#include "nn/module.h"

namespace posthoc::nn {

/// Batch normalisation of the columns of x [n, c]: y = (x - mean) / sqrt(variance + eps) * weight + bias.
/// Training uses the batch (n >= 2) and moves the running statistics: new = (1 - momentum) * old + momentum * batch,
/// the variance unbiased. Evaluation uses the running ones. Names and conventions are PyTorch's.
class BatchNorm1d final : public Module {
 public:
  explicit BatchNorm1d(std::int64_t columns, Dtype dtype = Dtype::float32, double eps = 1e-5, double momentum = 0.1);

  Variable forward(const Variable& x) override;
  /// What it computes in evaluation mode.
  [[nodiscard]] ChainNorm chain_norm() const;
  [[nodiscard]] std::shared_ptr<Module> clone() const override;

 private:
  double eps_;
  double momentum_;
  Variable weight_;
  Variable bias_;
  Tensor running_mean_;
  Tensor running_var_;
  Tensor num_batches_tracked_;
};

}  // namespace posthoc::nn
