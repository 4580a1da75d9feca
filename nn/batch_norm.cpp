#include "nn/batch_norm.h"

#include "autograd/ops.h"
#include "base/error.h"

namespace posthoc::nn {

BatchNorm1d::BatchNorm1d(std::int64_t columns, Dtype dtype, double eps, double momentum)
    : eps_(eps), momentum_(momentum) {
  require(columns >= 1, "BatchNorm1d: expected at least 1 column, got {}", columns);
  require(eps > 0.0, "BatchNorm1d: eps must be positive, got {}", eps);
  require(momentum >= 0.0 && momentum <= 1.0, "BatchNorm1d: the momentum must lie in [0, 1], got {}", momentum);
  weight_ = register_parameter("weight", Tensor::full({columns}, 1.0, dtype));
  bias_ = register_parameter("bias", Tensor::zeros({columns}, dtype));
  running_mean_ = Tensor::zeros({columns}, dtype);
  running_var_ = Tensor::full({columns}, 1.0, dtype);
  num_batches_tracked_ = Tensor::zeros({}, Dtype::int64);
  register_buffer("running_mean", running_mean_);
  register_buffer("running_var", running_var_);
  register_buffer("num_batches_tracked", num_batches_tracked_);
}

Variable BatchNorm1d::forward(const Variable& x) {
  if (!training()) return batch_norm_eval(x, weight_, bias_, running_mean_, running_var_, eps_);
  const BatchNormRunning running{running_mean_, running_var_, momentum_};
  Variable y = batch_norm_train(x, weight_, bias_, eps_, &running);
  num_batches_tracked_.mutable_values<std::int64_t>()[0] += 1;
  return y;
}

ChainNorm BatchNorm1d::chain_norm() const {
  return {weight_.value(), bias_.value(), running_mean_, running_var_, eps_};
}

std::shared_ptr<Module> BatchNorm1d::clone() const {
  return copy_into(std::make_shared<BatchNorm1d>(weight_.shape()[0], weight_.dtype(), eps_, momentum_));
}

}  // namespace posthoc::nn
