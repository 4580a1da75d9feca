#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <hwy/targets.h>
#include <limits>

#include "debias/fused/network.h"
#include "debias/fused_bounds.h"
#include "debias/random_logistic.h"
#include "debias/random_perturbation.h"
#include "debias/small_network.h"
#include "support/use_instructions.h"
#include "tensor/random.h"

// The fused pass where its first layer takes columns of two values apart, beside the network's own scores.

namespace posthoc::debias {
namespace {

// A column of numbers, or one of two values of which the second is dealt with probability `share`.
struct Column {
  float common;
  float rare;
  double share;
};
constexpr Column kNumbers{0.0F, 0.0F, -1.0};

// A 0/1 column, standardised.
Column one_hot(double share) {
  const double deviation = std::sqrt(share * (1.0 - share));
  return {static_cast<float>(-share / deviation), static_cast<float>((1.0 - share) / deviation), share};
}

std::vector<Column> repeated(std::size_t count, const Column& column) { return std::vector<Column>(count, column); }

Tensor table(std::int64_t rows, const std::vector<Column>& columns, std::uint64_t seed = 1) {
  const auto width = static_cast<std::int64_t>(columns.size());
  Tensor x = random_normal({rows, width}, {seed, purpose("rows"), 0});
  const RandomStream stream{seed, purpose("values"), 0};
  auto values = x.mutable_values<float>();
  for (std::size_t i = 0; i < values.size(); ++i) {
    const Column& column = columns[i % columns.size()];
    if (column.share >= 0.0) values[i] = random_uniform_at(stream, i) < column.share ? column.rare : column.common;
  }
  return x;
}

// As an encoder makes it: numbers among categories, values that nearly no row and that nearly every row has.
std::vector<Column> mixed() {
  std::vector<Column> columns = {kNumbers, one_hot(0.5), one_hot(0.3), kNumbers};
  for (const double share : {0.2, 0.1, 0.05, 0.02, 0.001}) columns.insert(columns.end(), 3, one_hot(share));
  columns.push_back(kNumbers);
  columns.push_back(one_hot(0.97));
  return columns;
}

void expect_split_within_bounds(nn::Classifier& model, const Tensor& x, std::size_t apart) {
  EXPECT_EQ(FusedRows::of(model, x, FirstLayer::split)->columns().two_valued.size(), apart);
  expect_scores_within_bounds(model, x, FirstLayer::split, 2e-5);
}

class SplitRows : public ::testing::Test {
 protected:
  void SetUp() override {
    if (cpu::fused_shape().tile_rows == 0) GTEST_SKIP() << "this processor has no fused multiply-add";
  }
};

TEST_F(SplitRows, ScoresAreTheNetworksOwnWithinTheirRounding) {
  const Tensor x = table(130, mixed());
  for (const std::int64_t depth : {0, 1, 10}) {
    for (const std::int64_t width : {1, 2, 15, 16, 17, 31, 32, 33, 100, 256}) {
      if (depth == 10 && width > 33) continue;
      SCOPED_TRACE(fmt::format("depth {}, width {}", depth, width));
      const auto model = trained_like(x.size(1), depth, width, 3);
      expect_split_within_bounds(*model, x, mixed().size() - 3);
    }
  }
}

TEST_F(SplitRows, RowsEndAnywhereInATile) {
  const auto tile = static_cast<std::int64_t>(cpu::fused_shape().tile_rows);
  const auto model = trained_like(static_cast<std::int64_t>(mixed().size()), 2, 9, 4);
  const Tensor x = table(3 * tile + 1, mixed(), 2);
  for (const std::int64_t n : {std::int64_t{0}, std::int64_t{1}, std::int64_t{2}, tile - 1, tile, tile + 1,
                               2 * tile - 1, 2 * tile, 3 * tile + 1}) {
    SCOPED_TRACE(n);
    if (n == 0) {
      EXPECT_TRUE(
          FusedScorer().scores(*model->chain(), *FusedRows::of(*model, x.rows(0, 0), FirstLayer::split)).empty());
    } else {
      expect_scores_within_bounds(*model, x.rows(0, n), FirstLayer::split);
    }
  }
}

TEST_F(SplitRows, ColumnsOfAnyKind) {
  const float next = std::nextafter(1.5F, 2.0F);
  struct Case {
    const char* name;
    std::vector<Column> columns;
  };
  std::vector<Column> many_numbers = repeated(300, kNumbers);
  many_numbers.insert(many_numbers.begin() + 150, 40, one_hot(0.05));
  for (const auto& [name, columns] :
       {Case{"one column", {one_hot(0.1)}}, Case{"no numbers", repeated(50, one_hot(0.05))},
        Case{"half of each", repeated(20, {-1.0F, 1.0F, 0.5})}, Case{"rare ones of 30", repeated(40, one_hot(0.001))},
        Case{"constant", repeated(7, {0.75F, 0.75F, 0.0})}, Case{"all zero", repeated(3, {0.0F, -0.0F, 0.5})},
        Case{"nearly the same", repeated(9, {1.5F, next, 0.3})},
        Case{"zeros of both signs", repeated(9, {-0.0F, 1.0F, 0.2})}, Case{"many", repeated(500, one_hot(0.01))},
        Case{"many numbers too", many_numbers}}) {
    SCOPED_TRACE(name);
    const Tensor x = table(90, columns, 3);
    const auto model = trained_like(x.size(1), 1, 12, 5);
    const auto numbers = std::count_if(columns.begin(), columns.end(), [](const Column& c) { return c.share < 0.0; });
    expect_split_within_bounds(*model, x, columns.size() - static_cast<std::size_t>(numbers));
  }
}

TEST_F(SplitRows, AChainOfOneLayer) {
  for (const std::size_t columns : {1, 40, 300}) {
    SCOPED_TRACE(columns);
    const auto model = random_logistic(static_cast<std::int64_t>(columns));
    expect_split_within_bounds(*model, table(70, repeated(columns, one_hot(0.1)), 4), columns);
  }
}

TEST_F(SplitRows, ARowsScoreDoesNotDependOnItsPlace) {
  const Tensor x = table(150, mixed(), 5);
  const auto model = trained_like(x.size(1), 2, 20, 6);
  std::vector<float> turned;
  for (std::int64_t row = 149; row >= 0; --row) {
    const Tensor one = x.rows(row, row + 1);
    turned.insert(turned.end(), one.values<float>().begin(), one.values<float>().end());
  }
  FusedScorer scorer;
  std::vector<double> forward = scorer.scores(*model->chain(), *FusedRows::of(*model, x, FirstLayer::split));
  std::reverse(forward.begin(), forward.end());
  const Tensor backward = Tensor::from(turned, {150, x.size(1)});
  EXPECT_EQ(scorer.scores(*model->chain(), *FusedRows::of(*model, backward, FirstLayer::split)), forward);
}

TEST_F(SplitRows, EverySetOfInstructionsGivesTheSameBits) {
  const std::int64_t here = hwy::SupportedTargets();
  const Tensor x = table(200, mixed(), 6);
  for (const FirstLayer how : {FirstLayer::split, FirstLayer::cheaper}) {
    for (const std::int64_t width : {5, 33}) {
      const auto model = trained_like(x.size(1), 3, width, 11);
      const auto scores = [&] { return FusedScorer().scores(*model->chain(), *FusedRows::of(*model, x, how)); };
      const std::vector<double> best = scores();
      for (const std::int64_t target : {HWY_AVX2, HWY_AVX3, HWY_NEON}) {
        if ((here & target) == 0) continue;
        SCOPED_TRACE(hwy::TargetName(target));
        const testing::UseInstructions these(target);
        EXPECT_EQ(scores(), best);
      }
    }
  }
}

TEST_F(SplitRows, ThePassSplitsWhatIsCheaperAndDiffersByRoundingAlone) {
  std::vector<Column> columns = repeated(60, one_hot(0.05));
  columns.insert(columns.begin() + 20, 4, kNumbers);
  const Tensor x = table(300, columns, 7);
  const auto model = trained_like(x.size(1), 3, 32, 8);
  EXPECT_EQ(FusedRows::of(*model, x)->columns().dense, std::vector<std::uint32_t>({20, 21, 22, 23}));
  EXPECT_FALSE(FusedRows::of(*model, x, FirstLayer::dense)->split());
  expect_scores_within_bounds(*model, x);
  expect_scores_within_bounds(*model, x, FirstLayer::dense);
  FusedScorer scorer;  // may be asked for rows of one kind and of the other
  const std::vector<double> split = scorer.scores(*model->chain(), *FusedRows::of(*model, x));
  const auto dense = FusedRows::of(*model, x, FirstLayer::dense);
  EXPECT_EQ(scorer.scores(*model->chain(), *dense), FusedScorer().scores(*model->chain(), *dense));
  EXPECT_EQ(scorer.scores(*model->chain(), *FusedRows::of(*model, x)), split);
}

TEST_F(SplitRows, ANaNStaysOne) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  Tensor x = table(100, mixed(), 8);
  const std::int64_t columns = x.size(1);
  x.mutable_values<float>()[static_cast<std::size_t>(columns) + 5] = nan;  // in row 1, in a column of two values
  const auto model = trained_like(columns, 2, 8, 9);
  FusedScorer scorer;
  const std::vector<double> scores = scorer.scores(*model->chain(), *FusedRows::of(*model, x, FirstLayer::split));
  for (std::size_t i = 0; i < scores.size(); ++i) EXPECT_EQ(std::isnan(scores[i]), i == 1) << i;

