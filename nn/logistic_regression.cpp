#include "nn/logistic_regression.h"

namespace posthoc::nn {

LogisticRegression::LogisticRegression(std::int64_t input, Dtype dtype)
    : out_(register_module("out", std::make_shared<Linear>(input, 1, RandomStream{}, dtype))) {
  for (NamedParameter& parameter : parameters()) {
    parameter.variable.mutable_value() = parameter.variable.value().full_like(0.0);
  }
}

Variable LogisticRegression::logits(const Variable& x) { return (*out_)(x); }

std::optional<Chain> LogisticRegression::chain() const {
  return Chain{{out_->weight(), out_->bias(), false, std::nullopt}};
}

std::shared_ptr<Module> LogisticRegression::clone() const {
  return copy_into(std::make_shared<LogisticRegression>(inputs(), weight().dtype()));
}

}  // namespace posthoc::nn
