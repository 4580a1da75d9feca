#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "fairness/measure.h"
#include "fairness/objective.h"
#include "nn/critic.h"
#include "optim/optimizer.h"

// The parts of adversarial fine-tuning (debias/adversarial.h), each to be tested by itself.

namespace posthoc::debias {

/// A frozen network on some rows.
struct Activations {
  Tensor hidden;               ///< [n, c]: what enters its last stage
  std::vector<double> scores;  ///< P(favourable label)
};

/// In evaluation mode and without a graph, in blocks of rows; the scores are those of `nn::scores`. Throws `Error`
/// unless the network has a stage before its last one and what enters that is a row of numbers a row, and when a score
/// is not finite.
Activations activations(nn::Classifier& network, const Tensor& x);

/// Rows drawn with replacement, as many as may be: a minibatch may be larger than the data.
struct Minibatch {
  Tensor rows;          ///< int64 [batch]
  double target = 0.0;  ///< the signed unfairness of the soft measure on the rows
};

/// Draws minibatches on which a bias measure is defined.
class MinibatchSampler {
 public:
  /// Minibatches in a row with an empty cell before `draw` gives up.
  static constexpr std::int64_t kMaxTries = 1000;

  /// Labels and groups of the rows to draw from are borrowed.
  MinibatchSampler(const fairness::Measure& bias, std::span<const std::uint8_t> labels,
                   std::span<const std::int32_t> groups, std::int64_t batch,
                   fairness::EmptyCell empty_cell = fairness::EmptyCell::worst);

  /// The minibatch of a step: try t takes draws (step * kMaxTries + t) * batch and on of the stream. `scores` are those
  /// of all rows. A minibatch on which the soft measure is undefined is drawn again, unless an empty cell counts as
  /// zero. Throws `Error` after `kMaxTries`.
  Minibatch draw(const RandomStream& stream, std::int64_t step, std::span<const double> scores);

  /// Minibatches drawn again so far.
  [[nodiscard]] std::int64_t redraws() const { return redraws_; }

 private:
  const fairness::Measure& bias_;
  std::span<const std::uint8_t> labels_;
  std::span<const std::int32_t> groups_;
  int group_count_;
  std::int64_t batch_;
  fairness::EmptyCell empty_cell_;
  std::int64_t redraws_ = 0;
  std::vector<double> batch_scores_;
  std::vector<std::uint8_t> batch_labels_;
  std::vector<std::int32_t> batch_groups_;
};

/// One step of the critic, which it puts into training mode and unfreezes, towards (target - g(hidden))^2 = 0.
/// `optimizer` is of the critic's parameters. Returns the loss before the step.
double critic_step(nn::Critic& critic, optim::Optimizer& optimizer, const Tensor& hidden, double target);

/// The actor's loss before a step and its two terms.
struct ActorLoss {
  double total = 0.0;
  double bias = 0.0;           ///< the critic's estimate, signed
  double cross_entropy = 0.0;  ///< mean over the minibatch
};

/// One step of the actor, which it puts into training mode, against the critic, which it puts into evaluation mode and
/// freezes, on a minibatch of features x [batch, d] and labels y [batch, 1] in the network's dtype: down the gradient
/// of lambda * |g(f'(x))| + (1 - lambda) * BCE(f(x), y). Activations f'(x) and scores f(x) are of one pass, so that
/// dropout and batch statistics are the same for both and running statistics move once. `optimizer` is of the actor's
/// parameters.
ActorLoss actor_step(nn::Classifier& actor, optim::Optimizer& optimizer, nn::Critic& critic, const Tensor& x,
                     const Tensor& y, double lambda);

}  // namespace posthoc::debias
