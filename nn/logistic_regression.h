#pragma once

#include "nn/linear.h"

namespace posthoc::nn {

/// The network without a hidden layer: logits x w + b, with `out.weight` [1, input] and `out.bias` [1].
class LogisticRegression final : public Classifier {
 public:
  /// All parameters 0, where the search for them starts (optim/logistic_regression.h). Throws `Error` on fewer inputs
  /// than 1.
  explicit LogisticRegression(std::int64_t input, Dtype dtype = Dtype::float32);

  Variable logits(const Variable& x) override;
  [[nodiscard]] std::optional<Chain> chain() const override;
  [[nodiscard]] std::int64_t inputs() const override { return out_->weight().size(1); }
  [[nodiscard]] const Tensor& weight() const { return out_->weight(); }
  [[nodiscard]] const Tensor& bias() const { return out_->bias(); }
  [[nodiscard]] const Variable& weight_parameter() const { return out_->weight_parameter(); }
  [[nodiscard]] std::shared_ptr<Module> clone() const override;

 private:
  std::shared_ptr<Linear> out_;
};

}  // namespace posthoc::nn
