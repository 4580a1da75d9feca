#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "study/directions.h"
#include "study/perturbation_response.h"
#include "study/result.h"
#include "study/store.h"

// Which weights carry the bias? Savani et al. 2020, Figure 2: a linear model from random perturbations of a network's
// weights to the bias that they give, its sorted coefficients, and the singular values of the coefficients of ten
// networks. docs/sensitivity.md says what can be read from it and what not.

namespace posthoc::study {

/// One network, and the groups of one task.
struct SensitivityKey {
  std::string task;
  std::string data;
  std::string features;  ///< as in `NetworkKey`
  Architecture architecture;
  std::uint64_t seed = 0;
  SensitivityOptions options;

  /// Of the file of its directions.
  [[nodiscard]] std::string file_name() const;
};

/// A linear model from perturbations to bias.
struct LinearModel {
  double r2 = 0.0;           ///< on the trials it learned from
  double r2_held_out = 0.0;  ///< on others; below 0: worse than their mean
};

/// How far a linear law explains one kind of bias.
struct BiasResponse {
  std::string undefined;   ///< why there is no response, if there is none; empty otherwise
  double original = 0.0;   ///< the unperturbed network's bias
  double mean = 0.0;       ///< over the trials
  double deviation = 0.0;  ///< standard deviation over the trials
  LinearModel least_norm;  ///< the published recipe: least squares, of the least norm
  LinearModel ridge;       ///< with the penalty of generalised cross-validation
  LinearModel permuted;    ///< the published recipe on the same biases shuffled among the trials: what no law gives
  double gradient_r2 =
      0.0;  ///< squared correlation of bias and z . mean gradient over all trials: a model without a fit
};

/// A direction in the space of perturbations.
struct DirectionResult {
  std::string name;
  Concentration concentration;
  std::vector<RankedMagnitude> sorted;
  std::vector<StageShare> stages;
};

struct SensitivityResult {
  SensitivityKey key;
  std::int64_t coordinates = 0;
  double threshold = 0.5;  ///< of the decisions
  BiasResponse decisions;
  BiasResponse scores;
  /// "least_norm" (coefficients for the decisions' bias), "permuted" (the same after shuffling) and "gradient" (mean
  /// gradient of the scores' bias); one that does not exist is left out.
  std::vector<DirectionResult> directions;
  Concentration isotropic;  ///< of a direction without any preference
  // Cosines between directions; NaN where one is left out. Those of unrelated ones are about 1 / sqrt(coordinates).
  double least_norm_with_gradient = 0.0;
  double gradient_halves = 0.0;         ///< of the means over both halves of the gradients: how well the mean is known
  double gradient_with_original = 0.0;  ///< of the mean gradient and that of the unperturbed network
  std::string file;                     ///< the directions themselves, float64 safetensors, in the folder given
  double seconds = 0.0;
};

/// Measures a network and writes its directions to `folder`. `network.seed` and `network.sigma` are taken from the key.
/// Throws `Error` on bad options and as the functions of perturbation_response.h do.
SensitivityResult run_sensitivity(const SensitivityKey& key, PerturbedNetwork network,
                                  const std::filesystem::path& folder);

/// How far the directions of several networks agree.
struct SensitivityStack {
  struct Row {
    std::string name;  ///< of the direction
    std::vector<double> singular_values;
    double mean_cosine = 0.0;           ///< over the pairs of networks
    double mean_absolute_cosine = 0.0;  ///< likewise
    double largest_absolute_cosine = 0.0;
  };
  std::string task;
  std::string data;
  std::string features;
  Architecture architecture;
  SensitivityOptions options;
  std::vector<std::uint64_t> seeds;  ///< of the networks
  std::vector<Row> rows;  ///< of directions that all networks have; "permuted" is what unrelated directions give
};

/// From the files that `run_sensitivity` wrote for these keys, which differ in their seeds alone. Throws `Error` on
/// other keys, fewer than two, and files that are missing or bad.
SensitivityStack stack_sensitivity(const std::vector<SensitivityKey>& keys, const std::filesystem::path& folder);

/// Records of kinds "sensitivity" and "sensitivity_stack"; reading throws `Error` on others.
Record to_record(const SensitivityResult& result);
SensitivityResult parse_sensitivity(const Record& record);
std::string record_id(const SensitivityKey& key);
Record to_record(const SensitivityStack& stack);
SensitivityStack parse_sensitivity_stack(const Record& record);
/// The id of the stack of these keys.
std::string stack_record_id(const std::vector<SensitivityKey>& keys);

}  // namespace posthoc::study
