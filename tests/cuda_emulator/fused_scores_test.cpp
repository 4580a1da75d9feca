#include <fmt/format.h>
#include <gtest/gtest.h>

#include "cuda_emulator/emulated_trials.h"
#include "cuda_emulator/orders.h"
#include "debias/fused/network.h"
#include "debias/random_logistic.h"
#include "debias/random_perturbation.h"
#include "nn/mlp.h"
#include "tensor/random.h"

// The scores that the kernels give are those of the host's fused pass that multiplies all columns, bit by bit.

namespace posthoc::debias {
namespace {

using testing::emulated_perturb;
using testing::emulated_scores;
using testing::in_all_orders;

constexpr std::uint64_t kSeed = 11;
constexpr double kSigma = 0.2;
constexpr int kTrials = 3;
const RandomStream kFirst{kSeed, purpose("perturbation"), 1};

std::shared_ptr<nn::Mlp> network(std::int64_t input, std::int64_t depth, std::int64_t width) {
  auto model = std::make_shared<nn::Mlp>(nn::MlpOptions{.input = input, .depth = depth, .width = width}, 3);
  const NoGrad no_graph;  // running statistics that are not the initial ones
  model->forward(Variable(random_normal({64, input}, {5, purpose("test"), 0})));
  return model;
}

void expect_host_scores(const Tensor& x, std::int64_t depth, std::int64_t width) {
  SCOPED_TRACE(fmt::format("rows {}, depth {}, width {}", x.shape().text(), depth, width));
  const auto model = network(x.size(1), depth, width);
  const auto plan = TrialPlan::of(*model, x);
  ASSERT_TRUE(plan.has_value());
  const auto fused = FusedRows::of(*model, x, FirstLayer::dense);
  ASSERT_TRUE(fused.has_value());
  FusedScorer scorer;
  std::vector<float> expected;
  for (int trial = 1; trial <= kTrials; ++trial) {
    const auto copy = perturbed_copy(*model, kSeed, trial, kSigma);
    for (const double score : scorer.scores(*copy->chain(), *fused)) expected.push_back(static_cast<float>(score));
  }
  const std::vector<float> perturbed = emulated_perturb(*plan, kFirst, static_cast<float>(kSigma), kTrials);
  EXPECT_EQ(emulated_scores(*plan, perturbed, kTrials), expected);
}

void expect_host_scores(std::int64_t rows, std::int64_t features, std::int64_t depth, std::int64_t width) {
  expect_host_scores(random_normal({rows, features}, {7, purpose("rows"), 0}), depth, width);
}

class FusedKernels : public ::testing::Test {
 protected:
  void SetUp() override {
    if (cpu::fused_shape().tile_rows == 0) GTEST_SKIP() << "the host has no fused pass to compare with";
  }
};

TEST(PerturbKernel, DrawsTheHostsNoise) {
  for (const std::int64_t n : {1, 3, 4, 5, 1023, 1024, 1025}) {
    SCOPED_TRACE(n);
    const Tensor w = random_normal({n}, {1, purpose("weights"), 0});
    TrialPlan plan;
    plan.parameters = std::vector<float>(w.values<float>().begin(), w.values<float>().end());
    plan.parameters.resize((plan.parameters.size() + 3) / 4 * 4);
    in_all_orders([&] {
      const std::vector<float> out = emulated_perturb(plan, kFirst, static_cast<float>(kSigma), kTrials);
      for (std::uint32_t trial = 0; trial < kTrials; ++trial) {
        const Tensor expected = random_perturb(w, {kSeed, kFirst.purpose, 1 + trial}, kSigma, 0);
        const auto begin = out.begin() + static_cast<std::ptrdiff_t>(trial * plan.parameters.size());
        EXPECT_EQ(std::vector<float>(begin, begin + n),
                  std::vector<float>(expected.values<float>().begin(), expected.values<float>().end()));
      }
    });
  }
}

TEST_F(FusedKernels, ScoreRowsThatEndAnywhereInATile) {
  for (const std::int64_t rows : {0, 1, 127, 128, 129, 255, 256, 257, 513}) expect_host_scores(rows, 5, 1, 32);
  for (const std::int64_t rows : {1, 128, 129}) expect_host_scores(rows, 5, 1, 64);
  for (const std::int64_t rows : {0, 1, 31, 32, 33, 65}) expect_host_scores(rows, 5, 1, 9);
}

TEST_F(FusedKernels, ScoreInputsOfAnyNumber) {
  for (const std::int64_t features : {1, 31, 32, 33, 65}) expect_host_scores(40, features, 2, 32);
  for (const std::int64_t features : {1, 63, 64, 65}) expect_host_scores(40, features, 2, 64);
  for (const std::int64_t features : {1, 15, 16, 17, 40}) expect_host_scores(40, features, 2, 10);
}

TEST_F(FusedKernels, ScoreNetworksOfAnyShape) {
  for (const std::int64_t depth : {0, 1, 10}) {
    if (!testing::kThorough && depth == 10) continue;
    for (const std::int64_t width : {1, 7, 8, 9, 32, 64, 65}) expect_host_scores(33, 6, depth, width);
  }
  expect_host_scores(33, 6, 1, 256);
}

TEST_F(FusedKernels, ScoreInEveryOrderOfThreads) {
  in_all_orders([] {
    expect_host_scores(300, 40, 2, 32);
    expect_host_scores(40, 20, 2, 33);
  });
}

TEST_F(FusedKernels, MultiplyColumnsOfTwoValuesToo) {
  Tensor x = random_normal({70, 40}, {7, purpose("rows"), 0});
  for (float& value : x.mutable_values<float>()) value = value > 1.5F ? 3.7F : -0.27F;
  ASSERT_TRUE(FusedRows::of(*network(40, 2, 32), x)->split());
  expect_host_scores(x, 2, 32);
}

TEST_F(FusedKernels, ScoreAChainOfOneLayer) {
  for (const std::int64_t inputs : {1, 16, 50}) {
    const auto model = random_logistic(inputs);
    const Tensor x = random_normal({70, inputs}, {7, purpose("rows"), 0});
    const auto plan = TrialPlan::of(*model, x);
    ASSERT_TRUE(plan.has_value());
    FusedScorer scorer;
    const auto copy = perturbed_copy(*model, kSeed, 1, kSigma);
    const std::vector<double>& host = scorer.scores(*copy->chain(), *FusedRows::of(*model, x, FirstLayer::dense));
    const auto scores = emulated_scores(*plan, emulated_perturb(*plan, kFirst, static_cast<float>(kSigma), 1), 1);
    EXPECT_EQ(std::vector<double>(scores.begin(), scores.end()), host);
  }
}

TEST_F(FusedKernels, ANaNStaysOne) {
  for (const std::int64_t width : {32, 64, 5}) {
    const auto model = network(3, 2, width);
    Tensor x = random_normal({4, 3}, {5, purpose("rows"), 0});
    x.mutable_values<float>()[4] = std::numeric_limits<float>::quiet_NaN();  // in row 1
    const auto plan = TrialPlan::of(*model, x);
    const auto scores = emulated_scores(*plan, plan->parameters, 1);
    for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(std::isnan(scores[i]), i == 1) << i;
  }
}

}  // namespace
}  // namespace posthoc::debias
