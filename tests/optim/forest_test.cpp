#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <nlohmann/json.hpp>
#include <numeric>
#include <vector>

#include "base/threads.h"
#include "optim/forest/random_forest.h"
#include "support/close.h"
#include "support/expect_error.h"
#include "support/json_file.h"
#include "support/restore_threads.h"
#include "tensor/random.h"

namespace posthoc::optim {
namespace {

using testing::all_close;
using testing::close;
using testing::fails_with;

constexpr RandomStream kStream{7, purpose("tree test"), 0};

struct Sample {
  std::size_t features = 1;
  std::vector<float> x;
  std::vector<std::uint8_t> labels;
  std::vector<std::uint32_t> weights;

  [[nodiscard]] SampleRows rows() const { return {x, features}; }
};

// Feature 0 has many values, 1 a few, 2 is a category, 3 constant, and so on; labels lean on the first three.
Sample sample(std::size_t n, std::size_t features, std::uint32_t number) {
  const auto uniform = [number](std::size_t index) {
    return static_cast<double>(random_uniform_at({1, purpose("forest test"), number}, index));
  };
  Sample s{features, {}, {}, {}};
  std::uint64_t at = 0;
  for (std::size_t i = 0; i < n; ++i) {
    double sum = 0.0;
    for (std::size_t f = 0; f < features; ++f) {
      const double u = uniform(at++);
      const double kinds[4] = {u, std::floor(5.0 * u), u < 0.3 ? -0.5 : 1.9, 0.25};
      s.x.push_back(static_cast<float>(kinds[f % 4]));
      sum += f < 3 ? kinds[f % 4] : 0.0;
    }
    s.labels.push_back(sum + 3.0 * uniform(at++) > 4.0 ? 1 : 0);
    s.weights.push_back(static_cast<std::uint32_t>(3.0 * uniform(at++)));
  }
  s.weights[0] = 1;
  return s;
}

std::vector<double> leaf_values(const RegressionTree& tree, const SampleRows& rows) {
  std::vector<double> values;
  for (std::size_t i = 0; i < rows.size(); ++i) values.push_back(tree.predict(rows.row(i)));
  return values;
}

bool same(const RegressionTree& a, const RegressionTree& b) {
  return std::equal(a.nodes.begin(), a.nodes.end(), b.nodes.begin(), b.nodes.end(), [](const auto& p, const auto& q) {
    return p.feature == q.feature && p.left == q.left && p.right == q.right && p.threshold == q.threshold &&
           (p.feature >= 0 || p.value == q.value);
  });
}

// What the grower promises, written as it is said: the rows stand as often as they weigh, and every cut between sorted
// rows is tried.
class PlainGrower {
 public:
  PlainGrower(const Sample& sample, const ClassificationTreeOptions& options) : sample_(sample), options_(options) {}

  RegressionTree grow() {
    std::vector<std::size_t> members;
    for (std::size_t i = 0; i < sample_.labels.size(); ++i) members.insert(members.end(), sample_.weights[i], i);
    grow(0, members, 0);
    return tree_;
  }

 private:
  [[nodiscard]] float value(std::size_t row, std::size_t feature) const {
    return sample_.x[row * sample_.features + feature];
  }

  void grow(std::size_t node, std::vector<std::size_t> members, int depth) {
    const auto n = static_cast<double>(members.size());
    double ones = 0.0;
    for (const std::size_t i : members) ones += sample_.labels[i];
    double best = -1.0;
    std::size_t best_feature = 0;
    double threshold = 0.0;
    if (ones > 0.0 && ones < n && depth != options_.max_depth) {
      std::vector<std::int32_t> order;
      SplitFeatures shuffled(kStream, node, sample_.features, order);
      const bool all = options_.features_per_split == 0 || options_.features_per_split == sample_.features;
      bool any = false;
      for (std::size_t turn = 0; turn < sample_.features; ++turn) {
        if (!all && turn >= options_.features_per_split && any) break;
        const std::size_t feature = all ? turn : static_cast<std::size_t>(shuffled.next());
        std::stable_sort(members.begin(), members.end(),
                         [&](std::size_t a, std::size_t b) { return value(a, feature) < value(b, feature); });
        double left = 0.0;
        for (std::size_t k = 1; k < members.size(); ++k) {
          left += sample_.labels[members[k - 1]];
          const float low = value(members[k - 1], feature);
          const float high = value(members[k], feature);
          if (!separated(low, high)) continue;
          any = true;
          const auto n_left = static_cast<double>(k);
          const double difference = (n - n_left) * left - n_left * (ones - left);
          const double gain = difference * difference / (n_left * (n - n_left));
          if (gain > best) {
            best = gain;
            best_feature = feature;
            threshold = midpoint(low, high);
          }
        }
      }
    }
    if (best < 0.0) {
      tree_.nodes[node].value = ones / n;
      return;
    }
    tree_.split(node, static_cast<std::int32_t>(best_feature), threshold);
    const auto left_node = static_cast<std::size_t>(tree_.nodes[node].left);
    std::vector<std::size_t> left;
    std::vector<std::size_t> right;
    for (const std::size_t i : members) (value(i, best_feature) <= threshold ? left : right).push_back(i);
    grow(left_node, left, depth + 1);
    grow(left_node + 1, right, depth + 1);
  }

