#include "study/published.h"

#include <algorithm>
#include <cmath>

#include "autograd/variable.h"
#include "base/error.h"
#include "tensor/ops.h"

namespace posthoc::study {

using debias::kPrivileged;
using debias::kUnprivileged;

fairness::GroupCounts turned_round(const fairness::GroupCounts& counts) {
  fairness::GroupCounts turned(counts.groups());
  for (int group = 0; group < counts.groups(); ++group) {
    const fairness::CellCounts& cells = counts[group];
    turned.add(group, {.tp = cells.tn, .fp = cells.fn, .tn = cells.tp, .fn = cells.fp});
  }
  return turned;
}

std::shared_ptr<const nn::Mlp> turned_round(const nn::Mlp& network) {
  auto turned = std::dynamic_pointer_cast<nn::Mlp>(network.clone());
  std::vector<nn::NamedParameter> last = turned->stages().back().linear;
  for (nn::NamedParameter& parameter : last) {
    parameter.variable.mutable_value() = mul(parameter.variable.value(), parameter.variable.value().full_like(-1.0));
  }
  return turned;
}

std::array<double, 2> odds_on_labels(const fairness::GroupCounts& labels) {
  require(labels.groups() == 2, "equalized odds on labels: expected two groups, got {}", labels.groups());
  std::array<double, 2> ratio{};
  for (const int group : {kUnprivileged, kPrivileged}) {
    const double base_rate = fairness::base_rate(labels, group).number();
    require(base_rate > 0.0, "equalized odds on labels: group {} has no favourable labels", group);
    ratio[static_cast<std::size_t>(group)] = base_rate / (labels[group].n() / labels.total().n());
  }
  const double smaller = std::min(ratio[0], ratio[1]);
  return {smaller / ratio[0], smaller / ratio[1]};
}

fairness::GroupCounts decide_on_labels(const fairness::GroupCounts& labels, const std::array<double, 2>& shares) {
  fairness::GroupCounts decided = labels;
  for (const int group : {kUnprivileged, kPrivileged}) {
    const double flipped = std::floor(labels[group].positives() * (1.0 - shares[static_cast<std::size_t>(group)]));
    decided.add(group, {.tp = -flipped, .fn = flipped});
  }
  return decided;
}

std::vector<double> training_mode_scores(const nn::Classifier& network, const Tensor& x, std::uint64_t seed) {
  const NoGrad no_graph;
  const std::shared_ptr<nn::Classifier> copy = network.clone_classifier();  // running statistics move
  copy->train();
  copy->restart_draws(seed);
  return copy->forward(Variable(x)).value().to_vector();
}

}  // namespace posthoc::study
