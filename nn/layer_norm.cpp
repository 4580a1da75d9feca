#include "nn/layer_norm.h"

#include "autograd/ops.h"
#include "base/error.h"

namespace posthoc::nn {

LayerNorm::LayerNorm(std::int64_t columns, Dtype dtype, double eps) : eps_(eps) {
  require(columns >= 1, "LayerNorm: expected at least 1 column, got {}", columns);
  require(eps > 0.0, "LayerNorm: eps must be positive, got {}", eps);
  weight_ = register_parameter("weight", Tensor::full({columns}, 1.0, dtype));
  bias_ = register_parameter("bias", Tensor::zeros({columns}, dtype));
}

Variable LayerNorm::forward(const Variable& x) { return layer_norm(x, weight_, bias_, eps_); }

std::shared_ptr<Module> LayerNorm::clone() const {
  return copy_into(std::make_shared<LayerNorm>(weight_.shape()[0], weight_.dtype(), eps_));
}

}  // namespace posthoc::nn
