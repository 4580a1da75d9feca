#pragma once

#include <limits>

#include "nn/module.h"

namespace posthoc::optim {

/// Stops training when the loss has not improved for `patience` epochs, and keeps a copy of the best weights: what
/// training changes afterwards does not reach it.
class EarlyStopping {
 public:
  /// Throws `Error` unless patience >= 1.
  explicit EarlyStopping(int patience);

  /// Once an epoch. True when training should stop. A NaN counts as no improvement.
  bool step(double loss, const nn::Module& model);

  [[nodiscard]] double best_loss() const { return best_loss_; }
  /// The epoch of the best loss, counted from 1; 0 when there has been none.
  [[nodiscard]] int best_epoch() const { return best_epoch_; }
  /// The weights of that epoch. Empty when there has been none.
  [[nodiscard]] const nn::StateDict& best_state() const { return best_state_; }

 private:
  int patience_;
  int epoch_ = 0;
  int best_epoch_ = 0;
  double best_loss_ = std::numeric_limits<double>::infinity();
  nn::StateDict best_state_;
};

}  // namespace posthoc::optim
