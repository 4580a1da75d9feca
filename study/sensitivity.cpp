#include "study/sensitivity.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>

#include "base/error.h"
#include "base/file.h"
#include "nn/safetensors.h"
#include "study/kernel_regression.h"
#include "tensor/random.h"

namespace posthoc::study {
namespace {

constexpr const char* kLeastNorm = "least_norm";
constexpr const char* kPermuted = "permuted";
constexpr const char* kGradient = "gradient";

using Direction = std::vector<double>;

void validate(const SensitivityOptions& options) {
  require(options.trials >= 10 && options.trials <= 20000 && options.held_out >= 10 && options.held_out <= 20000,
          "sensitivity: trials and held_out must lie in [10, 20000], got {} and {}", options.trials, options.held_out);
  require(options.gradients >= 2 && options.gradients <= 20000 && options.gradients % 2 == 0,
          "sensitivity: gradients must be even and lie in [2, 20000], got {}", options.gradients);
  require(options.sigma > 0.0 && options.sigma <= 1e3, "sensitivity: sigma must lie in (0, 1000], got {}",
          options.sigma);
}

double mean_of(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

bool has_length(const Direction& direction) {
  return std::any_of(direction.begin(), direction.end(), [](double x) { return x != 0.0; });
}

bool varies(std::span<const double> values) {
  return std::any_of(values.begin(), values.end(), [&](double x) { return x != values.front(); });
}

double squared_correlation(std::span<const double> a, std::span<const double> b) {
  const double mean_a = mean_of(a);
  const double mean_b = mean_of(b);
  double ab = 0.0;
  double aa = 0.0;
  double bb = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    ab += (a[i] - mean_a) * (b[i] - mean_b);
    aa += (a[i] - mean_a) * (a[i] - mean_a);
    bb += (b[i] - mean_b) * (b[i] - mean_b);
  }
  return aa > 0.0 && bb > 0.0 ? ab * ab / (aa * bb) : 0.0;
}

// The first `training` values in an order that the seed gives; those that are held out stay.
std::vector<double> shuffled(std::span<const double> y, std::int64_t training, std::uint64_t seed) {
  std::vector<double> result(y.begin(), y.end());
  const auto order = random_permutation(training, {seed, purpose("sensitivity permutation"), 0});
  for (std::size_t i = 0; i < order.size(); ++i) result[i] = y[static_cast<std::size_t>(order[i])];
  return result;
}

struct Fits {
  BiasResponse response;
  std::vector<double> least_norm;  // duals; empty where undefined
  std::vector<double> permuted;
};

Fits fit(const KernelRegression& regression, const std::vector<double>& bias, double original,
         const SensitivityKey& key, const Direction& predicted_by_gradient) {
  Fits fits;
  BiasResponse& response = fits.response;
  response.original = original;
  response.mean = mean_of(bias);
  double squares = 0.0;
  for (const double value : bias) squares += (value - response.mean) * (value - response.mean);
  response.deviation = std::sqrt(squares / static_cast<double>(bias.size() - 1));
  const std::span<const double> all(bias);
  const auto training = static_cast<std::size_t>(key.options.trials);
  if (!varies(all.first(training)) || !varies(all.subspan(training))) {
    response.undefined = "the bias is the same in every trial";
    return fits;
  }
  const auto model = [](const KernelFit& found) { return LinearModel{found.r2, found.r2_held_out}; };
  KernelFit least_norm = regression.least_norm(bias);
  KernelFit permuted = regression.least_norm(shuffled(bias, key.options.trials, key.seed));
  response.least_norm = model(least_norm);
  response.permuted = model(permuted);
  response.ridge = model(regression.ridge(bias));
  response.gradient_r2 = squared_correlation(predicted_by_gradient, bias);
  fits.least_norm = std::move(least_norm.dual);
  fits.permuted = std::move(permuted.dual);
  return fits;
}

void write_directions(const std::map<std::string, Direction>& directions, const std::filesystem::path& path) {
  nn::TensorFile file;
  for (const auto& [name, direction] : directions) {
    file.tensors[name] = Tensor::from(direction, {static_cast<std::int64_t>(direction.size())});
  }
  write_file(path, nn::to_safetensors(file));
}

double cosine_or_nan(const Direction& a, const Direction& b) {
  return has_length(a) && has_length(b) ? cosine(a, b) : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace

std::string SensitivityKey::file_name() const {
  return fmt::format("{}-sensitivity-{}-{}-{}-{}-{}.safetensors",
                     NetworkKey{data, features, architecture, seed}.file_stem(), task, options.trials, options.held_out,
                     options.gradients, options.sigma);
}

SensitivityResult run_sensitivity(const SensitivityKey& key, PerturbedNetwork network,
                                  const std::filesystem::path& folder) {
  const auto start = std::chrono::steady_clock::now();
  validate(key.options);
  network.seed = key.seed;
  network.sigma = key.options.sigma;
  const std::int64_t trials = key.options.trials + key.options.held_out;
  const std::int64_t half = key.options.gradients / 2;

  const Direction at_original = gradient_of_trial(network, 0);
  const Direction first_half = mean_gradient(network, trials + 1, half);
  const Direction second_half = mean_gradient(network, trials + 1 + half, half);
  std::map<std::string, Direction> directions;
  Direction gradient(first_half);
  for (std::size_t i = 0; i < gradient.size(); ++i) gradient[i] = (first_half[i] + second_half[i]) / 2.0;

  const BiasOfTrials bias = bias_of_trials(network, 1, trials);
  const BiasOfTrials original = bias_of_original(network);
  const Direction predicted = project_trials(network, gradient, trials);
  const KernelRegression regression(gram_of_trials(network, trials), key.options.trials, kGramRounding);
  Fits decisions = fit(regression, bias.decisions, original.decisions.front(), key, predicted);
  const Fits scores = fit(regression, bias.scores, original.scores.front(), key, predicted);
  if (decisions.response.undefined.empty()) {
    auto combined = combine_trials(network, {std::move(decisions.least_norm), std::move(decisions.permuted)});
    directions[kLeastNorm] = std::move(combined[0]);
    directions[kPermuted] = std::move(combined[1]);
  }

  SensitivityResult result;
  result.key = key;
  result.coordinates = coordinate_count(*network.model);
  result.threshold = network.threshold;
  result.decisions = decisions.response;
  result.scores = scores.response;
  result.isotropic = isotropic_concentration(result.coordinates);
  result.least_norm_with_gradient = cosine_or_nan(directions[kLeastNorm], gradient);
  result.gradient_halves = cosine_or_nan(first_half, second_half);
  result.gradient_with_original = cosine_or_nan(gradient, at_original);
  directions[kGradient] = std::move(gradient);
  std::erase_if(directions, [](const auto& named) { return !has_length(named.second); });
  for (const auto& [name, direction] : directions) {
    result.directions.push_back(
        {name, concentration(direction), sorted_magnitudes(direction), share_by_stage(*network.model, direction)});
  }
  result.file = key.file_name();
  write_directions(directions, folder / result.file);
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return result;
}

SensitivityStack stack_sensitivity(const std::vector<SensitivityKey>& keys, const std::filesystem::path& folder) {
  require(keys.size() >= 2, "sensitivity: expected at least 2 networks to compare, got {}", keys.size());
  const SensitivityKey& first = keys.front();
  SensitivityStack result{first.task, first.data, first.features, first.architecture, first.options, {}, {}};
  std::vector<nn::StateDict> files;
  for (const SensitivityKey& key : keys) {
    SensitivityKey same = key;
    same.seed = first.seed;
    require(record_id(same) == record_id(first), "sensitivity: {} and {} differ in more than their seeds",
            record_id(key), record_id(first));
    const std::filesystem::path path = folder / key.file_name();
    files.push_back(nn::from_safetensors(read_file(path), path.string()).tensors);
    result.seeds.push_back(key.seed);
  }
  for (const auto& [name, unused] : files.front()) {
    std::vector<Direction> directions;
    for (const nn::StateDict& file : files) {
      if (file.contains(name)) directions.push_back(file.at(name).to_vector());
    }
    if (directions.size() < files.size()) continue;
    StackedDirections stacked = stack(directions);
    SensitivityStack::Row row{name, std::move(stacked.singular_values)};
    const double pairs = static_cast<double>(keys.size() * (keys.size() - 1)) / 2.0;
    for (std::size_t i = 0; i < keys.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        const double value = stacked.cosines[i][j];
        row.mean_cosine += value / pairs;
        row.mean_absolute_cosine += std::abs(value) / pairs;
        row.largest_absolute_cosine = std::max(row.largest_absolute_cosine, std::abs(value));
      }
    }
    result.rows.push_back(std::move(row));
  }
  return result;
}

}  // namespace posthoc::study
