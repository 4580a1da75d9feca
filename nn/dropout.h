#pragma once

#include "nn/linear.h"
#include "nn/module.h"
#include "tensor/random.h"

namespace posthoc::nn {

/// Inverted dropout: in training each element is zeroed with probability p in [0, 1) and the others multiplied by
/// 1 / (1 - p); in evaluation nothing happens. Each training call takes the next draws of `stream`.
class Dropout final : public Module {
 public:
  Dropout(double p, const RandomStream& stream);

  Variable forward(const Variable& x) override;
  /// forward(relu(linear(x))), in one operation where there is something to drop.
  Variable forward_relu_of(Linear& linear, const Variable& x);
  [[nodiscard]] std::shared_ptr<Module> clone() const override;
  /// Goes on with the other's draws from where it stands.
  void resume(const Dropout& other);

 protected:
  /// The stream keeps its purpose and number.
  void restart_own_draws(std::uint64_t seed) override;

 private:
  [[nodiscard]] bool drops() const { return training() && p_ > 0.0; }
  // The first of the draws for as many elements, which are then taken.
  std::uint64_t take_draws(std::int64_t elements);

  double p_;
  RandomStream stream_;
  std::uint64_t drawn_ = 0;
};

}  // namespace posthoc::nn
