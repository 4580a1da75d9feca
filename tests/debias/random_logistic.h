#pragma once

#include <memory>

#include "nn/linear.h"
#include "nn/logistic_regression.h"

namespace posthoc::debias {

/// Logistic regression with random weights: a chain of one layer that is no `Mlp`.
inline std::shared_ptr<nn::LogisticRegression> random_logistic(std::int64_t inputs) {
  const nn::Linear layer(inputs, 1, RandomStream{1, 2, 3});
  auto model = std::make_shared<nn::LogisticRegression>(inputs);
  model->load_state_dict({{"out.weight", layer.weight()}, {"out.bias", layer.bias()}});
  return model;
}

}  // namespace posthoc::debias
