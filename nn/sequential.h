#pragma once

#include "nn/module.h"

namespace posthoc::nn {

/// Modules one after the other, named "0", "1", ... as in PyTorch.
class Sequential final : public Module {
 public:
  explicit Sequential(std::vector<std::shared_ptr<Module>> modules);

  Variable forward(const Variable& x) override;
  [[nodiscard]] std::shared_ptr<Module> clone() const override;

 private:
  std::vector<std::shared_ptr<Module>> modules_;
};

}  // namespace posthoc::nn
