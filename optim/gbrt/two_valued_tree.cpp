#include "optim/gbrt/two_valued_tree.h"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>
#include <utility>

#include "base/error.h"
#include "optim/gbrt/split_filter.h"

namespace posthoc::optim {
namespace {

using Index = SortedSamples::Index;

// A tree that grows.
struct Growing {
  std::span<const std::uint8_t> ones;
  std::vector<std::size_t> node_of;  // the node that each sample has come to
  RegressionTree tree;
};

// A node that may be split, and the best split seen so far.
struct Open {
  Growing* of = nullptr;
  std::size_t at = 0;  // in the tree's nodes
  std::int64_t count = 0;
  std::int64_t ones = 0;
  double proxy = -std::numeric_limits<double>::infinity();
  std::int32_t feature = -1;
  Index low = 0;  // samples on the two sides of the split
  Index high = 0;
};

// Grows several trees level by level, so that a pass over the features' orders serves the nodes of all of them.
class Grower {
 public:
  Grower(const SortedSamples& samples, std::span<const std::vector<std::uint8_t>> ones, const TreeOptions& options)
      : samples_(samples), options_(options), steps_(samples.size()) {
    for (const std::vector<std::uint8_t>& of_tree : ones) {
      trees_.push_back({of_tree, std::vector<std::size_t>(samples.size(), 0), {}});
    }
  }

  std::vector<RegressionTree> grow() {
    std::vector<Open> level;
    for (Growing& tree : trees_) open(level, tree, 0, 0);
    for (int depth = 1; !level.empty(); ++depth) {
      for (std::size_t first = 0; first < level.size(); first += kFilterLanes) {
        find_splits(std::span(level).subspan(first, std::min(kFilterLanes, level.size() - first)));
      }
      level = split(level, depth);
    }
    std::vector<RegressionTree> grown;
    for (Growing& tree : trees_) grown.push_back(std::move(tree.tree));
    return grown;
  }

 private:
  // Sets the node's value, and adds it to the level unless a rule makes it a leaf.
  void open(std::vector<Open>& level, Growing& of, std::size_t at, int depth) {
    Open node{.of = &of, .at = at};
    for (std::size_t i = 0; i < of.node_of.size(); ++i) {
      if (of.node_of[i] != at) continue;
      ++node.count;
      node.ones += of.ones[i];
    }
    of.tree.nodes[at].value = static_cast<double>(node.ones) / static_cast<double>(node.count);
    const bool pure = node.ones == 0 || node.ones == node.count;
    if (!pure && depth < options_.max_depth && node.count >= options_.min_samples_split &&
        node.count >= 2 * options_.min_samples_leaf) {
      level.push_back(node);
    }
  }

  std::vector<Open> split(const std::vector<Open>& parents, int depth) {
    std::vector<Open> level;
    for (const Open& node : parents) {
      if (node.feature < 0) continue;
      Growing& of = *node.of;
      const std::span<const float> values = samples_.values(static_cast<std::size_t>(node.feature));
      const double threshold = midpoint(values[node.low], values[node.high]);
      of.tree.split(node.at, node.feature, threshold);
      const auto left = static_cast<std::size_t>(of.tree.nodes[node.at].left);
      for (std::size_t i = 0; i < of.node_of.size(); ++i) {
        if (of.node_of[i] == node.at) of.node_of[i] = values[i] <= threshold ? left : left + 1;
      }
      open(level, of, left, depth);
      open(level, of, left + 1, depth);
    }
    return level;
  }

  void find_splits(std::span<Open> nodes) {
    FilterNodes known{.size = nodes.size()};
    for (std::size_t lane = 0; lane < nodes.size(); ++lane) {
      known.count[lane] = static_cast<float>(nodes[lane].count);
      known.to_beat[lane] = -1.0F;
    }
    set_steps(nodes);
    std::array<std::uint32_t, kFilterAtOnce> beaten{};
    std::size_t perfect = 0;
    for (std::size_t turn = 0; turn < samples_.features() && perfect < nodes.size(); ++turn) {
      const std::size_t feature = feature_at(turn);
      if (turn % kFilterAtOnce == 0) {
        std::array<const Index*, kFilterAtOnce> orders{};
        for (std::size_t f = 0; f < kFilterAtOnce; ++f) orders[f] = samples_.order(feature_at(turn + f)).data();
        beaten = lanes_beaten(orders, samples_.size(), steps_.data(), known);
      }
      for (std::uint32_t lanes = beaten[turn % kFilterAtOnce]; lanes != 0; lanes &= lanes - 1) {
        const auto lane = static_cast<std::size_t>(std::countr_zero(lanes));
        if (is_perfect(nodes[lane])) continue;  // since the other feature of the two
        search(nodes[lane], feature);
        if (nodes[lane].feature < 0) continue;
        known.to_beat[lane] = to_beat(nodes[lane]);
        perfect += is_perfect(nodes[lane]) ? 1 : 0;
      }
    }
  }

