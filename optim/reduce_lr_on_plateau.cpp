#include "optim/reduce_lr_on_plateau.h"

#include <algorithm>

#include "base/error.h"

namespace posthoc::optim {

ReduceLrOnPlateau::ReduceLrOnPlateau(Optimizer& optimizer, const PlateauOptions& options)
    : optimizer_(optimizer), options_(options) {
  require(options.factor > 0.0 && options.factor < 1.0, "ReduceLrOnPlateau: the factor must lie in (0, 1), got {}",
          options.factor);
  require(options.patience >= 0 && options.cooldown >= 0,
          "ReduceLrOnPlateau: patience and cooldown must not be negative, got {} and {}", options.patience,
          options.cooldown);
  require(options.threshold >= 0.0 && options.min_rate >= 0.0 && options.eps >= 0.0,
          "ReduceLrOnPlateau: threshold, min_rate and eps must not be negative, got {}, {} and {}", options.threshold,
          options.min_rate, options.eps);
}

void ReduceLrOnPlateau::step(double loss) {
  if (loss < best_ * (1.0 - options_.threshold)) {
    best_ = loss;
    bad_epochs_ = 0;
  } else {
    ++bad_epochs_;
  }
  if (cooling_ > 0) {
    --cooling_;
    bad_epochs_ = 0;
  }
  if (bad_epochs_ <= options_.patience) return;
  const double rate = optimizer_.learning_rate();
  const double reduced = std::max(rate * options_.factor, options_.min_rate);
  if (rate - reduced > options_.eps) optimizer_.set_learning_rate(reduced);
  cooling_ = options_.cooldown;
  bad_epochs_ = 0;
}

}  // namespace posthoc::optim
