#pragma once

#include <cstdint>
#include <optional>

#include "fairness/calibrated_odds.h"

namespace posthoc::debias {

/// Random perturbation's options.
struct RandomOptions {
  std::int64_t trials = 201;     ///< perturbed copies to try, >= 1
  double sigma = 0.1;            ///< standard deviation of the factors, > 0
  bool include_original = true;  ///< trial 0 is the unperturbed network, so that the result is never worse than it
  bool fused = true;  ///< evaluate trials by the fused pass where it takes the network (see `RandomPerturbation`)
};

/// Layer-wise optimisation's options.
struct LayerwiseOptions {
  enum class Acquisition { lower_confidence_bound, expected_improvement };

  std::int64_t calls = 100;          ///< evaluations of the objective a layer, in [1, 8192]
  std::int64_t initial_points = 10;  ///< of them at random, before there is a surrogate; >= 1
  double box = 2.2;                  ///< half the width of the search box, in standard deviations of a tensor; > 0
  double local_share = 0.5;          ///< of the later ones: neighbours of the best weights so far; in [0, 1]
  std::int64_t candidates = 10000;   ///< random points among which the surrogate chooses the next; >= 1
  double beta = 1.96;                ///< of the lower confidence bound, >= 0
  Acquisition acquisition = Acquisition::lower_confidence_bound;
  bool batch_norm = false;  ///< whether a layer's gamma and beta are searched with it
};

/// Adversarial fine-tuning's options.
struct AdversarialOptions {
  std::int64_t rounds = 16;         ///< >= 1
  std::int64_t critic_steps = 201;  ///< a round, >= 1
  std::int64_t actor_steps = 101;   ///< a round, >= 1
  std::int64_t batch = 64;          ///< rows of a minibatch, >= 2
  double learning_rate = 1e-3;      ///< of both networks, > 0
  bool keep_last_round = false;     ///< the last round's network instead of the best one's
};

/// Reject option classification's options.
struct RejectOptionOptions {
  enum class Mode {
    exact,  ///< every pair of thresholds that the scores distinguish
    grid    ///< AIF360's 100 thresholds and 50 margins
  };
  Mode mode = Mode::exact;
  double metric_bound = 0.05;  ///< the bias must lie in [-metric_bound, metric_bound]; in [0, 1]
};

/// Equalized odds' options.
struct EqualizedOddsOptions {
  /// The threshold of the decisions that are kept or turned; that of the best accuracy on validation if unset.
  std::optional<double> threshold;
};

/// Calibrated equalized odds' options.
struct CalibratedOptions {
  using Cost = fairness::CalibrationCost;

  Cost cost = Cost::fpr;  ///< which generalised rates are made equal
};

struct MethodOptions {
  RandomOptions random = {};
  LayerwiseOptions layerwise = {};
  AdversarialOptions adversarial = {};
  RejectOptionOptions reject_option = {};
  EqualizedOddsOptions equalized_odds = {};
  CalibratedOptions calibrated = {};
};

}  // namespace posthoc::debias
