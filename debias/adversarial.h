#pragma once

#include "debias/method.h"

namespace posthoc::debias {

/// Adversarial fine-tuning (Savani et al. 2020, Algorithm 3, by their equation 1). A critic g learns to tell the bias
/// of a minibatch from the last hidden activations f'(X) of the network, the actor; the actor is then trained to keep
/// that estimate and the cross-entropy low. A round is `critic_steps` of the one, then `actor_steps` of the other, each
/// on a minibatch drawn with replacement from the validation rows, each by Adam:
///
///   critic: minimise (m - g(f'(X)))^2, actor frozen and in evaluation mode
///   actor:  minimise lambda * |g(f'(X))| + (1 - lambda) * BCE(f(X), Y), critic frozen and in evaluation mode
///
/// m is the signed unfairness of the objective's soft measure on the minibatch (fairness/soft_measures.h), lambda is
/// the objective's, 0.75 for a constrained one unless set. After each round the threshold is searched in evaluation
/// mode. The best round wins, of equally good ones the first; round 0 is the unchanged network with its threshold, so
/// that on validation the result is never worse than it.
///
/// A minibatch on which the measure is undefined is drawn again, unless the objective counts a rate over no rows as 0.
/// All parameters are trained, also those that are frozen
/// in the problem's network; its own dropout masks begin anew with the problem's seed.
///
/// Details: "redraws", minibatches drawn again; "critic_loss", the critic's mean loss in the last round, and
/// "target_variance", that of the best constant answer in the same steps: a critic that sees the bias is below it.
class AdversarialFineTuning final : public Method {
 public:
  /// Throws `Error` unless rounds and steps lie in [1, 1000000], the batch in [2, 65536] and the learning rate in
  /// (0, 1].
  explicit AdversarialFineTuning(const AdversarialOptions& options = {});

  /// One step needs the one before, so it runs on one thread. Throws `Error` without a model, on one without hidden
  /// activations or with so many that the critic would have more than 2^28 weights, on a measure that is undefined on
  /// all rows or on `MinibatchSampler::kMaxTries` minibatches in a row, and when the scores become infinite or NaN.
  [[nodiscard]] Debiased fit(const Problem& problem) const override;

 private:
  AdversarialOptions options_;
};

}  // namespace posthoc::debias