  // As a weight, of a column in which most rows hold 0 too.
  const Tensor zeros = table(100, repeated(20, {0.0F, 1.0F, 0.05}), 8);
  const auto broken = trained_like(20, 1, 8, 9);
  broken->chain()->front().weight.mutable_values<float>()[3] = nan;
  const std::vector<double> all = scorer.scores(*broken->chain(), *FusedRows::of(*broken, zeros, FirstLayer::split));
  for (const double score : all) EXPECT_TRUE(std::isnan(score));
}

TEST_F(SplitRows, RandomPerturbationChoosesAsWithoutIt) {
  for (std::uint64_t seed = 0; seed < 3; ++seed) {
    SCOPED_TRACE(seed);
    SmallProblem small = small_problem(200);
    std::vector<Column> columns = repeated(50, one_hot(0.05));
    columns.push_back(kNumbers);
    small.features = table(200, columns, seed);
    small.model = trained_like(small.features.size(1), 2, 16, seed);
    small.scores = nn::scores(*small.model, small.features);
    ASSERT_TRUE(FusedRows::of(*small.model, small.features)->split());
    Problem problem = small.problem("spd");
    problem.seed = seed;
    const Debiased fused = RandomPerturbation({.trials = 30, .sigma = 0.3, .fused = true}).fit(problem);
    const Debiased plain = RandomPerturbation({.trials = 30, .sigma = 0.3, .fused = false}).fit(problem);
    EXPECT_EQ(fused.best_step, plain.best_step);
    EXPECT_TRUE(same_state(fused.model->state_dict(), plain.model->state_dict()));
    for (std::size_t i = 0; i < plain.trace.size(); ++i) {
      // No two of these scores are so near to each other that rounding could change their order.
      EXPECT_EQ(fused.trace[i].objective, plain.trace[i].objective) << i;
      EXPECT_LE(std::abs(fused.trace[i].threshold - plain.trace[i].threshold), 1e-5) << i;
    }
  }
}

}  // namespace
}  // namespace posthoc::debias
