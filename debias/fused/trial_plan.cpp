#include "debias/fused/trial_plan.h"

#include <algorithm>
#include <limits>
#include <map>

#include "base/error.h"
#include "debias/fused/network.h"
#include "fairness/objective.h"
#include "fairness/outcomes.h"
#include "nn/module.h"

namespace posthoc::debias {
namespace {

constexpr int kStride = 8;

int padded(int n, int block) { return (n + block - 1) / block * block; }

std::vector<float> floats_of(const Tensor& tensor) {
  const Tensor host = tensor.to(Device::cpu());
  const auto values = host.values<float>();
  return {values.begin(), values.end()};
}

// Where each of the network's parameters begins among all of them, by its address.
using Offsets = std::map<const void*, std::int32_t>;

// The offset of a tensor; nothing if it is no parameter.
std::optional<std::int32_t> offset_of(const Offsets& offsets, const Tensor& tensor) {
  const auto found = offsets.find(tensor.address());
  if (found == offsets.end()) return std::nullopt;
  return found->second;
}

bool within_width(const nn::Chain& chain) {
  return !chain.empty() && chain.back().weight.size(0) == 1 && !chain.back().relu && !chain.back().norm &&
         std::all_of(chain.begin(), chain.end(), [](const nn::ChainLayer& layer) {
           return layer.weight.dtype() == Dtype::float32 && layer.weight.size(0) <= FusedRows::kMaxWidth;
         });
}

int common_width(const std::vector<DeviceLayer>& layers) {
  if (layers.size() < 2) return 0;
  const int width = layers.front().outputs;
  const bool same = std::all_of(layers.begin(), layers.end() - 1, [&](const auto& l) { return l.outputs == width; });
  return same ? width : 0;
}

void append(std::vector<float>& to, const std::vector<float>& values) {
  to.insert(to.end(), values.begin(), values.end());
}

bool add_layer(const nn::ChainLayer& layer, const nn::ChainLayer* before, const Offsets& offsets, TrialPlan& plan) {
  const auto weight = offset_of(offsets, layer.weight);
  const auto bias = offset_of(offsets, layer.bias);
  if (!weight || !bias) return false;
  DeviceLayer result;
  result.inputs = static_cast<std::int32_t>(layer.weight.size(1));
  result.outputs = static_cast<std::int32_t>(layer.weight.size(0));
  result.relu = layer.relu ? 1 : 0;
  result.weight = *weight;
  result.bias = *bias;
  result.stride = padded(result.outputs, kStride);
  result.packed_weight = plan.packed_count;
  result.packed_bias = result.packed_weight + result.inputs * result.stride;
  plan.packed_count = result.packed_bias + result.stride;
  plan.width = std::max(plan.width, result.stride);
  if (before != nullptr && before->norm) {
    const auto gamma = offset_of(offsets, before->norm->gamma);
    const auto beta = offset_of(offsets, before->norm->beta);
    if (!gamma || !beta) return false;
    result.gamma = *gamma;
    result.beta = *beta;
    result.mean = static_cast<std::int32_t>(plan.statistics.size());
    append(plan.statistics, floats_of(before->norm->mean));
    result.variance = static_cast<std::int32_t>(plan.statistics.size());
    append(plan.statistics, floats_of(before->norm->variance));
    result.eps = before->norm->eps;
  }
  plan.layers.push_back(result);
  return true;
}

}  // namespace

std::optional<TrialPlan> TrialPlan::of(const nn::Classifier& model, const Tensor& features) {
  require(features.defined() && features.rank() == 2 && features.size(1) == model.inputs(),
          "trial plan: the network takes {} features a row, the data is {}", model.inputs(),
          features.defined() ? features.shape().text() : "undefined");
  constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max() / 4;
  const std::optional<nn::Chain> chain = model.chain();
  if (!chain || !within_width(*chain) || features.dtype() != Dtype::float32 || features.size(0) > kMost) {
    return std::nullopt;
  }

  TrialPlan plan;
  Offsets offsets;
  for (const nn::NamedParameter& parameter : model.parameters()) {
    const Tensor& value = parameter.variable.value();
    if (value.dtype() != Dtype::float32) return std::nullopt;
    offsets.emplace(value.address(), static_cast<std::int32_t>(plan.parameters.size()));
    append(plan.parameters, floats_of(value));
    if (static_cast<std::int64_t>(plan.parameters.size()) > kMost / 4) return std::nullopt;  // packed, they are more
  }
  plan.parameters.resize(static_cast<std::size_t>(padded(static_cast<int>(plan.parameters.size()), 4)));
  for (std::size_t i = 0; i < chain->size(); ++i) {
    if (!add_layer((*chain)[i], i == 0 ? nullptr : &(*chain)[i - 1], offsets, plan)) return std::nullopt;
  }
  plan.hidden = common_width(plan.layers);

  plan.rows = static_cast<int>(features.size(0));
  plan.padded_rows = padded(plan.rows, DeviceRows::kRowTile);
  const auto columns = static_cast<std::size_t>(features.size(1));
  const auto stride = static_cast<std::size_t>(plan.padded_rows);
  plan.x.assign(columns * stride, 0.0F);
  const std::vector<float> values = floats_of(features);
  for (std::size_t row = 0; row < static_cast<std::size_t>(plan.rows); ++row) {
    for (std::size_t column = 0; column < columns; ++column) {
      plan.x[column * stride + row] = values[row * columns + column];
    }
  }
  return plan;
}

std::optional<DeviceObjective> device_objective(const fairness::Objective& objective, int groups) {
  fairness::validate(objective);
  DeviceObjective result;
  const auto bias = objective.bias->of_counts;
  if (groups != 2 || objective.bias->scale != fairness::Measure::Scale::difference) return std::nullopt;
  if (bias == &fairness::statistical_parity_difference) {
    result.bias = DeviceObjective::Bias::spd;
  } else if (bias == &fairness::equal_opportunity_difference) {
    result.bias = DeviceObjective::Bias::eod;
  } else if (bias == &fairness::average_odds_difference) {
    result.bias = DeviceObjective::Bias::aod;
  } else {
    return std::nullopt;
  }
  using OfCounts = fairness::Value (*)(const fairness::GroupCounts&);
  const OfCounts performance = objective.performance->of_counts;
  if (performance == static_cast<OfCounts>(&fairness::accuracy)) {
    result.performance = DeviceObjective::Performance::accuracy;
  } else if (performance == static_cast<OfCounts>(&fairness::balanced_accuracy)) {
    result.performance = DeviceObjective::Performance::balanced_accuracy;
  } else {
    return std::nullopt;
  }
  result.constrained = objective.kind == fairness::Objective::Kind::constrained ? 1 : 0;
  result.empty_as_zero = objective.empty_cell == fairness::EmptyCell::zero ? 1 : 0;
  result.lambda = objective.lambda;
  result.epsilon = objective.epsilon;
  result.worst_bias = objective.bias->worst;
  result.worst_performance = objective.performance->worst;
  result.least_above_one = std::numeric_limits<double>::epsilon();
  return result;
}

std::vector<std::uint8_t> cells_of(const fairness::Outcomes& outcomes) {
  std::vector<std::uint8_t> cells(outcomes.size());
  for (std::size_t i = 0; i < cells.size(); ++i) {
    cells[i] = static_cast<std::uint8_t>(2 * outcomes.groups[i] + outcomes.labels[i]);
  }
  return cells;
}

Cells count_cells(std::span<const std::uint8_t> cells) {
  Cells counts;
  for (const std::uint8_t cell : cells) ++counts.rows[cell];
  return counts;
}

}  // namespace posthoc::debias
