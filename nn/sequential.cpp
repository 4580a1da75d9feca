#include "nn/sequential.h"

#include "base/error.h"

namespace posthoc::nn {

Sequential::Sequential(std::vector<std::shared_ptr<Module>> modules) : modules_(std::move(modules)) {
  for (std::size_t i = 0; i < modules_.size(); ++i) {
    require(modules_[i] != nullptr, "Sequential: module {} is null", i);
    register_module(std::to_string(i), modules_[i]);
  }
}

Variable Sequential::forward(const Variable& x) {
  Variable y = x;
  for (const auto& module : modules_) y = module->forward(y);
  return y;
}

std::shared_ptr<Module> Sequential::clone() const {
  std::vector<std::shared_ptr<Module>> copies;
  for (const auto& module : modules_) copies.push_back(module->clone());
  return copy_into(std::make_shared<Sequential>(std::move(copies)));
}

}  // namespace posthoc::nn
