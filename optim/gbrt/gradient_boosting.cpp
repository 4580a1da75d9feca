#include "optim/gbrt/gradient_boosting.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "base/error.h"
#include "optim/gbrt/two_valued_tree.h"

namespace posthoc::optim {
namespace {

using Loss = BoostingOptions::Loss;

void validate(const BoostingOptions& options) {
  require(options.quantile > 0.0 && options.quantile < 1.0, "boosting: the quantile must lie in (0, 1), got {}",
          options.quantile);
  require(options.trees >= 0, "boosting: the number of trees must not be negative, got {}", options.trees);
  require(std::isfinite(options.learning_rate) && options.learning_rate > 0.0,
          "boosting: the learning rate must be finite and above 0, got {}", options.learning_rate);
  validate(options.tree);
}

void require_quantile(std::span<const double> values, double q) {
  require(!values.empty() && q >= 0.0 && q <= 1.0, "quantile: expected values and q in [0, 1], got {} values and q {}",
          values.size(), q);
}

double initial_value(std::span<const double> target, const BoostingOptions& options) {
  if (options.loss == Loss::quantile) return linear_quantile(target, options.quantile);
  return std::accumulate(target.begin(), target.end(), 0.0) / static_cast<double>(target.size());
}

// Whether y is not above the prediction; the gradient of the quantile loss is q minus this.
std::vector<std::uint8_t> not_above(std::span<const double> target, const std::vector<double>& prediction) {
  std::vector<std::uint8_t> flags(target.size());
  for (std::size_t i = 0; i < target.size(); ++i) flags[i] = target[i] > prediction[i] ? 0 : 1;
  return flags;
}

std::vector<double> residuals(std::span<const double> target, const std::vector<double>& prediction) {
  std::vector<double> all(target.size());
  for (std::size_t i = 0; i < target.size(); ++i) all[i] = target[i] - prediction[i];
  return all;
}

void set_leaves_to_quantiles(RegressionTree& tree, const std::vector<std::size_t>& leaves,
                             const std::vector<double>& residual, double q) {
  std::vector<std::vector<double>> by_leaf(tree.nodes.size());
  for (std::size_t i = 0; i < leaves.size(); ++i) by_leaf[leaves[i]].push_back(residual[i]);
  for (std::size_t leaf = 0; leaf < by_leaf.size(); ++leaf) {
    if (!by_leaf[leaf].empty()) tree.nodes[leaf].value = lower_quantile(by_leaf[leaf], q);
  }
}

TreeOptions options_of_tree(const BoostingOptions& options, std::int64_t t, std::size_t features) {
  TreeOptions tree = options.tree;
  if (options.spread_ties) tree.first_feature += std::size_t{0x9E3779B1} * static_cast<std::size_t>(t);
  tree.first_feature %= features;
  return tree;
}

// Boosting with either way to grow the quantile loss's trees from `not_above`.
using GrowTwoValued = std::function<RegressionTree(const std::vector<std::uint8_t>&, const TreeOptions&)>;

BoostedTrees boost(const SampleRows& rows, std::span<const double> target, const BoostingOptions& options,
                   const GrowTwoValued& grow_two_valued) {
  validate(rows, target);
  BoostedTrees model{initial_value(target, options), options.learning_rate, {}};
  std::vector<double> prediction(target.size(), model.initial);
  std::vector<std::size_t> leaves(target.size());
  for (std::int64_t t = 0; t < options.trees; ++t) {
    const TreeOptions growing = options_of_tree(options, t, rows.features);
    const std::vector<double> residual = residuals(target, prediction);
    RegressionTree tree = options.loss == Loss::quantile ? grow_two_valued(not_above(target, prediction), growing)
                                                         : fit_tree(rows, residual, growing);
    for (std::size_t i = 0; i < leaves.size(); ++i) leaves[i] = tree.leaf(rows.row(i));
    if (options.loss == Loss::quantile) set_leaves_to_quantiles(tree, leaves, residual, options.quantile);
    for (std::size_t i = 0; i < leaves.size(); ++i) {
      prediction[i] += options.learning_rate * tree.nodes[leaves[i]].value;
    }
    model.trees.push_back(std::move(tree));
  }
  return model;
}

}  // namespace

double BoostedTrees::predict(std::span<const float> row) const {
  double sum = initial;
  for (const RegressionTree& tree : trees) sum += learning_rate * tree.predict(row);
  return sum;
}

BoostedTrees fit_boosted_trees(const SampleRows& rows, std::span<const double> target, const BoostingOptions& options) {
  validate(options);
  return boost(rows, target, options, [&](const std::vector<std::uint8_t>& ones, const TreeOptions& tree) {
    return fit_tree(rows, std::vector<double>(ones.begin(), ones.end()), tree);
  });
}

BoostedTrees fit_boosted_trees(const SampleRows& rows, const SortedSamples& sorted, std::span<const double> target,
                               const BoostingOptions& options) {
  validate(options);
  require(options.loss == Loss::quantile, "boosting: sorted samples serve the quantile loss alone");
  require(sorted.size() == rows.size() && sorted.features() == rows.features,
          "boosting: the sorted samples are [{}, {}], the rows [{}, {}]", sorted.size(), sorted.features(), rows.size(),
          rows.features);
  return boost(rows, target, options, [&](const std::vector<std::uint8_t>& ones, const TreeOptions& tree) {
    return fit_two_valued_tree(sorted, ones, tree);
  });
}

// Both quantiles reach q through a percentage, as NumPy and scikit-learn do: q n itself may round to the other side of
// a whole number.
double linear_quantile(std::span<const double> values, double q) {
  require_quantile(values, q);
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  const double place = 100.0 * q / 100.0 * static_cast<double>(sorted.size() - 1);
  const auto at = static_cast<std::size_t>(place);
  const double low = sorted[at];
  const double high = sorted[std::min(at + 1, sorted.size() - 1)];
  const double share = place - std::floor(place);
  return share < 0.5 ? low + share * (high - low) : high - (1.0 - share) * (high - low);
}

double lower_quantile(std::span<const double> values, double q) {
  require_quantile(values, q);
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  const double wanted = 100.0 * q / 100.0 * static_cast<double>(sorted.size());
  const auto place = static_cast<std::size_t>(std::max(1.0, std::ceil(wanted)));
  return sorted[std::min(place, sorted.size()) - 1];
}

}  // namespace posthoc::optim
