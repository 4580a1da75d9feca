#include "optim/logistic_regression.h"

#include <algorithm>
#include <cmath>

#include "autograd/losses.h"
#include "autograd/ops.h"
#include "base/error.h"

namespace posthoc::optim {

LogisticRegressionFit fit_logistic_regression(const LabelledRows& rows, const LogisticRegressionOptions& options) {
  require(rows.features.defined() && rows.features.rank() == 2 && rows.features.size(0) >= 1,
          "logistic regression: expected rows of features, got {}",
          rows.features.defined() ? rows.features.shape().text() : "nothing");
  require(rows.features.size(0) == static_cast<std::int64_t>(rows.labels.size()),
          "logistic regression: {} rows but {} labels", rows.features.size(0), rows.labels.size());
  require(std::all_of(rows.labels.begin(), rows.labels.end(), [](std::uint8_t label) { return label <= 1; }),
          "logistic regression: the labels must be 0 or 1");
  require(options.inverse_regularisation > 0.0 && std::isfinite(options.inverse_regularisation),
          "logistic regression: the inverse regularisation C must be finite and above 0, got {}",
          options.inverse_regularisation);

  const std::int64_t n = rows.features.size(0);
  const Variable x(rows.features.to(Dtype::float64));
  const Tensor y = Tensor::from(std::vector<double>(rows.labels.begin(), rows.labels.end()), {n, 1});
  const double penalty = 0.5 / (options.inverse_regularisation * static_cast<double>(n));
  nn::LogisticRegression exact(rows.features.size(1), Dtype::float64);
  const Variable& w = exact.weight_parameter();
  const LbfgsResult search = minimize_lbfgs(
      exact.parameters(),
      [&] { return add(binary_cross_entropy_with_logits(exact.logits(x), y), mul(sum(mul(w, w)), penalty)); },
      options.search);
  require(search.converged,
          "logistic regression: the search ended after {} iterations with a gradient of {:.3g}, above its tolerance of "
          "{:.3g}: are there very large features?",
          search.iterations, search.gradient, options.search.gradient_tolerance);
  auto model = std::make_shared<nn::LogisticRegression>(rows.features.size(1), rows.features.dtype());
  model->load_state_dict(exact.state_dict());
  model->eval();
  return {std::move(model), search};
}

}  // namespace posthoc::optim