  const Sample& sample_;
  ClassificationTreeOptions options_;
  RegressionTree tree_;
};

TEST(ClassificationTree, AgreesWithScikitLearn) {
  const nlohmann::json golden = testing::read_json("tests/golden/small_classifiers.json");
  for (const auto& c : golden.at("trees")) {
    SCOPED_TRACE(c.at("name").get<std::string>());
    const auto features = c.at("features").get<std::size_t>();
    const auto x = c.at("x").get<std::vector<float>>();
    const auto other = c.at("other_x").get<std::vector<float>>();
    const auto labels = c.at("y").get<std::vector<std::uint8_t>>();
    const auto weights = c.at("weights").get<std::vector<std::uint32_t>>();
    const RankedSamples samples({x, features});
    const RegressionTree tree =
        ClassificationTreeGrower(samples, labels).grow(weights, {.max_depth = c.at("max_depth")}, kStream);
    EXPECT_EQ(tree.nodes.size(), 2 * c.at("leaves").get<std::size_t>() - 1);
    const auto p = leaf_values(tree, {x, features});
    const auto other_p = leaf_values(tree, {other, features});
    const auto expected = c.at("p").get<std::vector<double>>();
    const auto other_expected = c.at("other_p").get<std::vector<double>>();
    EXPECT_TRUE((all_close<double, double>(p, expected, 1e-14, 1e-15)));
    EXPECT_TRUE((all_close<double, double>(other_p, other_expected, 1e-14, 1e-15)));
  }
}

TEST(ClassificationTree, IsThePlainOneBitForBit) {
  for (std::uint32_t round = 0; round < 120; ++round) {
    SCOPED_TRACE(round);
    const std::size_t n = round < 4 ? round + 1 : 5 + round * 3;
    const std::size_t features = 1 + round % 9;
    const Sample s = sample(n, features, round);
    const ClassificationTreeOptions options{.features_per_split = round % 3 == 0 ? 0 : 1 + round % features,
                                            .max_depth = round % 5 == 0 ? static_cast<int>(round % 4) : -1};
    const RankedSamples samples(s.rows());
    EXPECT_TRUE(same(ClassificationTreeGrower(samples, s.labels).grow(s.weights, options, kStream),
                     PlainGrower(s, options).grow()));
  }
}

TEST(ClassificationTree, WithAllFeaturesIsTheTreeOfLeastSquares) {
  for (std::uint32_t round = 0; round < 20; ++round) {
    const Sample s = sample(40 + round, 3, 1000 + round);
    const std::vector<std::uint32_t> once(s.labels.size(), 1);
    const std::vector<double> target(s.labels.begin(), s.labels.end());
    const RankedSamples samples(s.rows());
    const RegressionTree tree = ClassificationTreeGrower(samples, s.labels).grow(once, {.max_depth = 6}, kStream);
    const RegressionTree expected = fit_tree(s.rows(), target, {.max_depth = 6});
    EXPECT_EQ(leaf_values(tree, s.rows()), leaf_values(expected, s.rows()));
  }
}

// The exclusive or of two features: no first split gains anything, and the tree finds it all the same.
TEST(ClassificationTree, SplitsWhereNothingIsGainedYet) {
  const std::vector<float> x{0, 0, 0, 1, 1, 0, 1, 1};
  const std::vector<std::uint8_t> labels{0, 1, 1, 0};
  const std::vector<std::uint32_t> once(4, 1);
  const RankedSamples samples({x, 2});
  const RegressionTree tree = ClassificationTreeGrower(samples, labels).grow(once, {}, kStream);
  EXPECT_EQ(leaf_values(tree, {x, 2}), (std::vector<double>{0, 1, 1, 0}));
}

TEST(ClassificationTree, RowsThatAreAlikeShareALeaf) {
  const std::vector<float> x{1, 1, 1, 2};
  const std::vector<std::uint8_t> labels{0, 1, 1, 0};
  const std::vector<std::uint32_t> weights{1, 1, 2, 5};
  const RankedSamples samples({x, 1});
  const RegressionTree tree = ClassificationTreeGrower(samples, labels).grow(weights, {}, kStream);
  EXPECT_EQ(leaf_values(tree, {x, 1}), (std::vector<double>{0.75, 0.75, 0.75, 0}));
}

TEST(ClassificationTree, AWideFeatureIsSortedOrCountedAlike) {  // 3000 values: both ways occur in one tree
  const Sample s = sample(3000, 1, 77);
  const RankedSamples samples(s.rows());
  EXPECT_TRUE(
      same(ClassificationTreeGrower(samples, s.labels).grow(s.weights, {}, kStream), PlainGrower(s, {}).grow()));
}

TEST(SplitFeatures, GivesEachFeatureOnceAndEveryOneAsOften) {
  std::vector<std::int32_t> order;
  std::vector<int> first(5, 0);
  for (std::size_t node = 0; node < 5000; ++node) {
    SplitFeatures features(kStream, node, 5, order);
    std::vector<bool> seen(5, false);
    for (int turn = 0; turn < 5; ++turn) {
      const auto feature = static_cast<std::size_t>(features.next());
      ASSERT_LT(feature, 5U);
      EXPECT_FALSE(seen[feature]);
      seen[feature] = true;
      if (turn == 0) ++first[feature];
    }
  }
  for (const int count : first) EXPECT_NEAR(count, 1000, 5 * std::sqrt(5000 * 0.2 * 0.8));  // five deviations
}

TEST(RandomForest, IsTheMeanOfItsTreesWhateverTheThreads) {
  const Sample s = sample(300, 8, 5);
  const RankedSamples samples(s.rows());
  const posthoc::testing::RestoreThreads restore;
  set_threads(1);
  const RandomForest one = fit_random_forest(samples, s.labels, {.trees = 13, .seed = 3});
  const std::vector<double> scores = one.scores(s.rows());
  set_threads(4);
  const RandomForest four = fit_random_forest(samples, s.labels, {.trees = 13, .seed = 3});
  EXPECT_EQ(four.scores(s.rows()), scores);
  const RandomForest other = fit_random_forest(samples, s.labels, {.trees = 13, .seed = 4});
  ASSERT_EQ(one.trees.size(), four.trees.size());
  for (std::size_t t = 0; t < one.trees.size(); ++t) EXPECT_TRUE(same(one.trees[t], four.trees[t]));
  EXPECT_NE(other.scores(s.rows()), scores);
  for (std::size_t i = 0; i < scores.size(); ++i) {
    double sum = 0.0;
    for (const RegressionTree& tree : one.trees) sum += tree.predict(s.rows().row(i));
    EXPECT_EQ(scores[i], sum / 13.0);
  }
}

// About 1 - 1/e of the rows are in a tree's sample, so a row that says nothing of its label is remembered by that share
// of the trees; a forest that grew every tree on all rows would know every label.
TEST(RandomForest, DrawsItsRowsWithReplacement) {
  const std::size_t n = 400;
  Sample s = sample(n, 4, 9);
  for (std::size_t i = 0; i < n; ++i) s.labels[i] = random_uniform_at({2, 3, 4}, i) < 0.5F ? 1 : 0;
  const RankedSamples samples(s.rows());
  const RandomForest forest = fit_random_forest(samples, s.labels, {.trees = 200, .features_per_split = 4});
  const std::vector<double> scores = forest.scores(s.rows());
  double right = 0.0;
  for (std::size_t i = 0; i < n; ++i) right += s.labels[i] == 1 ? scores[i] : 1.0 - scores[i];
  // In a tree's sample the label is known; outside it is guessed from the neighbours, right half of the time.
  const double in_sample = 1.0 - std::exp(-1.0);
  EXPECT_NEAR(right / static_cast<double>(n), in_sample + 0.5 * (1.0 - in_sample), 0.03);
}

TEST(RandomForest, RefusesWhatDoesNotFit) {
  const Sample s = sample(10, 2, 0);
  const RankedSamples samples(s.rows());
  const std::vector<std::uint8_t> short_labels(9, 0);
  const std::vector<std::uint8_t> bad_labels(10, 2);
  const std::vector<std::uint32_t> none(10, 0);
  EXPECT_TRUE(fails_with([&] { fit_random_forest(samples, short_labels); }, {"10 samples", "got 9"}));
  EXPECT_TRUE(fails_with([&] { fit_random_forest(samples, bad_labels); }, {"must be 0 or 1"}));
  EXPECT_TRUE(fails_with([&] { fit_random_forest(samples, s.labels, {.trees = 0}); }, {"number of trees", "got 0"}));
  EXPECT_TRUE(
      fails_with([&] { fit_random_forest(samples, s.labels, {.features_per_split = 3}); }, {"[0, 2]", "got 3"}));
  EXPECT_TRUE(fails_with([&] { fit_random_forest(samples, s.labels, {.max_depth = -2}); }, {"max_depth", "got -2"}));
  EXPECT_TRUE(fails_with([&] { ClassificationTreeGrower(samples, s.labels).grow(none, {}, kStream); }, {"got 0"}));
  const RandomForest forest = fit_random_forest(samples, s.labels, {.trees = 1});
  const std::vector<float> wide(6, 0.0F);
  EXPECT_TRUE(fails_with([&] { (void)forest.scores({wide, 3}); }, {"rows of 2 features"}));
  EXPECT_TRUE(fails_with([&] { (void)RandomForest().scores({wide, 3}); }, {"no trees"}));
  const std::vector<float> bad{0.0F, std::numeric_limits<float>::quiet_NaN()};
  EXPECT_TRUE(fails_with([&] { RankedSamples({bad, 2}); }, {"not finite"}));
  EXPECT_TRUE(fails_with([&] { (void)forest.scores({bad, 2}); }, {"not finite"}));
  EXPECT_TRUE(fails_with([&] { RankedSamples({{}, 2}); }, {"at least one row"}));
  EXPECT_TRUE(forest.scores({{}, 2}).empty());
}

}  // namespace
}  // namespace posthoc::optim
