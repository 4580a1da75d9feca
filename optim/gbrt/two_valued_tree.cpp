#include "optim/gbrt/two_valued_tree.h"

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>

#include "base/error.h"

namespace posthoc::optim {
namespace {

using Index = SortedSamples::Index;

constexpr std::size_t kLanes = 4;
constexpr std::size_t kAtOnce = 2;
using Floats [[gnu::vector_size(kLanes * sizeof(float))]] = float;
using Mask [[gnu::vector_size(kLanes * sizeof(float))]] = std::int32_t;

// A node that may be split, and the best split seen so far.
struct Open {
  std::size_t at = 0;  // in the tree's nodes
  std::int64_t count = 0;
  std::int64_t ones = 0;
  double proxy = -std::numeric_limits<double>::infinity();
  std::int32_t feature = -1;
  Index low = 0;  // samples on the two sides of the split
  Index high = 0;
};

// What one sample adds to the counts of up to four nodes, a lane each: 0 in those that it is not in.
struct Step {
  Floats difference;  // m [is one] - B, which sums to m b - k B
  Floats count;
};

class Grower {
 public:
  Grower(const SortedSamples& samples, std::span<const std::uint8_t> ones, const TreeOptions& options)
      : samples_(samples), ones_(ones), options_(options), node_of_(samples.size(), 0), steps_(samples.size()) {}

  RegressionTree grow() {
    std::vector<Open> level;
    open(level, 0, 0);
    for (int depth = 1; !level.empty(); ++depth) {
      for (std::size_t first = 0; first < level.size(); first += kLanes) {
        find_splits(std::span(level).subspan(first, std::min(kLanes, level.size() - first)));
      }
      level = split(level, depth);
    }
    return std::move(tree_);
  }

 private:
  // Sets the node's value, and adds it to the level unless a rule makes it a leaf.
  void open(std::vector<Open>& level, std::size_t at, int depth) {
    Open node{.at = at};
    for (std::size_t i = 0; i < node_of_.size(); ++i) {
      if (node_of_[i] != at) continue;
      ++node.count;
      node.ones += ones_[i];
    }
    tree_.nodes[at].value = static_cast<double>(node.ones) / static_cast<double>(node.count);
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
      const std::span<const float> values = samples_.values(static_cast<std::size_t>(node.feature));
      const double threshold = midpoint(values[node.low], values[node.high]);
      tree_.split(node.at, node.feature, threshold);
      const auto left = static_cast<std::size_t>(tree_.nodes[node.at].left);
      for (std::size_t i = 0; i < node_of_.size(); ++i) {
        if (node_of_[i] == node.at) node_of_[i] = values[i] <= threshold ? left : left + 1;
      }
      open(level, left, depth);
      open(level, left + 1, depth);
    }
    return level;
  }

  void find_splits(std::span<Open> nodes) {
    Floats count{};
    Floats to_beat{};
    for (std::size_t lane = 0; lane < nodes.size(); ++lane) {
      count[lane] = static_cast<float>(nodes[lane].count);
      to_beat[lane] = -1.0F;
    }
    set_steps(nodes);
    std::array<Mask, kAtOnce> better{};
    for (std::size_t turn = 0; turn < samples_.features(); ++turn) {
      const std::size_t feature = feature_at(turn);
      if (turn % kAtOnce == 0) better = beaten(turn, count, to_beat);
      for (std::size_t lane = 0; lane < nodes.size(); ++lane) {
        if (better[turn % kAtOnce][lane] == 0) continue;
        search(nodes[lane], feature);
        // A little less than the best: the exact comparison has the last word.
        if (nodes[lane].feature >= 0) to_beat[lane] = static_cast<float>(nodes[lane].proxy) * (1.0F - 1e-5F);
      }
    }
  }

  // Features are looked at in ascending order from the first one on, and round.
  [[nodiscard]] std::size_t feature_at(std::size_t turn) const {
    return (options_.first_feature + turn) % samples_.features();
  }

  void set_steps(std::span<const Open> nodes) {
    std::fill(steps_.begin(), steps_.end(), Step{});
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      for (std::size_t lane = 0; lane < nodes.size(); ++lane) {
        const Open& node = nodes[lane];
        if (node_of_[i] != node.at) continue;
        steps_[i].difference[lane] = static_cast<float>((ones_[i] != 0 ? node.count : 0) - node.ones);
        steps_[i].count[lane] = 1.0F;
      }
    }
  }

  // For each of some features, from that of turn `first` on, the lanes in which some cut has a larger criterion than
  // `to_beat`. Nearly always none has, and this loop sees so for four nodes at once without a division or a branch: a
  // fit's time goes here. (Several features at once because the sums of one wait for each other.)
  [[nodiscard]] std::array<Mask, kAtOnce> beaten(std::size_t first, const Floats& count, const Floats& to_beat) const {
    std::array<const Index*, kAtOnce> order{};
    for (std::size_t f = 0; f < kAtOnce; ++f) {
      order[f] = samples_.order(feature_at(first + f)).data();
    }
    std::array<Floats, kAtOnce> difference{};
    std::array<Floats, kAtOnce> left{};
    std::array<Mask, kAtOnce> any{};
    for (std::size_t k = 0; k < samples_.size(); ++k) {
      for (std::size_t f = 0; f < kAtOnce; ++f) {
        const Step& step = steps_[order[f][k]];
        difference[f] += step.difference;
        left[f] += step.count;
        any[f] |= difference[f] * difference[f] > left[f] * (count - left[f]) * to_beat;
      }
    }
    return any;
  }

  // Looks for a better split of one node in one feature, exactly.
  void search(Open& node, std::size_t feature) const {
    const std::span<const float> values = samples_.values(feature);
    std::int64_t difference = 0;
    std::int64_t left = 0;
    Index last = 0;
    for (const Index sample : samples_.order(feature)) {
      if (node_of_[sample] != node.at) continue;
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
      difference += (ones_[sample] != 0 ? node.count : 0) - node.ones;
      ++left;
      last = sample;
    }
  }

  const SortedSamples& samples_;
  std::span<const std::uint8_t> ones_;
  TreeOptions options_;
  RegressionTree tree_;
  std::vector<std::size_t> node_of_;  // the node that each sample has come to
  std::vector<Step> steps_;
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
