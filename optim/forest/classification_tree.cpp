#include "optim/forest/classification_tree.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "base/error.h"
#include "base/philox_block.h"

namespace posthoc::optim {
namespace {

constexpr int kHalf = 32;

double weight_of(std::uint64_t packed) { return static_cast<double>(packed & 0xFFFFFFFFU); }
double ones_of(std::uint64_t packed) { return static_cast<double>(packed >> kHalf); }

bool pure(std::uint64_t packed) {
  const std::uint64_t ones = packed >> kHalf;
  return ones == 0 || ones == (packed & 0xFFFFFFFFU);
}

// Whether going through all values of a feature costs more than sorting the few members.
bool few(std::size_t members, std::size_t values) { return values > 16 && members * 8 < values; }

}  // namespace

SplitFeatures::SplitFeatures(const RandomStream& stream, std::size_t node, std::size_t features,
                             std::vector<std::int32_t>& order)
    : stream_(stream), block_(static_cast<std::uint64_t>(node) * ((features + 1) / 2)), order_(order) {
  order_.resize(features);
  std::iota(order_.begin(), order_.end(), 0);
}

std::int32_t SplitFeatures::next() {
  std::uint64_t bits = spare_;
  if (given_ % 2 == 0) {
    const RandomWords words = philox_block(stream_, block_++);
    bits = std::uint64_t{words.v[0]} << 32 | words.v[1];
    spare_ = std::uint64_t{words.v[2]} << 32 | words.v[3];
  }
  std::swap(order_[given_], order_[given_ + below(bits, order_.size() - given_)]);
  return order_[given_++];
}

ClassificationTreeGrower::ClassificationTreeGrower(const RankedSamples& samples, std::span<const std::uint8_t> labels)
    : samples_(samples), labels_(labels), histogram_(samples.most_values(), 0) {
  require(labels.size() == samples.size(), "classification tree: expected a label for each of {} samples, got {}",
          samples.size(), labels.size());
  require(std::all_of(labels.begin(), labels.end(), [](std::uint8_t label) { return label <= 1; }),
          "classification tree: the labels must be 0 or 1");
}

RegressionTree ClassificationTreeGrower::grow(std::span<const std::uint32_t> weights,
                                              const ClassificationTreeOptions& options, const RandomStream& stream) {
  require(weights.size() == samples_.size(), "classification tree: expected a weight for each of {} samples, got {}",
          samples_.size(), weights.size());
  require(options.features_per_split <= samples_.features(),
          "classification tree: features_per_split must lie in [0, {}], got {}", samples_.features(),
          options.features_per_split);
  require(options.max_depth >= ClassificationTreeOptions::kNoLimit,
          "classification tree: max_depth must be at least 0, or kNoLimit, got {}", options.max_depth);
  const std::uint64_t sum = std::accumulate(weights.begin(), weights.end(), std::uint64_t{0});
  require(sum >= 1 && sum <= std::numeric_limits<std::int32_t>::max(),
          "classification tree: the weights' sum must lie in [1, 2^31 - 1], got {}", sum);

  members_.clear();
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (weights[i] == 0) continue;
    const Packed ones = labels_[i] != 0 ? Packed{weights[i]} << kHalf : 0;
    members_.push_back({static_cast<std::uint32_t>(i), ones | weights[i]});
  }
  RegressionTree tree;
  std::vector<Open> open{{0, 0, members_.size(), 0}};
  while (!open.empty()) {
    const Open at = open.back();
    open.pop_back();
    const std::span<Member> members(members_.data() + at.begin, at.end - at.begin);
    Packed total = 0;
    for (const Member& member : members) total += member.count;
    Split split;
    if (at.depth != options.max_depth && !pure(total)) split = best_split(members, total, at.node, options, stream);
    if (split.feature < 0) {
      tree.nodes[at.node].value = ones_of(total) / weight_of(total);
      continue;
    }
    tree.split(at.node, split.feature, split.threshold);
    // Both sides keep their order, so that memory is walked through in one direction.
    const auto ranks = samples_.ranks(static_cast<std::size_t>(split.feature));
    right_.clear();
    std::size_t middle = at.begin;
    for (const Member& member : members) {
      if (ranks[member.row] <= split.rank) {
        members_[middle++] = member;
      } else {
        right_.push_back(member);
      }
    }
    std::copy(right_.begin(), right_.end(), members_.begin() + static_cast<std::ptrdiff_t>(middle));
    const auto left = static_cast<std::size_t>(tree.nodes[at.node].left);
    open.push_back({left + 1, middle, at.end, at.depth + 1});
    open.push_back({left, at.begin, middle, at.depth + 1});
  }
  return tree;
}

