#pragma once

#include <limits>

#include "optim/optimizer.h"

namespace posthoc::optim {

struct PlateauOptions {
  double factor = 0.1;      ///< in (0, 1)
  int patience = 10;        ///< epochs without improvement that are let pass
  double threshold = 1e-4;  ///< relative improvement that counts
  int cooldown = 0;         ///< epochs after a reduction in which none are counted
  double min_rate = 0.0;
  double eps = 1e-8;  ///< a reduction smaller than this is not made
};

/// Multiplies the learning rate by `factor` when the loss has not improved for more than `patience` epochs, in
/// PyTorch's rules (mode min, relative threshold).
class ReduceLrOnPlateau {
 public:
  explicit ReduceLrOnPlateau(Optimizer& optimizer, const PlateauOptions& options = {});
  /// Once an epoch, with its loss. A NaN counts as no improvement.
  void step(double loss);

 private:
  Optimizer& optimizer_;
  PlateauOptions options_;
  double best_ = std::numeric_limits<double>::infinity();
  int bad_epochs_ = 0;
  int cooling_ = 0;
};

}  // namespace posthoc::optim