  // Whether the split parts the ones from the others: it has the largest criterion that there is, B (m - B).
  [[nodiscard]] static bool is_perfect(const Open& node) {
    return node.proxy == static_cast<double>(node.ones * (node.count - node.ones));
  }

  // What a criterion in float32 has to be above for the exact comparison, which has the last word, to be asked. A
  // little less than the best so far. But in a node of few samples many features tie, and of up to 16 samples two
  // different criteria, fractions a / b of integers with b <= m^2 / 4 and a / b <= m^2 / 4, are never as near as 4^3 /
  // m^6 of their size: there a little more than the best rules the ties out, and nothing else.
  [[nodiscard]] static float to_beat(const Open& node) {
    if (is_perfect(node)) return std::numeric_limits<float>::infinity();
    constexpr std::int64_t kFew = 16;
    return static_cast<float>(node.proxy) * (node.count <= kFew ? 1.0F + 1e-6F : 1.0F - 1e-5F);
  }

  // Features are looked at in ascending order from the first one on, and round.
  [[nodiscard]] std::size_t feature_at(std::size_t turn) const {
    return (options_.first_feature + turn) % samples_.features();
  }

  void set_steps(std::span<const Open> nodes) {
    std::fill(steps_.begin(), steps_.end(), FilterStep{});
    for (std::size_t lane = 0; lane < nodes.size(); ++lane) {
      const Open& node = nodes[lane];
      for (std::size_t i = 0; i < steps_.size(); ++i) {
        if (node.of->node_of[i] != node.at) continue;
        steps_[i].difference[lane] = static_cast<float>((node.of->ones[i] != 0 ? node.count : 0) - node.ones);
        steps_[i].count[lane] = 1.0F;
      }
    }
  }

  // Looks for a better split of one node in one feature, exactly.
  void search(Open& node, std::size_t feature) const {
    const std::span<const float> values = samples_.values(feature);
    const std::vector<std::size_t>& node_of = node.of->node_of;
    const std::span<const std::uint8_t> ones = node.of->ones;
    std::int64_t difference = 0;
    std::int64_t left = 0;
    Index last = 0;
    for (const Index sample : samples_.order(feature)) {
      if (node_of[sample] != node.at) continue;
      if (left >= options_.min_samples_leaf && node.count - left >= options_.min_samples_leaf &&
          separated(values[last], values[sample])) {
        const auto d = static_cast<double>(difference);
        const double proxy = d * d / static_cast<double>(left * (node.count - left));
        if (proxy > node.proxy) {
          node.proxy = proxy;
          node.feature = static_cast<std::int32_t>(feature);
          node.low = last;
          node.high = sample;
        }
      }
      difference += (ones[sample] != 0 ? node.count : 0) - node.ones;
      ++left;
      last = sample;
    }
  }

  const SortedSamples& samples_;
  TreeOptions options_;
  std::vector<Growing> trees_;
  std::vector<FilterStep> steps_;
};

}  // namespace

std::vector<RegressionTree> fit_two_valued_trees(const SortedSamples& samples,
                                                 std::span<const std::vector<std::uint8_t>> ones,
                                                 const TreeOptions& options) {
  validate(options);
  for (const std::vector<std::uint8_t>& of_tree : ones) {
    require(samples.size() >= 1 && of_tree.size() == samples.size(),
            "tree: expected at least one sample and a target for each, got {} and {}", samples.size(), of_tree.size());
    require(std::all_of(of_tree.begin(), of_tree.end(), [](std::uint8_t one) { return one <= 1; }),
            "tree: a target is neither 0 nor 1");
  }
  return Grower(samples, ones, options).grow();
}

RegressionTree fit_two_valued_tree(const SortedSamples& samples, const std::vector<std::uint8_t>& ones,
                                   const TreeOptions& options) {
  return std::move(fit_two_valued_trees(samples, {&ones, 1}, options).front());
}

}  // namespace posthoc::optim
