#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "nn/module.h"

// How the statistical parity difference of a network answers when its weights are perturbed at random: the data behind
// Figure 2 of Savani et al. 2020. A trial multiplies every parameter w_i by 1 + sigma z_ti, where z_ti is what random
// perturbation draws for trial t (debias/random_perturbation.h); z_t, with a coordinate a parameter, is the
// perturbation.

namespace posthoc::study {

/// A network on some rows of two groups, 0 and 1. All is borrowed but the network.
struct PerturbedNetwork {
  std::shared_ptr<const nn::Classifier> model;
  Tensor features;                       ///< [n, d]
  std::span<const std::int32_t> groups;  ///< [n]
  double threshold = 0.5;                ///< decisions are score > threshold, in every trial
  std::uint64_t seed = 0;                ///< of the draws
  double sigma = 0.1;                    ///< > 0
};

/// The number of parameters, and of the coordinates of a perturbation.
std::int64_t coordinate_count(const nn::Classifier& model);

/// The statistical parity difference in some trials.
struct BiasOfTrials {
  std::vector<double> decisions;  ///< of the decisions score > threshold
  std::vector<double> scores;     ///< of the scores: the difference of their means, which is smooth in the weights
};

/// Of trials first .. first + count - 1, first >= 1. Throws `Error` on a network that does not fit its rows, a group
/// without a row, or a score that is not finite.
BiasOfTrials bias_of_trials(const PerturbedNetwork& network, std::int64_t first, std::int64_t count);

/// Of the network itself, one entry each. Throws `Error` likewise.
BiasOfTrials bias_of_original(const PerturbedNetwork& network);

/// Products of draws are summed in float32, and their matrix is wrong by about so much of its largest eigenvalue.
inline constexpr double kGramRounding = 1e-5;

/// The inner products z_s . z_t of trials 1 .. count, [count, count] float64, without ever holding all z.
Tensor gram_of_trials(const PerturbedNetwork& network, std::int64_t count);

/// sum_t duals[k][t - 1] z_t for each k, over trials 1 .. the duals' length: the coefficients of linear models that are
/// combinations of their samples. Each has `coordinate_count` numbers. Throws `Error` unless all duals are as long.
std::vector<std::vector<double>> combine_trials(const PerturbedNetwork& network,
                                                const std::vector<std::vector<double>>& duals);

/// z_t . direction for trials 1 .. count: what a linear model with these coefficients predicts but for its intercept.
/// Throws `Error` unless the direction has `coordinate_count` numbers.
std::vector<double> project_trials(const PerturbedNetwork& network, std::span<const double> direction,
                                   std::int64_t count);

/// The gradient of the scores' statistical parity difference with respect to the perturbation, by automatic
/// differentiation: sigma w_i dSPD/dw_i at the weights of a trial (0: the network itself).
std::vector<double> gradient_of_trial(const PerturbedNetwork& network, std::int64_t trial);

/// Mean of `gradient_of_trial` over trials first .. first + count - 1. By Stein's identity E[f(z) z_i] = E[df/dz_i] the
/// coefficients of the best linear model of a smooth f of independent normal z are the mean gradient. So this
/// estimates, with far less noise and without a fit, what a regression on f's values would find if it had no end of
/// samples.
std::vector<double> mean_gradient(const PerturbedNetwork& network, std::int64_t first, std::int64_t count);

/// A stage of the network among all coordinates, which are numbered through the parameters in their order.
struct StageShare {
  std::string stage;
  std::int64_t coordinates = 0;
  double share = 0.0;  ///< of the direction's squared length
  // Of these, the scales and shifts of the stage's normalisation, which act on whole activations.
  std::int64_t norm_coordinates = 0;
  double norm_share = 0.0;
};

/// How a direction's squared length is shared out among the network's stages. Throws `Error` unless it has
/// `coordinate_count` numbers, not all 0.
std::vector<StageShare> share_by_stage(const nn::Classifier& model, std::span<const double> direction);

}  // namespace posthoc::study
