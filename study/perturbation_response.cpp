#include "study/perturbation_response.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <optional>

#include "autograd/ops.h"
#include "base/error.h"
#include "base/threads.h"
#include "debias/fused/network.h"
#include "debias/random_perturbation.h"
#include "tensor/ops.h"
#include "tensor/random.h"

namespace posthoc::study {
namespace {

// Coordinates whose draws are held at a time, for all trials.
constexpr std::int64_t kBlock = 1024;

struct GroupSizes {
  double rows[2] = {0.0, 0.0};
};

GroupSizes checked(const PerturbedNetwork& network) {
  require(network.model != nullptr, "perturbation response: there is no network");
  const Tensor& x = network.features;
  require(x.defined() && x.rank() == 2 && x.size(1) == network.model->inputs() &&
              x.size(0) == static_cast<std::int64_t>(network.groups.size()),
          "perturbation response: expected rows of {} features with a group each, got {} and {} groups",
          network.model->inputs(), x.defined() ? x.shape().text() : "nothing", network.groups.size());
  GroupSizes sizes;
  for (const std::int32_t group : network.groups) {
    require(group == 0 || group == 1, "perturbation response: expected groups 0 and 1, got {}", group);
    ++sizes.rows[group];
  }
  require(sizes.rows[0] > 0.0 && sizes.rows[1] > 0.0, "perturbation response: a group has no rows");
  return sizes;
}

// Unprivileged minus privileged, of the mean of `value(row)`.
template <typename Value>
double difference(const PerturbedNetwork& network, const GroupSizes& sizes, Value&& value) {
  double sums[2] = {0.0, 0.0};
  for (std::size_t row = 0; row < network.groups.size(); ++row) sums[network.groups[row]] += value(row);
  return sums[0] / sizes.rows[0] - sums[1] / sizes.rows[1];
}

double decision_difference(const PerturbedNetwork& network, const GroupSizes& sizes,
                           const std::vector<double>& scores) {
  return difference(network, sizes, [&](std::size_t row) { return scores[row] > network.threshold ? 1.0 : 0.0; });
}

double score_difference(const PerturbedNetwork& network, const GroupSizes& sizes, const std::vector<double>& scores) {
  return difference(network, sizes, [&](std::size_t row) { return scores[row]; });
}

// z of trials 1 .. count for coordinates [first, end), [count, end - first].
Tensor draws(const PerturbedNetwork& network, std::int64_t count, std::int64_t first, std::int64_t end) {
  Tensor z = Tensor::empty({count, end - first});
  float* values = z.mutable_values<float>().data();
  parallel_for(count, [&](std::int64_t index, int) {
    const RandomStream stream{network.seed, purpose("perturbation"), static_cast<std::uint32_t>(index + 1)};
    const Tensor row =
        random_normal({end - first}, stream, Dtype::float32, Device::cpu(), static_cast<std::uint64_t>(first));
    std::copy_n(row.values<float>().begin(), end - first, values + index * (end - first));
  });
  return z;
}

template <typename Visit>
void for_blocks(std::int64_t coordinates, Visit&& visit) {
  for (std::int64_t first = 0; first < coordinates; first += kBlock) {
    visit(first, std::min(first + kBlock, coordinates));
  }
}

}  // namespace

std::int64_t coordinate_count(const nn::Classifier& model) {
  std::int64_t count = 0;
  for (const auto& parameter : model.parameters()) count += parameter.variable.value().elements();
  return count;
}

BiasOfTrials bias_of_original(const PerturbedNetwork& network) {
  const GroupSizes sizes = checked(network);
  const std::vector<double> scores = nn::scores(*network.model->clone_classifier(), network.features);
  return {{decision_difference(network, sizes, scores)}, {score_difference(network, sizes, scores)}};
}

BiasOfTrials bias_of_trials(const PerturbedNetwork& network, std::int64_t first, std::int64_t count) {
  const GroupSizes sizes = checked(network);
  require(first >= 1 && count >= 0, "perturbation response: expected trials from 1 on, got {} from {}", count, first);
  BiasOfTrials found{std::vector<double>(static_cast<std::size_t>(count)), {}};
  found.scores = found.decisions;
  const std::optional<debias::FusedRows> rows = debias::FusedRows::of(*network.model, network.features);
  std::vector<debias::FusedScorer> scorers(static_cast<std::size_t>(threads()));
  parallel_for(count, [&](std::int64_t index, int worker) {
    const auto copy = debias::perturbed_copy(*network.model, network.seed, first + index, network.sigma);
    const std::vector<double> scores = rows ? scorers[static_cast<std::size_t>(worker)].scores(*copy->chain(), *rows)
                                            : nn::scores(*copy, network.features);
    const auto at = static_cast<std::size_t>(index);
    found.decisions[at] = decision_difference(network, sizes, scores);
    found.scores[at] = score_difference(network, sizes, scores);
    require(std::isfinite(found.scores[at]), "perturbation response: a score of trial {} is not finite", first + index);
  });
  return found;
}

Tensor gram_of_trials(const PerturbedNetwork& network, std::int64_t count) {
  constexpr std::int64_t kRows = 256;  // the products are the same on both sides of the diagonal: by blocks of rows
  Tensor gram = Tensor::zeros({count, count}, Dtype::float64);
  double* sums = gram.mutable_values<double>().data();
  for_blocks(coordinate_count(*network.model), [&](std::int64_t first, std::int64_t end) {
    const Tensor z = draws(network, count, first, end);
    parallel_for((count + kRows - 1) / kRows, [&](std::int64_t block, int) {
      const std::int64_t begin = block * kRows;
      const std::int64_t last = std::min(begin + kRows, count);
      const Tensor part = matmul(z.rows(begin, last), z.rows(0, last), false, true);
      const float* value = part.values<float>().data();
      for (std::int64_t i = begin; i < last; ++i) {
        for (std::int64_t j = 0; j < last; ++j) sums[i * count + j] += *value++;
      }
    });
  });
  for (std::int64_t i = 0; i < count; ++i) {
    for (std::int64_t j = 0; j < i; ++j) sums[j * count + i] = sums[i * count + j];
  }
  return gram;
}

std::vector<std::vector<double>> combine_trials(const PerturbedNetwork& network,
                                                const std::vector<std::vector<double>>& duals) {
  if (duals.empty()) return {};
  const auto count = static_cast<std::int64_t>(duals.front().size());
  const auto models = static_cast<std::int64_t>(duals.size());
  std::vector<double> all;
  for (const std::vector<double>& dual : duals) {
    require(static_cast<std::int64_t>(dual.size()) == count,
            "perturbation response: combinations of {} and of {} trials", count, dual.size());
    all.insert(all.end(), dual.begin(), dual.end());
  }
  const Tensor weights = Tensor::from(all, {models, count});
  std::vector<std::vector<double>> combined(duals.size());
  for_blocks(coordinate_count(*network.model), [&](std::int64_t first, std::int64_t end) {
    const Tensor part = matmul(weights, draws(network, count, first, end).to(Dtype::float64));
    for (std::size_t k = 0; k < duals.size(); ++k) {
      const auto row = static_cast<std::int64_t>(k);
      const std::vector<double> values = part.rows(row, row + 1).to_vector();
      combined[k].insert(combined[k].end(), values.begin(), values.end());
    }
  });
  return combined;
}

std::vector<double> project_trials(const PerturbedNetwork& network, std::span<const double> direction,
                                   std::int64_t count) {
  const std::int64_t coordinates = coordinate_count(*network.model);
  require(static_cast<std::int64_t>(direction.size()) == coordinates,
          "perturbation response: expected {} coordinates, got {}", coordinates, direction.size());
  Tensor sums = Tensor::zeros({count, 1}, Dtype::float64);
  for_blocks(coordinates, [&](std::int64_t first, std::int64_t end) {
    const auto block = direction.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(end - first));
    add_(sums, matmul(draws(network, count, first, end).to(Dtype::float64), Tensor::from(block, {end - first, 1})));
  });
  return sums.to_vector();
}

