#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/threads.h"
#include "debias/counter.h"
#include "debias/fused/network.h"
#include "debias/random_perturbation.h"
#include "debias/small_problem.h"
#include "support/restore_threads.h"
#include "tensor/random.h"

namespace posthoc::debias {
namespace {

class RandomPerturbationThreads : public ::testing::Test {
  const posthoc::testing::RestoreThreads restore_;
};

void expect_same_bits(const SmallProblem& small) {
  const RandomPerturbation random({.trials = 25, .sigma = 0.3, .include_original = false});
  set_threads(1);
  const Debiased alone = random.fit(small.problem());
  const nn::StateDict weights = alone.model->state_dict();
  for (const int count : {2, 3, 8}) {
    SCOPED_TRACE(count);
    set_threads(count);
    const Debiased fitted = random.fit(small.problem());
    EXPECT_EQ(fitted.best_step, alone.best_step);
    EXPECT_EQ(std::get<Threshold>(fitted.rule).threshold, std::get<Threshold>(alone.rule).threshold);
    ASSERT_EQ(fitted.trace.size(), alone.trace.size());
    for (std::size_t i = 0; i < fitted.trace.size(); ++i) {
      EXPECT_EQ(fitted.trace[i].step, alone.trace[i].step);
      EXPECT_EQ(fitted.trace[i].objective, alone.trace[i].objective);
      EXPECT_EQ(fitted.trace[i].threshold, alone.trace[i].threshold);
      EXPECT_EQ(fitted.trace[i].bias.number(), alone.trace[i].bias.number());
      EXPECT_EQ(fitted.trace[i].performance.number(), alone.trace[i].performance.number());
    }
    for (const auto& [name, tensor] : fitted.model->state_dict()) {
      EXPECT_EQ(tensor.to_vector(), weights.at(name).to_vector()) << name;
    }
  }
}

TEST_F(RandomPerturbationThreads, AnyNumberOfThemGivesTheSameBits) { expect_same_bits(small_problem()); }

TEST_F(RandomPerturbationThreads, AlsoWhereColumnsAreTakenApart) {
  SmallProblem small = small_problem();
  small.features = random_normal({120, 40}, {3, purpose("rows"), 0});
  for (float& value : small.features.mutable_values<float>()) value = value > 1.5F ? 3.7F : -0.27F;
  small.model = std::make_shared<nn::Mlp>(nn::MlpOptions{.input = 40, .depth = 2, .width = 6}, 3);
  small.scores = nn::scores(*small.model, small.features);
  if (const auto rows = FusedRows::of(*small.model, small.features)) {
    EXPECT_EQ(rows->columns().two_valued.size(), 40U);
  }
  expect_same_bits(small);
}

// Rows are laid out 768 at a time.
TEST_F(RandomPerturbationThreads, RowsAreLaidOutTheSameByAnyNumberOfThem) {
  if (cpu::fused_shape().tile_rows == 0) GTEST_SKIP() << "this processor has no fused multiply-add";
  Tensor x = random_normal({2305, 30}, {4, purpose("rows"), 0});
  auto values = x.mutable_values<float>();
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i % 30 >= 4) values[i] = values[i] > 1.3F ? 3.1F : -0.3F;
  }
  const nn::Mlp model(nn::MlpOptions{.input = 30, .depth = 1, .width = 5}, 3);
  const nn::Chain chain = *model.chain();
  FusedScorer scorer;
  for (const FirstLayer first_layer : {FirstLayer::dense, FirstLayer::split}) {
    set_threads(1);
    const std::vector<double> all = scorer.scores(chain, *FusedRows::of(model, x, first_layer));
    for (const int count : {1, 2, 3, 8}) {
      set_threads(count);
      for (const std::int64_t n : {1, 767, 768, 769, 1535, 1536, 1537, 2304, 2305}) {
        SCOPED_TRACE(fmt::format("{} threads, {} rows", count, n));
        const std::vector<double> some = scorer.scores(chain, *FusedRows::of(model, x.rows(0, n), first_layer));
        ASSERT_EQ(some, std::vector<double>(all.begin(), all.begin() + n));
      }
    }
  }
}

TEST_F(RandomPerturbationThreads, ReportEveryTrialAndStopWhenToldTo) {
  const SmallProblem small = small_problem();
  const RandomPerturbation random({.trials = 25});
  for (const int count : {1, 3}) {
    set_threads(count);
    expect_reports_and_stops(random, small.problem(), 26, count);
  }
}

}  // namespace
}  // namespace posthoc::debias
