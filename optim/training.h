#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/progress.h"
#include "nn/module.h"

namespace posthoc::optim {

/// Rows to learn from: features [n, d] in the network's dtype, and labels 0 or 1.
struct LabelledRows {
  Tensor features;
  std::span<const std::uint8_t> labels;
};

/// The paper's recipe: Adam, shuffled minibatches, binary cross-entropy, the learning rate reduced on plateaus of the
/// validation loss, early stopping.
struct TrainingOptions {
  double learning_rate = 1e-3;
  std::int64_t batch_size = 64;  ///< a last batch of a single row is left out: it cannot be normalised
  int max_epochs = 1001;
  int patience = 100;      ///< epochs without a better validation loss before training stops
  std::uint64_t seed = 0;  ///< of the shuffles
};

struct TrainingResult {
  int epochs = 0;      ///< that were run
  int best_epoch = 0;  ///< whose weights the model has at the end, counted from 1
  double best_loss = 0.0;
  nn::StateDict last_state;               ///< the weights of the last epoch
  std::vector<double> training_losses;    ///< mean over the minibatches, an entry an epoch
  std::vector<double> validation_losses;  ///< in evaluation mode, an entry an epoch
};

/// Trains the network in place and leaves it in evaluation mode with the weights of the best epoch. Throws `Error` on
/// data that do not fit the network, on fewer than 2 rows, and when no epoch gives a finite validation loss. What
/// `progress` throws (`Cancelled`) leaves the network as it is after that epoch, in training mode.
TrainingResult train(nn::Classifier& model, const LabelledRows& training, const LabelledRows& validation,
                     const TrainingOptions& options = {}, Progress& progress = no_progress());

}  // namespace posthoc::optim
