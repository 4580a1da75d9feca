#include "optim/training.h"

#include <algorithm>

#include "autograd/losses.h"
#include "autograd/ops.h"
#include "base/error.h"
#include "optim/adam.h"
#include "optim/early_stopping.h"
#include "optim/reduce_lr_on_plateau.h"
#include "tensor/ops.h"
#include "tensor/random.h"

namespace posthoc::optim {
namespace {

void require_rows(const nn::Classifier& model, const LabelledRows& rows, const char* which) {
  require(rows.features.defined() && rows.features.rank() == 2 && rows.features.size(1) == model.inputs(),
          "train: the network takes {} features a row, the {} features are {}", model.inputs(), which,
          rows.features.defined() ? rows.features.shape().text() : "undefined");
  require(rows.features.size(0) == static_cast<std::int64_t>(rows.labels.size()), "train: {} {} rows but {} labels",
          rows.features.size(0), which, rows.labels.size());
  require(std::all_of(rows.labels.begin(), rows.labels.end(), [](std::uint8_t label) { return label <= 1; }),
          "train: the {} labels must be 0 or 1", which);
}

Tensor targets(const LabelledRows& rows) {
  const std::vector<double> values(rows.labels.begin(), rows.labels.end());
  return Tensor::from(values, {rows.features.size(0), 1}).to(rows.features.dtype()).to(rows.features.device());
}

// Mean over one epoch's minibatches, in an order that the seed and the epoch give.
double train_epoch(nn::Classifier& model, Optimizer& optimizer, const Tensor& x, const Tensor& y,
                   const TrainingOptions& options, int epoch) {
  const std::int64_t n = x.size(0);
  const Tensor order =
      Tensor::from(random_permutation(n, {options.seed, purpose("shuffle"), static_cast<std::uint32_t>(epoch)}), {n});
  model.train();
  double total = 0.0;
  std::int64_t batches = 0;
  for (std::int64_t begin = 0; begin + 1 < n; begin += options.batch_size) {
    const std::int64_t end = std::min(begin + options.batch_size, n);
    if (end - begin < 2) break;
    const Tensor rows = order.rows(begin, end);
    const Variable loss =
        binary_cross_entropy_with_logits(model.logits(Variable(gather_rows(x, rows))), gather_rows(y, rows));
    optimizer.zero_grad();
    loss.backward();
    optimizer.step();
    total += loss.value().item();
    ++batches;
  }
  return total / static_cast<double>(batches);
}

double evaluation_loss(nn::Classifier& model, const Tensor& x, const Tensor& y) {
  const NoGrad no_graph;
  const nn::EvalMode eval(model);
  double total = 0.0;
  nn::for_row_blocks(x, [&](std::int64_t begin, std::int64_t end) {
    const Variable logits = model.logits(Variable(x.rows(begin, end)));
    total += binary_cross_entropy_with_logits(logits, y.rows(begin, end), Reduction::sum).value().item();
  });
  return total / static_cast<double>(x.size(0));
}

}  // namespace

TrainingResult train(nn::Classifier& model, const LabelledRows& training, const LabelledRows& validation,
                     const TrainingOptions& options, Progress& progress) {
  require_rows(model, training, "training");
  require_rows(model, validation, "validation");
  require(training.features.size(0) >= 2 && validation.features.size(0) >= 1,
          "train: expected at least 2 training rows and 1 validation row, got {} and {}", training.features.size(0),
          validation.features.size(0));
  require(options.batch_size >= 2, "train: the batch size must be at least 2, got {}", options.batch_size);
  require(options.max_epochs >= 1, "train: expected at least 1 epoch, got {}", options.max_epochs);

  const Tensor y = targets(training);
  const Tensor y_validation = targets(validation);
  Adam adam(model.parameters(), {.learning_rate = options.learning_rate});
  ReduceLrOnPlateau plateau(adam);
  EarlyStopping stopping(options.patience);
  TrainingResult result;
  ProgressStage stage(progress, "training", options.max_epochs);
  for (bool stop = false; !stop && result.epochs < options.max_epochs;) {
    result.training_losses.push_back(train_epoch(model, adam, training.features, y, options, result.epochs));
    const double loss = evaluation_loss(model, validation.features, y_validation);
    result.validation_losses.push_back(loss);
    ++result.epochs;
    plateau.step(loss);
    stop = stopping.step(loss, model);
    stage.advance(1, fmt::format("validation loss {:.4f}, best {:.4f}", loss, stopping.best_loss()));
  }
  require(stopping.best_epoch() > 0,
          "train: no epoch gave a finite validation loss; look for NaN or huge values in the features");
  result.last_state = model.state_dict();
  model.load_state_dict(stopping.best_state());
  model.eval();
  result.best_epoch = stopping.best_epoch();
  result.best_loss = stopping.best_loss();
  return result;
}

}  // namespace posthoc::optim
