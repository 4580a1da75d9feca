#pragma once

#include "nn/logistic_regression.h"
#include "optim/lbfgs.h"
#include "optim/training.h"

namespace posthoc::optim {

struct LogisticRegressionOptions {
  double inverse_regularisation = 1.0;  ///< C > 0, as scikit-learn calls it: small is strong
  LbfgsOptions search = {};
};

struct LogisticRegressionFit {
  std::shared_ptr<nn::LogisticRegression> model;
  LbfgsResult search;
};

/// The logistic regression of scikit-learn's default: it minimises the mean cross-entropy + |w|^2 / (2 C n) over the n
/// rows, the intercept without penalty. The loss is convex and has one minimum, so the fit has no seed; it is searched
/// in float64 and `model` is in the features' dtype. Throws `Error` on rows as `train` takes none, on C out of range,
/// and when the search does not converge.
LogisticRegressionFit fit_logistic_regression(const LabelledRows& rows, const LogisticRegressionOptions& options = {});

}  // namespace posthoc::optim
