#pragma once

#include "debias/small_problem.h"

namespace posthoc::debias {

/// `small_problem` with a network of another make, its running statistics those of the rows.
inline SmallProblem small_problem_of(nn::MlpOptions options, std::int64_t rows = 120) {
  SmallProblem small = small_problem(rows);
  options.input = small.features.size(1);
  small.features = small.features.to(options.dtype);
  small.model = std::make_shared<nn::Mlp>(options, 3);
  const NoGrad no_graph;
  for (int i = 0; i < 20; ++i) small.model->forward(Variable(small.features));
  small.scores = nn::scores(*small.model, small.features);
  return small;
}

/// Whether every tensor of the two state dicts is the same, bit for bit.
inline bool same_state(const nn::StateDict& a, const nn::StateDict& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& left, const auto& right) {
    return left.first == right.first && left.second.to_vector() == right.second.to_vector();
  });
}

}  // namespace posthoc::debias
