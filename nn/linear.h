#pragma once

#include "nn/module.h"
#include "tensor/random.h"

namespace posthoc::nn {

/// y = x W^T + b, x [n, in], W [out, in], b [out]. Both start uniform within 1 / sqrt(in), PyTorch's default, from
/// draws 0 .. of `stream` (W first).
class Linear final : public Module {
 public:
  Linear(std::int64_t in, std::int64_t out, const RandomStream& stream, Dtype dtype = Dtype::float32);

  Variable forward(const Variable& x) override;
  [[nodiscard]] const Tensor& weight() const { return weight_.value(); }
  [[nodiscard]] const Tensor& bias() const { return bias_.value(); }
  [[nodiscard]] std::shared_ptr<Module> clone() const override;
  [[nodiscard]] const Variable& weight_parameter() const { return weight_; }
  [[nodiscard]] const Variable& bias_parameter() const { return bias_; }

 private:
  Variable weight_;
  Variable bias_;
};

}  // namespace posthoc::nn
