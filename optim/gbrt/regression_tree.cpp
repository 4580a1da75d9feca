#include "optim/gbrt/regression_tree.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/error.h"

namespace posthoc::optim {
namespace {

struct Split {
  std::int32_t feature = -1;
  double threshold = 0.0;
  double proxy = -std::numeric_limits<double>::infinity();
};

class Grower {
 public:
  Grower(const SampleRows& rows, std::span<const double> target, const TreeOptions& options)
      : rows_(rows), target_(target), options_(options) {}

  RegressionTree grow() {
    std::vector<std::size_t> all(rows_.size());
    std::iota(all.begin(), all.end(), 0);
    grow(0, all, 0);
    return std::move(tree_);
  }

 private:
  void grow(std::size_t at, std::vector<std::size_t>& members, int depth) {
    const Split split = leaf_by_rule(members, depth) ? Split() : best_split(members);
    if (split.feature < 0) {
      tree_.nodes[at].value = mean(members);
      return;
    }
    tree_.split(at, split.feature, split.threshold);
    std::vector<std::size_t> left;
    std::vector<std::size_t> right;
    for (const std::size_t i : members) (value(i, split.feature) <= split.threshold ? left : right).push_back(i);
    const RegressionTree::Node node = tree_.nodes[at];
    grow(static_cast<std::size_t>(node.left), left, depth + 1);
    grow(static_cast<std::size_t>(node.right), right, depth + 1);
  }

  [[nodiscard]] bool leaf_by_rule(const std::vector<std::size_t>& members, int depth) const {
    const auto n = static_cast<std::int64_t>(members.size());
    if (depth >= options_.max_depth || n < options_.min_samples_split || n < 2 * options_.min_samples_leaf) return true;
    double squares = 0.0;
    for (const std::size_t i : members) squares += target_[i] * target_[i];
    const double m = mean(members);
    return squares / static_cast<double>(n) - m * m <= std::numeric_limits<double>::epsilon();
  }

  [[nodiscard]] double mean(const std::vector<std::size_t>& members) const {
    double sum = 0.0;
    for (const std::size_t i : members) sum += target_[i];
    return sum / static_cast<double>(members.size());
  }

  [[nodiscard]] float value(std::size_t row, std::int32_t feature) const {
    return rows_.values[row * rows_.features + static_cast<std::size_t>(feature)];
  }

  [[nodiscard]] Split best_split(std::vector<std::size_t>& members) const {
    Split best;
    for (std::size_t turn = 0; turn < rows_.features; ++turn) {
      const auto feature = static_cast<std::int32_t>((options_.first_feature + turn) % rows_.features);
      std::sort(members.begin(), members.end(), [&](std::size_t a, std::size_t b) {
        return value(a, feature) != value(b, feature) ? value(a, feature) < value(b, feature) : a < b;
      });
      double total = 0.0;
      for (const std::size_t i : members) total += target_[i];
      double left = 0.0;
      for (std::size_t k = 1; k < members.size(); ++k) {
        left += target_[members[k - 1]];
        const float low = value(members[k - 1], feature);
        const float high = value(members[k], feature);
        const std::size_t smaller = std::min(k, members.size() - k);
        if (!separated(low, high) || static_cast<std::int64_t>(smaller) < options_.min_samples_leaf) continue;
        const auto n_left = static_cast<double>(k);
        const auto n_right = static_cast<double>(members.size() - k);
        const double difference = n_right * left - n_left * (total - left);
        const double proxy = difference * difference / (n_left * n_right);
        if (proxy > best.proxy) best = {feature, midpoint(low, high), proxy};
      }
    }
    return best;
  }

  SampleRows rows_;
  std::span<const double> target_;
  TreeOptions options_;
  RegressionTree tree_;
};

}  // namespace

std::size_t RegressionTree::leaf(std::span<const float> row) const {
  std::size_t at = 0;
  while (nodes[at].feature >= 0) {
    const Node& node = nodes[at];
    const bool left = row[static_cast<std::size_t>(node.feature)] <= node.threshold;
    at = static_cast<std::size_t>(left ? node.left : node.right);
  }
  return at;
}

void RegressionTree::split(std::size_t at, std::int32_t feature, double threshold) {
  const auto left = static_cast<std::int32_t>(nodes.size());
  nodes[at] = {feature, left, left + 1, threshold, 0.0};
  nodes.resize(nodes.size() + 2);
}

void validate(const TreeOptions& options) {
  require(options.max_depth >= 0 && options.max_depth <= 30, "tree: max_depth must lie in [0, 30], got {}",
          options.max_depth);
  require(options.min_samples_split >= 2, "tree: min_samples_split must be at least 2, got {}",
          options.min_samples_split);
  require(options.min_samples_leaf >= 1, "tree: min_samples_leaf must be at least 1, got {}", options.min_samples_leaf);
}

void validate(const SampleRows& rows, std::span<const double> target) {
  require(rows.features >= 1 && !target.empty() && rows.values.size() == rows.features * target.size(),
          "tree: expected at least one row of at least one feature and a target for each, got {} values of {} features "
          "and {} targets",
          rows.values.size(), rows.features, target.size());
  require(std::all_of(rows.values.begin(), rows.values.end(), [](float x) { return std::isfinite(x); }),
          "tree: a feature is not finite");
  require(std::all_of(target.begin(), target.end(), [](double y) { return std::isfinite(y); }),
          "tree: a target is not finite");
}

double midpoint(float low, float high) {
  const double middle = low / 2.0 + high / 2.0;
  return middle == static_cast<double>(high) ? static_cast<double>(low) : middle;
}

RegressionTree fit_tree(const SampleRows& rows, std::span<const double> target, const TreeOptions& options) {
  validate(options);
  validate(rows, target);
  return Grower(rows, target, options).grow();
}

}  // namespace posthoc::optim