std::vector<double> gradient_of_trial(const PerturbedNetwork& network, std::int64_t trial) {
  const GroupSizes sizes = checked(network);
  const auto copy = debias::perturbed_copy(*network.model, network.seed, trial, network.sigma);
  copy->eval();
  copy->set_requires_grad(true);
  const std::int64_t n = network.features.size(0);
  std::vector<double> cotangent;
  for (const std::int32_t group : network.groups) {
    cotangent.push_back(group == 0 ? 1.0 / sizes.rows[0] : -1.0 / sizes.rows[1]);
  }
  const Tensor by_score = Tensor::from(cotangent, {n, 1}).to(network.features.dtype());
  nn::for_row_blocks(network.features, [&](std::int64_t begin, std::int64_t end) {
    copy->forward(Variable(network.features.rows(begin, end))).backward(by_score.rows(begin, end));
  });
  std::vector<double> gradient;
  const auto original = network.model->parameters();
  const auto moved = copy->parameters();
  for (std::size_t k = 0; k < original.size(); ++k) {
    const std::vector<double> w = original[k].variable.value().to_vector();
    const std::vector<double> slope = moved[k].variable.grad().to_vector();
    for (std::size_t i = 0; i < w.size(); ++i) gradient.push_back(network.sigma * w[i] * slope[i]);
  }
  return gradient;
}

