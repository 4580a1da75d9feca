#pragma once

#include "nn/critic.h"
#include "nn/mlp.h"
#include "optim/adam.h"
#include "tensor/tensor.h"

// Steps of training on minibatches of 64 rows, as `optim/` and `debias/` make them.

namespace posthoc::bench {

inline constexpr std::int64_t kBatch = 64;

/// The paper's classifier learns: a minibatch gathered from a shuffled table, forward, cross-entropy, backward, Adam.
class Training {
 public:
  static constexpr std::int64_t kRows = 8192;

  Training(std::int64_t features, Dtype dtype, double dropout = 0.2);

  /// The loss before the step.
  double step();

  [[nodiscard]] const nn::Mlp& model() const { return model_; }
  [[nodiscard]] const Tensor& x() const { return x_; }
  [[nodiscard]] const Tensor& y() const { return y_; }
  [[nodiscard]] const Tensor& order() const { return order_; }

 private:
  Tensor x_;
  Tensor y_;
  Tensor order_;
  std::int64_t begin_ = 0;
  nn::Mlp model_;
  optim::Adam adam_;
};

/// Adversarial fine-tuning: the critic learns the bias of a minibatch from its last hidden activations, the classifier
/// learns to lower what the critic says.
class FineTuning {
 public:
  static constexpr std::int64_t kFeatures = 98;
  static constexpr double kTarget = 0.1;
  static constexpr double kLambda = 0.5;

  explicit FineTuning(Dtype dtype, double dropout = 0.2);

  /// The losses before the steps.
  double critic_step();
  double actor_step();

  [[nodiscard]] const nn::Mlp& actor() const { return actor_; }
  [[nodiscard]] const nn::Critic& critic() const { return critic_; }
  [[nodiscard]] const Tensor& x() const { return x_; }
  [[nodiscard]] const Tensor& y() const { return y_; }
  [[nodiscard]] const Tensor& hidden() const { return hidden_; }

 private:
  Tensor x_;
  Tensor y_;
  nn::Mlp actor_;
  nn::Critic critic_;
  optim::Adam actor_optimizer_;
  optim::Adam critic_optimizer_;
  Tensor hidden_;
};

}  // namespace posthoc::bench
