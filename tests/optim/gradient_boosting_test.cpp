#include "optim/gbrt/gradient_boosting.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <limits>
#include <random>

#include "optim/gbrt/two_valued_tree.h"
#include "support/expect_error.h"
#include "support/json_tensor.h"

namespace posthoc::optim {
namespace {

using nlohmann::json;
using posthoc::testing::all_close;
using posthoc::testing::close;
using posthoc::testing::fails_with;
using Loss = BoostingOptions::Loss;

std::vector<float> floats(const json& numbers) {
  const std::vector<double> values = posthoc::testing::json_values(numbers);
  return {values.begin(), values.end()};
}

BoostingOptions options_of(const json& recorded) {
  return {.loss = recorded.at("loss") == "quantile" ? Loss::quantile : Loss::squared,
          .quantile = recorded.at("alpha"),
          .trees = recorded.at("n_estimators"),
          .learning_rate = recorded.at("learning_rate"),
          .tree = {.max_depth = recorded.at("max_depth"),
                   .min_samples_split = recorded.at("min_samples_split"),
                   .min_samples_leaf = recorded.at("min_samples_leaf")}};
}

SortedSamples sort(const SampleRows& rows) {
  SortedSamples sorted(rows.features, rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) sorted.insert(rows.row(i));
  return sorted;
}

std::vector<double> predictions(const BoostedTrees& model, const SampleRows& rows) {
  std::vector<double> all;
  for (std::size_t i = 0; i < rows.size(); ++i) all.push_back(model.predict(rows.row(i)));
  return all;
}

::testing::AssertionResult same(const std::vector<double>& actual, const std::vector<double>& expected) {
  return all_close<double, double>(actual, expected, 0.0, 1e-9);
}

void expect_same(const RegressionTree& a, const RegressionTree& b) {
  // Nodes may be numbered in another order: walk both.
  std::vector<std::pair<std::size_t, std::size_t>> open = {{0, 0}};
  ASSERT_EQ(a.nodes.size(), b.nodes.size());
  while (!open.empty()) {
    const auto [i, j] = open.back();
    open.pop_back();
    ASSERT_EQ(a.nodes[i].feature, b.nodes[j].feature);
    ASSERT_EQ(a.nodes[i].threshold, b.nodes[j].threshold);
    if (a.nodes[i].feature < 0) {
      ASSERT_EQ(a.nodes[i].value, b.nodes[j].value);
      continue;
    }
    open.emplace_back(a.nodes[i].left, b.nodes[j].left);
    open.emplace_back(a.nodes[i].right, b.nodes[j].right);
  }
}

TEST(GradientBoosting, GivesScikitLearnsPredictions) {
  const json golden = posthoc::testing::read_json("tests/golden/gradient_boosting.json");
  EXPECT_EQ(golden.at("cases").size(), 17U);
  for (const json& c : golden.at("cases")) {
    SCOPED_TRACE(c.at("name").get<std::string>());
    const std::vector<float> x = floats(c.at("x"));
    const std::vector<float> queries = floats(c.at("queries"));
    const std::vector<double> y = c.at("y");
    const SampleRows rows{x, c.at("features")};
    const BoostingOptions options = options_of(c.at("options"));
    const std::vector<double> fitted = c.at("fitted");
    const std::vector<double> predicted = c.at("predictions");
    std::vector<BoostedTrees> models = {fit_boosted_trees(rows, y, options)};
    if (options.loss == Loss::quantile) models.push_back(fit_boosted_trees(rows, sort(rows), y, options));
    for (const BoostedTrees& model : models) {
      EXPECT_TRUE(close(model.initial, c.at("initial"), 0.0, 1e-14));
      EXPECT_TRUE(same(predictions(model, rows), fitted));
      EXPECT_TRUE(same(predictions(model, {queries, rows.features}), predicted));
    }
  }
}

// Values from a coarse grid make ties within features, equal features and equal splits; `grid` 0 makes none.
std::vector<float> random_rows(std::mt19937_64& random, std::size_t count, int grid) {
  std::vector<float> values(count);
  for (float& value : values) {
    value = grid == 0 ? static_cast<float>(random() >> 40) * (1.0F / 16777216.0F)
                      : static_cast<float>(random() % static_cast<std::uint64_t>(grid)) * 0.25F;
  }
  return values;
}

TEST(TwoValuedTree, IsTheSimpleVersionsTree) {
  std::mt19937_64 random(4);
  int splits = 0;
  for (const std::size_t n : {1, 2, 3, 5, 16, 63, 64, 65, 100, 128, 257}) {
    for (const std::size_t features : {1, 2, 7, 40}) {
      for (const int grid : {0, 2, 5, 30}) {
        for (const TreeOptions options :
             {TreeOptions{}, TreeOptions{5, 2, 1}, TreeOptions{4, 6, 4, 3}, TreeOptions{0}}) {
          SCOPED_TRACE(fmt::format("{} x {}, grid {}, depth {}", n, features, grid, options.max_depth));
          const std::vector<float> x = random_rows(random, n * features, grid);
          const SampleRows rows{x, features};
          std::vector<std::uint8_t> ones(n);
          for (std::uint8_t& one : ones) one = random() % 3 == 0 ? 1 : 0;
          const RegressionTree simple = fit_tree(rows, std::vector<double>(ones.begin(), ones.end()), options);
          expect_same(fit_two_valued_tree(sort(rows), ones, options), simple);
          if (HasFatalFailure()) return;
          splits += static_cast<int>(simple.nodes.size() / 2);
        }
      }
    }
  }
  EXPECT_GT(splits, 2000);
}

TEST(TwoValuedTree, BoostsToTheSimpleVersionsModel) {
  std::mt19937_64 random(5);
  for (const std::size_t n : {1, 2, 10, 64, 65, 128}) {
    for (const int grid : {0, 3}) {
      for (const double q : {0.16, 0.5, 0.84}) {
        SCOPED_TRACE(fmt::format("{} rows, grid {}, quantile {}", n, grid, q));
        const std::vector<float> x = random_rows(random, n * 12, grid);
        const std::vector<float> y = random_rows(random, n, grid * 2);
        const std::vector<double> target(y.begin(), y.end());
        const SampleRows rows{x, 12};
        const BoostingOptions options{.loss = Loss::quantile, .quantile = q};
        const BoostedTrees simple = fit_boosted_trees(rows, target, options);
        const BoostedTrees fast = fit_boosted_trees(rows, sort(rows), target, options);
        EXPECT_EQ(fast.initial, simple.initial);
        ASSERT_EQ(fast.trees.size(), 30U);
        for (std::size_t t = 0; t < fast.trees.size(); ++t) expect_same(fast.trees[t], simple.trees[t]);
      }
    }
  }
}

// Six trees have more nodes on a level than there are lanes.
TEST(TwoValuedTree, GrowsTheSameTreesTogether) {
  std::mt19937_64 random(6);
  for (const std::size_t n : {1, 2, 9, 64, 150}) {
    for (const int grid : {0, 2, 30}) {
      const std::vector<float> x = random_rows(random, n * 11, grid);
      const SortedSamples sorted = sort({x, 11});
      std::vector<std::vector<std::uint8_t>> ones(6, std::vector<std::uint8_t>(n));
      for (std::size_t t = 0; t < ones.size(); ++t) {
        for (std::uint8_t& one : ones[t]) one = random() % (t + 1) == 0 ? 1 : 0;  // the first is pure
      }
      for (const int depth : {0, 3, 5}) {
        SCOPED_TRACE(fmt::format("{} rows, grid {}, depth {}", n, grid, depth));
        const TreeOptions options{.max_depth = depth, .first_feature = 4};
        const std::vector<RegressionTree> together = fit_two_valued_trees(sorted, ones, options);
        ASSERT_EQ(together.size(), ones.size());
        for (std::size_t t = 0; t < ones.size(); ++t) {
          expect_same(together[t], fit_tree({x, 11}, std::vector<double>(ones[t].begin(), ones[t].end()), options));
          if (HasFatalFailure()) return;
        }
      }
    }
  }
  EXPECT_TRUE(fit_two_valued_trees(sort({std::vector<float>{1}, 1}), {}).empty());
}

TEST(TwoValuedTree, BoostsSeveralQuantilesAsOneAfterTheOther) {
  std::mt19937_64 random(7);
  const std::vector<double> quantiles = {0.16, 0.5, 0.84};
  for (const std::size_t n : {1, 10, 65}) {
    const std::vector<float> x = random_rows(random, n * 12, 5);
    const std::vector<float> y = random_rows(random, n, 20);
    const std::vector<double> target(y.begin(), y.end());
    const SampleRows rows{x, 12};
    BoostingOptions options{.loss = Loss::quantile, .tree = {.first_feature = 7}, .spread_ties = true};
    const std::vector<BoostedTrees> together = fit_boosted_quantiles(rows, sort(rows), target, quantiles, options);
    ASSERT_EQ(together.size(), 3U);
    for (std::size_t q = 0; q < 3; ++q) {
      options.quantile = quantiles[q];
      const BoostedTrees alone = fit_boosted_trees(rows, target, options);
      EXPECT_EQ(together[q].initial, alone.initial);
      ASSERT_EQ(together[q].trees.size(), 30U);
      for (std::size_t t = 0; t < 30; ++t) expect_same(together[q].trees[t], alone.trees[t]);
    }
  }
}

TEST(TwoValuedTree, OfEqualSplitsTakesTheLowestFeatureAndValue) {
  // Feature 0 is constant, 1 and 2 are alike; cutting off either end is as good.
  const std::vector<float> x = {1, 0, 0, 1, 1, 1, 1, 2, 2};
  const SampleRows rows{x, 3};
  const std::vector<std::uint8_t> ones = {1, 0, 1};
  for (const RegressionTree& tree :
       {fit_two_valued_tree(sort(rows), ones), fit_tree(rows, std::vector<double>{1, 0, 1})}) {
    EXPECT_EQ(tree.nodes[0].feature, 1);
    EXPECT_EQ(tree.nodes[0].threshold, 0.5);
    EXPECT_EQ(tree.nodes.size(), 5U);
  }
}

TEST(TwoValuedTree, OfEqualSplitsTakesTheFirstFeatureFromAnother) {
  const std::vector<float> x = {0, 0, 0, 1, 1, 1};
  const SampleRows rows{x, 3};
  for (const std::size_t first : {0, 1, 2, 3, 5}) {
    const TreeOptions options{.first_feature = first};
    const RegressionTree fast = fit_two_valued_tree(sort(rows), std::vector<std::uint8_t>{0, 1}, options);
    EXPECT_EQ(fast.nodes[0].feature, static_cast<std::int32_t>(first % 3));
    expect_same(fast, fit_tree(rows, std::vector<double>{0, 1}, options));
  }
  const auto spread = fit_boosted_trees(rows, sort(rows), std::vector<double>{0, 1},
                                        {.loss = Loss::quantile, .trees = 9, .spread_ties = true});
  std::vector<std::int32_t> features;
  for (const RegressionTree& tree : spread.trees) features.push_back(tree.nodes[0].feature);
  for (const std::int32_t feature : {0, 1, 2}) EXPECT_EQ(std::count(features.begin(), features.end(), feature), 3);
}

TEST(RegressionTree, DoesNotSplitBetweenValuesThatAreNearlyOne) {
  const std::vector<float> x = {0.5F, 0.5F + 6e-8F, 0.5F + 1.2e-7F, 0.75F};
  const SampleRows rows{x, 1};
  const RegressionTree tree = fit_tree(rows, std::vector<double>{0, 1, 1, 1});
  EXPECT_EQ(tree.nodes[0].threshold, (0.5F + 1.2e-7F) / 2.0 + 0.375);
  EXPECT_EQ(tree.nodes.size(), 3U);
  expect_same(fit_two_valued_tree(sort(rows), std::vector<std::uint8_t>{0, 1, 1, 1}), tree);
}

TEST(RegressionTree, AThresholdNeverRoundsToTheUpperValue) {
  EXPECT_EQ(midpoint(1.0F, 2.0F), 1.5);
  EXPECT_EQ(midpoint(-1.0F, 1.0F), 0.0);
  const float next = std::nextafter(1.0F, 2.0F);
  EXPECT_LT(midpoint(1.0F, next), static_cast<double>(next));
}

TEST(Quantile, AreThoseOfTheDefinitions) {
  const std::vector<double> values = {5, 1, 3, 2, 4};
  EXPECT_EQ(linear_quantile(values, 0.0), 1.0);
  EXPECT_EQ(linear_quantile(values, 0.5), 3.0);
  EXPECT_DOUBLE_EQ(linear_quantile(values, 0.9), 4.6);
  EXPECT_EQ(linear_quantile(values, 1.0), 5.0);
  EXPECT_EQ(lower_quantile(values, 0.0), 1.0);
  EXPECT_EQ(lower_quantile(values, 0.2), 1.0);
  EXPECT_EQ(lower_quantile(values, 0.21), 2.0);
  EXPECT_EQ(lower_quantile(values, 1.0), 5.0);
  EXPECT_TRUE(fails_with([&] { lower_quantile({}, 0.5); }, {"expected values and q in [0, 1], got 0 values"}));
  EXPECT_TRUE(fails_with([&] { linear_quantile(values, 1.5); }, {"q 1.5"}));
}

TEST(GradientBoosting, BadInputIsRefused) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<float> x = {1, 2, 3};
  const std::vector<double> y = {1, 2, 3};
  const SampleRows rows{x, 1};
  EXPECT_TRUE(fails_with([&] { fit_boosted_trees(rows, std::vector<double>{1.0}); }, {"3 values of 1 features and 1"}));
  EXPECT_TRUE(fails_with([&] { fit_boosted_trees({{}, 1}, {}); }, {"at least one row"}));
  EXPECT_TRUE(fails_with([&] { fit_boosted_trees(rows, std::vector<double>{1, nan, 2}); }, {"a target is not finite"}));
  EXPECT_TRUE(fails_with([&] { fit_boosted_trees({std::vector<float>{1, nan, 2}, 1}, y); }, {"a feature is not"}));
  EXPECT_TRUE(fails_with([&] { fit_boosted_trees(rows, y, {.quantile = 1.0}); }, {"quantile must lie in (0, 1)"}));
  EXPECT_TRUE(fails_with([&] { fit_boosted_trees(rows, y, {.quantile = nan}); }, {"quantile must lie in (0, 1)"}));
  EXPECT_TRUE(fails_with([&] { fit_boosted_trees(rows, y, {.trees = -1}); }, {"number of trees", "got -1"}));
  EXPECT_TRUE(fails_with([&] { fit_boosted_trees(rows, y, {.learning_rate = 0}); }, {"learning rate", "got 0"}));
  EXPECT_TRUE(fails_with([&] { fit_tree(rows, y, {.max_depth = -1}); }, {"max_depth must lie in [0, 30], got -1"}));
  EXPECT_TRUE(fails_with([&] { fit_tree(rows, y, {.min_samples_split = 1}); }, {"min_samples_split", "got 1"}));
  EXPECT_TRUE(fails_with([&] { fit_tree(rows, y, {.min_samples_leaf = 0}); }, {"min_samples_leaf", "got 0"}));
  EXPECT_TRUE(fails_with([&] { fit_boosted_trees(rows, sort(rows), y, {}); }, {"serve the quantile loss alone"}));
  EXPECT_EQ(fit_boosted_trees(rows, y, {.trees = 0}).predict(rows.row(0)), 2.0);
}

TEST(SortedSamples, BadInputIsRefused) {
  EXPECT_TRUE(fails_with([] { SortedSamples(0, 5); }, {"got 0 and 5"}));
  EXPECT_TRUE(fails_with([] { SortedSamples(1, 40000); }, {"room for 1 to 8192 samples"}));
  SortedSamples sorted(2, 1);
  EXPECT_TRUE(fails_with([&] { sorted.insert(std::vector<float>{1}); }, {"a row has 1 features, expected 2"}));
  EXPECT_TRUE(fails_with(
      [&] {
        sorted.insert(std::vector<float>{1, std::numeric_limits<float>::infinity()});
      },
      {"not finite"}));
  EXPECT_EQ(sorted.size(), 0U);
  sorted.insert(std::vector<float>{1, 2});
  EXPECT_TRUE(fails_with([&] { sorted.insert(std::vector<float>{1, 2}); }, {"room for 1 samples and no more"}));
  EXPECT_TRUE(fails_with([&] { fit_two_valued_tree(sorted, {}); }, {"a target for each, got 1 and 0"}));
  EXPECT_TRUE(fails_with([&] { fit_two_valued_tree(sorted, std::vector<std::uint8_t>{2}); }, {"neither 0 nor 1"}));
}

}  // namespace
}  // namespace posthoc::optim
