#include "optim/early_stopping.h"

#include "base/error.h"

namespace posthoc::optim {

EarlyStopping::EarlyStopping(int patience) : patience_(patience) {
  require(patience >= 1, "EarlyStopping: the patience must be at least 1 epoch, got {}", patience);
}

bool EarlyStopping::step(double loss, const nn::Module& model) {
  ++epoch_;
  if (loss < best_loss_) {
    best_loss_ = loss;
    best_epoch_ = epoch_;
    best_state_ = model.state_dict();
  }
  return epoch_ - best_epoch_ >= patience_;
}

}  // namespace posthoc::optim
