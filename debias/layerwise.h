#pragma once

#include "debias/method.h"

namespace posthoc::debias {

/// Layer-wise optimisation (Savani et al. 2020, Algorithm 2): for each stage of the network by itself (`nn::Stage`), a
/// search without gradients for the weights and the bias of its linear map, and on demand of its normalisation, that
/// minimise the objective, all other stages as they were; each evaluation searches the threshold anew. The best network
/// of all stages is kept. The original weights are the first point of each search, so the result is never worse, on
/// these rows, than tuning the threshold alone.
///
/// The search is `optim::minimize` in the box [w - box s, w + box s] around each weight w, with s the population
/// standard deviation of the tensor that w stands in. A tensor whose elements are all the same (s = 0: a single bias,
/// say) stays as it is.
///
/// Trace: step = stage * calls + evaluation, the stage and the evaluation counted from 0; weights that give scores that
/// are not finite have the objective infinity. Details: `best_stage`, undefined if the original weights are the best;
/// `evaluations`; `searched_parameters`, of all stages; `flat_acquisitions`, how often the surrogate's choice was
/// between candidates that it thought alike.
class Layerwise final : public Method {
 public:
  /// Throws `Error` unless the options are in the ranges that `LayerwiseOptions` names.
  explicit Layerwise(const LayerwiseOptions& options = {});

  /// Stages run in parallel, each with what enters it computed once; memory grows with the threads. Throws `Error`
  /// without a model.
  [[nodiscard]] Debiased fit(const Problem& problem) const override;

 private:
  LayerwiseOptions options_;
};

}  // namespace posthoc::debias