std::vector<double> mean_gradient(const PerturbedNetwork& network, std::int64_t first, std::int64_t count) {
  require(count >= 1, "perturbation response: expected at least 1 trial, got {}", count);
  std::vector<std::vector<double>> gradients(static_cast<std::size_t>(count));
  parallel_for(count, [&](std::int64_t index, int) {
    gradients[static_cast<std::size_t>(index)] = gradient_of_trial(network, first + index);
  });
  std::vector<double> mean(gradients.front().size(), 0.0);
  for (const std::vector<double>& gradient : gradients) {
    for (std::size_t i = 0; i < mean.size(); ++i) mean[i] += gradient[i] / static_cast<double>(count);
  }
  return mean;
}

std::vector<StageShare> share_by_stage(const nn::Classifier& model, std::span<const double> direction) {
  require(static_cast<std::int64_t>(direction.size()) == coordinate_count(model),
          "perturbation response: expected {} coordinates, got {}", coordinate_count(model), direction.size());
  const double all = std::inner_product(direction.begin(), direction.end(), direction.begin(), 0.0);
  require(std::isfinite(all) && all > 0.0, "perturbation response: expected a direction of a length above 0, got {}",
          std::sqrt(all));
  struct Place {
    std::size_t stage;
    bool is_norm;
  };
  std::vector<StageShare> shares;
  std::map<const void*, Place> places;  // a parameter is known by its elements
  for (const nn::Stage& stage : model.stages()) {
    for (const auto& parameter : stage.linear) places[parameter.variable.value().address()] = {shares.size(), false};
    for (const auto& parameter : stage.norm) places[parameter.variable.value().address()] = {shares.size(), true};
    shares.push_back({.stage = stage.name});
  }
  std::size_t first = 0;
  for (const auto& parameter : model.parameters()) {
    const auto count = static_cast<std::size_t>(parameter.variable.value().elements());
    const auto coordinates = direction.subspan(first, count);
    const double part = std::inner_product(coordinates.begin(), coordinates.end(), coordinates.begin(), 0.0) / all;
    const Place place = places.at(parameter.variable.value().address());
    StageShare& share = shares[place.stage];
    share.coordinates += static_cast<std::int64_t>(count);
    share.share += part;
    if (place.is_norm) {
      share.norm_coordinates += static_cast<std::int64_t>(count);
      share.norm_share += part;
    }
    first += count;
  }
  return shares;
}

}  // namespace posthoc::study
