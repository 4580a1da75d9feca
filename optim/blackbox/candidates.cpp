#include "optim/blackbox/candidates.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "base/error.h"
#include "optim/blackbox/candidate_lanes.h"
#include "tensor/random.h"

namespace posthoc::optim {
namespace {

constexpr std::size_t kBlock = kCandidateBlock;
constexpr std::size_t kQuad = 4;  // draws of one Philox block

std::uint64_t first_draw(std::size_t dimension, std::int64_t count) {
  const auto stride = (static_cast<std::uint64_t>(count) + kQuad - 1) / kQuad * kQuad;
  return dimension * stride;
}

// Keeps the best of the candidates shown to it in order.
class Best {
 public:
  explicit Best(const Acquisition& acquisition, double best) : acquisition_(acquisition), best_(best) {}

  void see(double low, double middle, double high) {
    const double value = acquisition_(middle, (high - low) / 2.0, best_);
    if (seen_ == 0 || value < lowest_) {
      lowest_ = value;
      choice_.candidate = seen_;
    }
    highest_ = seen_ == 0 ? value : std::max(highest_, value);
    ++seen_;
  }

  [[nodiscard]] Candidates::Choice choice() const { return {choice_.candidate, lowest_ == highest_}; }

 private:
  Acquisition acquisition_;
  double best_;
  double lowest_ = 0.0;
  double highest_ = 0.0;
  std::int64_t seen_ = 0;
  Candidates::Choice choice_;
};

// The largest float32 that is not above x: a float32 is at most x iff it is at most this.
float float_not_above(double x) {
  const auto rounded = static_cast<float>(x);
  return static_cast<double>(rounded) > x ? std::nextafter(rounded, -std::numeric_limits<float>::infinity()) : rounded;
}

// A tree of depth 3 filled up to 7 inner nodes, those of a level from left to right: where the tree has a leaf already,
// row 0 says that everything goes left, and all leaves below have its value.
struct FullTree {
  std::array<std::size_t, kInnerNodes> row{};  // of the table of turns
  std::array<double, kTreeLeaves> step{};      // learning_rate * value
};

// All trees of a surrogate, with their inner nodes by feature.
class Forest {
 public:
  struct Turn {
    float threshold;
    std::size_t row;
  };
  using Byte = std::uint8_t;

  explicit Forest(const QuantileSurrogate& surrogate) {
    for (std::size_t q = 0; q < surrogate.size(); ++q) {
      initial_[q] = surrogate[q].initial;
      for (const RegressionTree& tree : surrogate[q].trees) {
        trees_[q].emplace_back();
        fill(tree, 0, 0, 0, surrogate[q].learning_rate, trees_[q].back());
      }
    }
  }

  [[nodiscard]] const std::map<std::size_t, std::vector<Turn>>& turns() const { return turns_; }
  [[nodiscard]] std::size_t rows() const { return rows_; }

  // The predictions of one quantile for a block of candidates, from the table of turns: 1 where one goes right.
  void predict(std::size_t q, const std::vector<Byte>& table, std::array<double, kBlock>& into) const {
    into.fill(initial_[q]);
    for (const FullTree& tree : trees_[q]) {
      std::array<const Byte*, kInnerNodes> turns{};
      for (std::size_t i = 0; i < kInnerNodes; ++i) turns[i] = table.data() + tree.row[i] * kBlock;
      add_steps(turns, tree.step, into.data());
    }
  }

 private:
  void fill(const RegressionTree& tree, std::size_t at, std::size_t place, int depth, double rate, FullTree& full) {
    const RegressionTree::Node& node = tree.nodes[at];
    const bool inner = node.feature >= 0;
    if (depth == 3) {
      require(!inner, "candidates: expected trees of depth at most 3");
      full.step[place] = rate * node.value;
      return;
    }
    const std::size_t slot = (std::size_t{1} << depth) - 1 + place;
    if (inner) {
      full.row[slot] = rows_;
      turns_[static_cast<std::size_t>(node.feature)].push_back({float_not_above(node.threshold), rows_++});
    }
    fill(tree, inner ? static_cast<std::size_t>(node.left) : at, 2 * place, depth + 1, rate, full);
    fill(tree, inner ? static_cast<std::size_t>(node.right) : at, 2 * place + 1, depth + 1, rate, full);
  }

  std::map<std::size_t, std::vector<Turn>> turns_;  // by feature
  std::array<std::vector<FullTree>, 3> trees_;
  std::array<double, 3> initial_{};
  std::size_t rows_ = 1;
};

}  // namespace

Candidates::Candidates(const Box& box, std::int64_t count, const RandomStream& stream)
    : box_(box), count_(count), stream_(stream) {
  validate(box);
  require(count >= 1 && count <= std::numeric_limits<std::int32_t>::max(),
          "candidates: their number must lie in [1, 2^31), got {}", count);
}

std::vector<double> Candidates::point(std::int64_t candidate) const {
  require(candidate >= 0 && candidate < count_, "candidates: there are {}, got the number {}", count_, candidate);
  std::vector<double> point(box_.dimensions());
  for (std::size_t j = 0; j < point.size(); ++j) {
    const std::uint64_t draw = first_draw(j, count_) + static_cast<std::uint64_t>(candidate);
    point[j] = box_.at(j, random_uniform_at(stream_, draw));
  }
  return point;
}

Candidates::Choice Candidates::choose_simply(const QuantileSurrogate& surrogate, const Acquisition& acquisition,
                                             double best) const {
  Best chosen(acquisition, best);
  for (std::int64_t c = 0; c < count_; ++c) {
    const std::vector<double> x = point(c);
    const std::vector<float> row(x.begin(), x.end());
    chosen.see(surrogate[0].predict(row), surrogate[1].predict(row), surrogate[2].predict(row));
  }
  return chosen.choice();
}

Candidates::Choice Candidates::choose(const QuantileSurrogate& surrogate, const Acquisition& acquisition,
                                      double best) const {
  const Forest forest(surrogate);
  std::vector<Forest::Byte> table(forest.rows() * kBlock);
  std::array<float, kBlock> draws{};
  std::array<float, kBlock> x{};
  std::array<std::array<double, kBlock>, 3> predictions{};
  Best chosen(acquisition, best);
  for (std::uint64_t begin = 0; begin < static_cast<std::uint64_t>(count_); begin += kBlock) {
    for (const auto& [feature, turns] : forest.turns()) {
      random_uniforms(stream_, first_draw(feature, count_) + begin, draws);  // beyond the last: never looked at
      const double low = box_.low[feature];
      const double high = box_.high[feature];
      for (std::size_t c = 0; c < kBlock; ++c) x[c] = static_cast<float>(Box::at(low, high, draws[c]));
      for (const Forest::Turn& turn : turns) say_turns(x.data(), turn.threshold, table.data() + turn.row * kBlock);
    }
    for (std::size_t q = 0; q < predictions.size(); ++q) forest.predict(q, table, predictions[q]);
    const std::size_t end = std::min<std::size_t>(kBlock, static_cast<std::uint64_t>(count_) - begin);
    for (std::size_t c = 0; c < end; ++c) chosen.see(predictions[0][c], predictions[1][c], predictions[2][c]);
  }
  return chosen.choice();
}

}  // namespace posthoc::optim
