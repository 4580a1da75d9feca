#pragma once

#include <optional>
#include <span>
#include <vector>

#include "debias/fused/cuda/device_objective.h"
#include "debias/fused/cuda/layers.h"

// Also included where nvcc compiles the kernels, which has no use for more than the names of these.
namespace posthoc {
class Tensor;
}
namespace posthoc::nn {
class Classifier;
}
namespace posthoc::fairness {
struct Objective;
struct Outcomes;
}  // namespace posthoc::fairness

namespace posthoc::debias {

/// A network, rows and an objective as the kernels of debias/fused/cuda take them: plain arrays on the host, ready to
/// be copied. It needs no device.
struct TrialPlan {
  std::vector<DeviceLayer> layers;
  std::vector<float> parameters;  ///< all of the network's, in their order, then zeros to a multiple of 4
  std::vector<float> statistics;  ///< running means and variances
  int packed_count = 0;           ///< floats of one trial's folded layers, a multiple of 4
  int width = 0;                  ///< the largest stride of a layer
  int hidden = 0;                 ///< outputs of every hidden layer; 0 if they differ or there are none

  std::vector<float> x;  ///< [feature][row], rows filled up with zeros to padded_rows
  int rows = 0;
  int padded_rows = 0;

  /// Nothing if the kernels do not take this network: they take what the host's fused pass does
  /// (debias/fused/network.h) as long as every layer's tensors are parameters of the network. Tensors may lie on any
  /// device. Throws `Error` unless features are [n, model.inputs()].
  static std::optional<TrialPlan> of(const nn::Classifier& model, const Tensor& features);
};

/// The objective as the sweep kernel takes it; nothing for other measures or groups than it knows (spd, eod and aod of
/// two groups; accuracy and balanced accuracy).
std::optional<DeviceObjective> device_objective(const fairness::Objective& objective, int groups);

/// 2 * group + label of each row, and how many rows have each.
std::vector<std::uint8_t> cells_of(const fairness::Outcomes& outcomes);
Cells count_cells(std::span<const std::uint8_t> cells);

}  // namespace posthoc::debias
