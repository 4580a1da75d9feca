#pragma once

#include "debias/method.h"

namespace posthoc::debias {

/// Random perturbation (Savani et al. 2020, Algorithm 1): in each trial every parameter (weights, biases, and batch
/// normalisation's weight and bias; not its running statistics) is multiplied by a draw from N(1, sigma) of its own;
/// the threshold is searched for the perturbed network, and the best of all trials is kept. Of equally good trials the
/// first wins.
///
/// Trial t's factor for parameter i, numbered through all parameters, is draw i of the stream (seed, "perturbation",
/// t): `perturbed_copy` rebuilds any trial from its number.
///
/// A network in float32 that is a chain (`nn::Classifier::chain`) is evaluated by the fused pass, several times faster
/// and with other rounding: a trial's objective may differ from that of its network where two scores lie within the
/// last digits of each other. The winner's is that of its network, run as anyone runs it. Where the problem's features
/// lie on a CUDA device, its fused kernels take all trials at once (docs/cuda.md), within the same rounding.
class RandomPerturbation final : public Method {
 public:
  /// Throws `Error` unless trials >= 1 and sigma > 0.
  explicit RandomPerturbation(const RandomOptions& options = {});

  /// Trials run in parallel; memory grows with the threads, not with the trials. Throws `Error` without a model.
  [[nodiscard]] Debiased fit(const Problem& problem) const override;

 private:
  RandomOptions options_;
};

/// The network of trial t >= 1; the network itself, copied, for t = 0. Throws `Error` on a trial or sigma that `fit`
/// would not take.
std::shared_ptr<nn::Classifier> perturbed_copy(const nn::Classifier& model, std::uint64_t seed, std::int64_t trial,
                                               double sigma);

}  // namespace posthoc::debias
