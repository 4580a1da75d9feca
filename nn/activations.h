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

}  // namespace posthoc::nn