ClassificationTreeGrower::Split ClassificationTreeGrower::best_split(std::span<const Member> members, Packed total,
                                                                     std::size_t node,
                                                                     const ClassificationTreeOptions& options,
                                                                     const RandomStream& stream) {
  Split best;
  const std::size_t features = samples_.features();
  if (options.features_per_split == 0 || options.features_per_split == features) {
    for (std::size_t feature = 0; feature < features; ++feature) {
      look_at(static_cast<std::int32_t>(feature), members, total, best);
    }
    return best;
  }
  SplitFeatures candidates(stream, node, features, order_);
  bool any = false;
  for (std::size_t turn = 0; turn < features && (turn < options.features_per_split || !any); ++turn) {
    any = look_at(candidates.next(), members, total, best) || any;
  }
  return best;
}

// Whether the feature can split the node at all.
bool ClassificationTreeGrower::look_at(std::int32_t feature, std::span<const Member> members, Packed total,
                                       Split& best) {
  const auto column = static_cast<std::size_t>(feature);
  const std::span<const float> values = samples_.values(column);
  const std::span<const std::uint32_t> ranks = samples_.ranks(column);
  if (few(members.size(), values.size())) {
    sort_by_rank(ranks, members);
  } else {
    count_by_rank(ranks, members, values.size());
  }
  bool any = false;
  const double weight = weight_of(total);
  const double ones = ones_of(total);
  Packed left = 0;
  for (std::size_t k = 0; k + 1 < bins_.size(); ++k) {
    left += bins_[k].count;
    const float low = values[bins_[k].rank];
    const float high = values[bins_[k + 1].rank];
    if (!separated(low, high)) continue;
    any = true;
    const double n_left = weight_of(left);
    const double n_right = weight - n_left;
    const double difference = weight * ones_of(left) - n_left * ones;  // n_R S_L - n_L S_R, a whole number
    const double gain = difference * difference / (n_left * n_right);
    if (gain > best.gain) best = {feature, bins_[k].rank, midpoint(low, high), gain};
  }
  return any;
}

void ClassificationTreeGrower::count_by_rank(std::span<const std::uint32_t> ranks, std::span<const Member> members,
                                             std::size_t values) {
  bins_.clear();
  if (values == 2) {  // a category: counted in a register
    Packed all = 0;
    Packed high = 0;
    for (const Member& member : members) {
      all += member.count;
      high += member.count * ranks[member.row];
    }
    if (all != high) bins_.push_back({0, all - high});
    if (high != 0) bins_.push_back({1, high});
    return;
  }
  std::fill_n(histogram_.begin(), values, Packed{0});
  for (const Member& member : members) histogram_[ranks[member.row]] += member.count;
  for (std::size_t rank = 0; rank < values; ++rank) {
    if (histogram_[rank] != 0) bins_.push_back({static_cast<std::uint32_t>(rank), histogram_[rank]});
  }
}

void ClassificationTreeGrower::sort_by_rank(std::span<const std::uint32_t> ranks, std::span<const Member> members) {
  bins_.clear();
  for (const Member& member : members) bins_.push_back({ranks[member.row], member.count});
  std::sort(bins_.begin(), bins_.end(), [](const Bin& a, const Bin& b) { return a.rank < b.rank; });
  std::size_t last = 0;
  for (std::size_t i = 1; i < bins_.size(); ++i) {
    if (bins_[i].rank == bins_[last].rank) {
      bins_[last].count += bins_[i].count;
    } else {
      bins_[++last] = bins_[i];
    }
  }
  bins_.resize(last + 1);
}

}  // namespace posthoc::optim
