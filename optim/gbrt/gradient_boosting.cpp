#include "optim/gbrt/gradient_boosting.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

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

// A model between two of its trees.
class Boosting {
 public:
  Boosting(const SampleRows& rows, std::span<const double> target, const BoostingOptions& options)
      : rows_(rows),
        target_(target),
        options_(options),
        model_{initial_value(target, options), options.learning_rate, {}},
        prediction_(target.size(), model_.initial),
        leaves_(target.size()) {}

  [[nodiscard]] std::vector<std::uint8_t> ones() const { return not_above(target_, prediction_); }
  [[nodiscard]] std::vector<double> residual() const { return residuals(target_, prediction_); }
  [[nodiscard]] TreeOptions next_options() const {
    return options_of_tree(options_, static_cast<std::int64_t>(model_.trees.size()), rows_.features);
  }

  // Takes the tree that was grown from `ones` or `residual`.
  void add(RegressionTree tree) {
    for (std::size_t i = 0; i < leaves_.size(); ++i) leaves_[i] = tree.leaf(rows_.row(i));
    if (options_.loss == Loss::quantile) set_leaves_to_quantiles(tree, leaves_, residual(), options_.quantile);
    for (std::size_t i = 0; i < leaves_.size(); ++i) {
      prediction_[i] += options_.learning_rate * tree.nodes[leaves_[i]].value;
    }
    model_.trees.push_back(std::move(tree));
  }

  BoostedTrees model() && { return std::move(model_); }

 private:
  const SampleRows& rows_;
  std::span<const double> target_;
  const BoostingOptions& options_;
  BoostedTrees model_;
  std::vector<double> prediction_;
  std::vector<std::size_t> leaves_;
};

}  // namespace

double BoostedTrees::predict(std::span<const float> row) const {
  double sum = initial;
  for (const RegressionTree& tree : trees) sum += learning_rate * tree.predict(row);
  return sum;
}

BoostedTrees fit_boosted_trees(const SampleRows& rows, std::span<const double> target, const BoostingOptions& options) {
  validate(options);
  validate(rows, target);
  Boosting boosting(rows, target, options);
  for (std::int64_t t = 0; t < options.trees; ++t) {
    std::vector<double> targets = boosting.residual();
    if (options.loss == Loss::quantile) {
      const std::vector<std::uint8_t> ones = boosting.ones();
      targets.assign(ones.begin(), ones.end());
    }
    boosting.add(fit_tree(rows, targets, boosting.next_options()));
  }
  return std::move(boosting).model();
}

std::vector<BoostedTrees> fit_boosted_quantiles(const SampleRows& rows, const SortedSamples& sorted,
                                                std::span<const double> target, std::span<const double> quantiles,
                                                const BoostingOptions& options) {
  std::vector<BoostingOptions> options_of(quantiles.size(), options);
  for (std::size_t q = 0; q < quantiles.size(); ++q) {
    options_of[q].quantile = quantiles[q];
    validate(options_of[q]);
  }
  require(options.loss == Loss::quantile, "boosting: sorted samples serve the quantile loss alone");
  require(sorted.size() == rows.size() && sorted.features() == rows.features,
          "boosting: the sorted samples are [{}, {}], the rows [{}, {}]", sorted.size(), sorted.features(), rows.size(),
          rows.features);
  validate(rows, target);
  std::vector<Boosting> all;
  for (const BoostingOptions& of : options_of) all.emplace_back(rows, target, of);
  for (std::int64_t t = 0; t < options.trees; ++t) {
    std::vector<std::vector<std::uint8_t>> ones;
    for (const Boosting& boosting : all) ones.push_back(boosting.ones());
    // Which feature a tree looks at first depends on its number alone, so all can look in the same order.
    std::vector<RegressionTree> trees = fit_two_valued_trees(sorted, ones, options_of_tree(options, t, rows.features));
    for (std::size_t q = 0; q < all.size(); ++q) all[q].add(std::move(trees[q]));
  }
  std::vector<BoostedTrees> models;
  for (Boosting& boosting : all) models.push_back(std::move(boosting).model());
  return models;
}

BoostedTrees fit_boosted_trees(const SampleRows& rows, const SortedSamples& sorted, std::span<const double> target,
                               const BoostingOptions& options) {
  return std::move(fit_boosted_quantiles(rows, sorted, target, {&options.quantile, 1}, options).front());
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
