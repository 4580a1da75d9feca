#include "optim/gbrt/two_valued_tree.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "base/error.h"

namespace posthoc::optim {
namespace {

using Index = SortedSamples::Index;

// A node of the level that is being split, and the best split seen so far.
struct Open {
  std::size_t at = 0;     // in the tree's nodes
  std::size_t begin = 0;  // its samples' place in every feature's order
  std::int64_t count = 0;
  std::int64_t ones = 0;
  double proxy = -std::numeric_limits<double>::infinity();
  double hopeless = -1.0;  // a proxy below this is not the best; -1 leaves none out
  std::int32_t feature = -1;
  std::int64_t left_count = 0;
  Index low = 0;  // samples on the two sides of the split
  Index high = 0;
};

class Grower {
 public:
  Grower(const SortedSamples& samples, std::span<const std::uint8_t> ones, const TreeOptions& options)
      : samples_(samples),
        ones_(ones),
        options_(options),
        order_(samples.features() * samples.size()),
        step_(samples.size()),
        goes_left_(samples.size()),
        side_(samples.size()) {}

  RegressionTree grow() {
    const std::size_t n = samples_.size();
    const auto total = static_cast<std::int64_t>(std::accumulate(ones_.begin(), ones_.end(), std::size_t{0}));
    for (std::size_t f = 0; f < samples_.features(); ++f) {
      const std::span<const Index> order = samples_.order(f);
      std::copy(order.begin(), order.end(), order_.begin() + static_cast<std::ptrdiff_t>(f * n));
    }
    std::vector<Open> level;
    open(level, {.at = 0, .begin = 0, .count = static_cast<std::int64_t>(n), .ones = total}, 0);
    for (std::size_t f = 0; f < samples_.features(); ++f) scan(level, f);
    for (int depth = 1; !level.empty(); ++depth) level = next_level(level, depth);
    return std::move(tree_);
  }

 private:
  // Makes the node a leaf if a rule says so, else one of the level.
  void open(std::vector<Open>& level, Open node, int depth) {
    tree_.nodes[node.at].value = static_cast<double>(node.ones) / static_cast<double>(node.count);
    const bool pure = node.ones == 0 || node.ones == node.count;
    if (pure || depth >= options_.max_depth || node.count < options_.min_samples_split ||
        node.count < 2 * options_.min_samples_leaf) {
      return;
    }
    for_samples(node, 0, [&](Index sample) {
      step_[sample] = static_cast<std::int32_t>((ones_[sample] != 0 ? node.count : 0) - node.ones);
    });
    level.push_back(node);
  }

  // Splits the nodes of a level by what `scan` found, and scans their children.
  std::vector<Open> next_level(const std::vector<Open>& parents, int depth) {
    std::vector<Open> split;
    for (const Open& node : parents) {
      if (node.feature < 0) continue;
      split.push_back(node);
      const std::span<const float> values = samples_.values(static_cast<std::size_t>(node.feature));
      const double threshold = midpoint(values[node.low], values[node.high]);
      tree_.split(node.at, node.feature, threshold);
      for_samples(node, 0, [&](Index sample) { goes_left_[sample] = values[sample] <= threshold ? 1 : 0; });
    }
    if (split.empty()) return {};
    partition(split, 0);
    std::vector<Open> level;
    for (const Open& node : split) open_children(level, node, depth);
    if (level.empty()) return {};
    scan(level, 0);
    for (std::size_t f = 1; f < samples_.features(); ++f) {
      partition(split, f);
      scan(level, f);
    }
    return level;
  }

  void open_children(std::vector<Open>& level, const Open& node, int depth) {
    const RegressionTree::Node& children = tree_.nodes[node.at];
    Open left{.at = static_cast<std::size_t>(children.left), .begin = node.begin, .count = node.left_count};
    for_samples(left, 0, [&](Index sample) { left.ones += ones_[sample]; });
    const Open right{.at = static_cast<std::size_t>(children.right),
                     .begin = node.begin + static_cast<std::size_t>(node.left_count),
                     .count = node.count - node.left_count,
                     .ones = node.ones - left.ones};
    open(level, left, depth);
    open(level, right, depth);
  }

  template <typename Use>
  void for_samples(const Open& node, std::size_t feature, const Use& use) const {
    const Index* order = order_.data() + feature * samples_.size() + node.begin;
    for (std::int64_t k = 0; k < node.count; ++k) use(order[k]);
  }

  // Puts a feature's samples of each node in two parts, left and right, each in the order it was.
  void partition(const std::vector<Open>& nodes, std::size_t feature) {
    for (const Open& node : nodes) {
      Index* order = order_.data() + feature * samples_.size() + node.begin;
      Index* left = order;
      Index* right = side_.data();
      for (std::int64_t k = 0; k < node.count; ++k) {
        const Index sample = order[k];
        const std::uint8_t goes_left = goes_left_[sample];
        *left = sample;  // both written and one kept: no branch that could be mispredicted
        *right = sample;
        left += goes_left;
        right += 1 - goes_left;
      }
      std::copy(side_.data(), right, left);
    }
  }

  void scan(std::vector<Open>& level, std::size_t feature) {
    for (Open& node : level) {
      if (samples_.all_separated(feature)) {
        scan<true>(node, feature);
      } else {
        scan<false>(node, feature);
      }
    }
  }

  template <bool separated_everywhere>
  void scan(Open& node, std::size_t feature) {
    const Index* order = order_.data() + feature * samples_.size() + node.begin;
    const float* values = samples_.values(feature).data();
    const std::int32_t* step = step_.data();
    const std::int64_t least = options_.min_samples_leaf;
    const auto m = static_cast<double>(node.count);
    std::int64_t difference = 0;
    for (std::int64_t k = 1; k < least; ++k) difference += step[order[k - 1]];
    for (std::int64_t k = least; k <= node.count - least; ++k) {
      difference += step[order[k - 1]];
      const auto d = static_cast<double>(difference);
      const auto left = static_cast<double>(k);
      const double product = left * (m - left);
      if (d * d < node.hopeless * product) continue;  // no division for nearly all
      if (!separated_everywhere && !separated(values[order[k - 1]], values[order[k]])) continue;
      const double proxy = d * d / product;
      if (proxy <= node.proxy) continue;
      node.proxy = proxy;
      node.hopeless = proxy * (1 - 1e-12);
      node.feature = static_cast<std::int32_t>(feature);
      node.left_count = k;
      node.low = order[k - 1];
      node.high = order[k];
    }
  }

  const SortedSamples& samples_;
  std::span<const std::uint8_t> ones_;
  TreeOptions options_;
  RegressionTree tree_;
  std::vector<Index> order_;             // by feature; each node's samples stand together
  std::vector<std::int32_t> step_;       // what a sample adds to its node's difference: m [is one] - B
  std::vector<std::uint8_t> goes_left_;  // by the split of its node
  std::vector<Index> side_;
};

}  // namespace

RegressionTree fit_two_valued_tree(const SortedSamples& samples, std::span<const std::uint8_t> ones,
                                   const TreeOptions& options) {
  validate(options);
  require(samples.size() >= 1 && ones.size() == samples.size(),
          "tree: expected at least one sample and a target for each, got {} and {}", samples.size(), ones.size());
  require(std::all_of(ones.begin(), ones.end(), [](std::uint8_t one) { return one <= 1; }),
          "tree: a target is neither 0 nor 1");
  return Grower(samples, ones, options).grow();
}

}  // namespace posthoc::optim
