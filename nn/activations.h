#pragma once

#include "nn/module.h"

namespace posthoc::nn {

/// max(x, 0).
class ReLU final : public Module {
 public:
  Variable forward(const Variable& x) override;
  [[nodiscard]] std::shared_ptr<Module> clone() const override;
};

/// 1 / (1 + exp(-x)).
class Sigmoid final : public Module {
 public:
  Variable forward(const Variable& x) override;
  [[nodiscard]] std::shared_ptr<Module> clone() const override;
};

/// (exp(x) - exp(-x)) / (exp(x) + exp(-x)).
class Tanh final : public Module {
 public:
  Variable forward(const Variable& x) override;
  [[nodiscard]] std::shared_ptr<Module> clone() const override;
};

/// x where it is positive, else slope * x.
class LeakyReLU final : public Module {
 public:
  /// Throws `Error` unless the slope is finite.
  explicit LeakyReLU(double slope = 0.01);
  Variable forward(const Variable& x) override;
  [[nodiscard]] std::shared_ptr<Module> clone() const override;

 private:
  double slope_;
};

/// exp(x) / sum(exp(x)) along an axis; a negative one counts from the last.
class Softmax final : public Module {
 public:
  explicit Softmax(int axis = -1) : axis_(axis) {}
  Variable forward(const Variable& x) override;
  [[nodiscard]] std::shared_ptr<Module> clone() const override;

 private:
  int axis_;
};

}  // namespace posthoc::nn
