#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/random_stream.h"
#include "optim/forest/ranked_samples.h"

namespace posthoc::optim {

struct ClassificationTreeOptions {
  static constexpr int kNoLimit = -1;

  std::size_t features_per_split = 0;  ///< looked at in each node; 0: all of them
  int max_depth = kNoLimit;            ///< splits on the way from the root to a leaf, at most; else at least 0
};

/// The features to look at in a node, in the order they are looked at: all of them shuffled by Fisher and Yates as far
/// as they are asked for.
class SplitFeatures {
 public:
  /// Node `node` takes the draws of its number of the stream. `order` is scratch space.
  SplitFeatures(const RandomStream& stream, std::size_t node, std::size_t features, std::vector<std::int32_t>& order);

  /// The next feature, of those that have not been given yet; there is one.
  std::int32_t next();

 private:
  RandomStream stream_;
  std::uint64_t block_;
  std::size_t given_ = 0;
  std::uint64_t spare_ = 0;
  std::vector<std::int32_t>& order_;
};

/// Grows classification trees for labels 0 and 1, as scikit-learn 1.2's DecisionTreeClassifier does (criterion gini,
/// best splits): a node is split in two until it is pure, or until all its rows are alike. A leaf's value is the share
/// of label 1 among its rows.
///
/// Of the splits looked at the one with the lowest Gini impurity is taken, which is the one of the largest
/// (n_R S_L - n_L S_R)^2 / (n_L n_R), n the weights and S those of label 1: with two classes the impurity is twice the
/// variance. Of equal ones the first wins. A node looks at `features_per_split` features drawn without replacement and,
/// if they are all constant in it, at further ones until one is not. A split that gains nothing is a split too: what
/// two features say together one alone may not.
///
/// The weights are whole numbers, so sums are exact and the tree is that of as many copies of each row.
class ClassificationTreeGrower {
 public:
  /// Samples and labels are borrowed. Throws `Error` unless there is a label, 0 or 1, for each sample.
  ClassificationTreeGrower(const RankedSamples& samples, std::span<const std::uint8_t> labels);

  /// `weights` has the number of copies of each sample, and not all are 0. The draws are those of `stream`; none are
  /// made if every feature is looked at, in ascending order. Throws `Error` on bad options or weights.
  RegressionTree grow(std::span<const std::uint32_t> weights, const ClassificationTreeOptions& options,
                      const RandomStream& stream);

 private:
  // A sample's weight in the low half and, if its label is 1, in the high half too: one addition counts both.
  using Packed = std::uint64_t;
  struct Member {
    std::uint32_t row;
    Packed count;
  };
  struct Split {
    std::int32_t feature = -1;
    std::uint32_t rank = 0;  // of the highest value on the left
    double threshold = 0.0;
    double gain = -1.0;
  };
  struct Open {
    std::size_t node;
    std::size_t begin;
    std::size_t end;
    int depth;
  };

  [[nodiscard]] Split best_split(std::span<const Member> members, Packed total, std::size_t node,
                                 const ClassificationTreeOptions& options, const RandomStream& stream);
  bool look_at(std::int32_t feature, std::span<const Member> members, Packed total, Split& best);
  void count_by_rank(std::span<const std::uint32_t> ranks, std::span<const Member> members, std::size_t values);
  void sort_by_rank(std::span<const std::uint32_t> ranks, std::span<const Member> members);

  const RankedSamples& samples_;
  std::span<const std::uint8_t> labels_;
  std::vector<Member> members_;
  std::vector<Member> right_;
  std::vector<std::int32_t> order_;
  std::vector<Packed> histogram_;
  struct Bin {
    std::uint32_t rank;
    Packed count;
  };
  std::vector<Bin> bins_;  // of one feature in one node: what lies at each value, ascending
};

}  // namespace posthoc::optim
