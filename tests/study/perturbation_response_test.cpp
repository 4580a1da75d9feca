#include "study/perturbation_response.h"

#include <cmath>
#include <gtest/gtest.h>
#include <numeric>

#include "base/threads.h"
#include "debias/random_perturbation.h"
#include "nn/logistic_regression.h"
#include "nn/mlp.h"
#include "study/directions.h"
#include "study/kernel_regression.h"
#include "support/close.h"
#include "support/expect_error.h"
#include "support/restore_threads.h"
#include "tensor/ops.h"
#include "tensor/random.h"

namespace posthoc::study {
namespace {

using testing::all_close;
using testing::close;
using testing::fails_with;

constexpr double kSigma = 0.1;

// Random rows of two groups and a small network, in float64 where gradients are compared.
struct Case {
  std::vector<std::int32_t> groups;
  PerturbedNetwork network;

  Case(std::int64_t rows, const nn::MlpOptions& options) : groups(static_cast<std::size_t>(rows)) {
    for (std::size_t i = 0; i < groups.size(); ++i) {
      groups[i] = i % 3 == 0 ? 1 : 0;
    }
    auto model = std::make_shared<nn::Mlp>(options, 5);
    // Normalisation as after training, so that its parameters count.
    nn::StateDict state = model->state_dict();
    std::uint32_t number = 0;
    for (auto& [name, tensor] : state) {
      if (name.starts_with("bn") && is_floating(tensor.dtype()))
        tensor = add(tensor, random_uniform(tensor.shape(), {1, 2, ++number}, 0.1, 0.4, tensor.dtype()));
    }
    model->load_state_dict(state);
    model->eval();
    network = {model, random_normal({rows, options.input}, {8, 8, 8}, options.dtype), groups, 0.5, 3, kSigma};
  }
  Case(const Case&) = delete;
  Case& operator=(const Case&) = delete;
};

const nn::MlpOptions kSmall{.input = 3, .depth = 1, .width = 4};
const nn::MlpOptions kSmallExact{.input = 3, .depth = 1, .width = 4, .dtype = Dtype::float64};

std::vector<double> flat(const nn::Classifier& model) {
  std::vector<double> all;
  for (const auto& parameter : model.parameters()) {
    const auto values = parameter.variable.value().to_vector();
    all.insert(all.end(), values.begin(), values.end());
  }
  return all;
}

std::vector<double> draw(const PerturbedNetwork& network, std::int64_t trial, std::int64_t trials) {
  std::vector<double> dual(static_cast<std::size_t>(trials), 0.0);
  dual[static_cast<std::size_t>(trial - 1)] = 1.0;
  return combine_trials(network, {dual}).front();
}

TEST(PerturbationResponse, ItsDrawsAreThoseOfRandomPerturbation) {
  const Case c(6, kSmallExact);
  const std::vector<double> w = flat(*c.network.model);
  for (const std::int64_t trial : {1, 4}) {
    const std::vector<double> z = draw(c.network, trial, 5);
    const std::vector<double> moved = flat(*debias::perturbed_copy(*c.network.model, 3, trial, kSigma));
    ASSERT_EQ(z.size(), w.size());
    for (std::size_t i = 0; i < w.size(); ++i) EXPECT_TRUE(close(moved[i], w[i] * (1.0 + kSigma * z[i]), 1e-12));
  }
}

TEST(PerturbationResponse, ProductsAndProjectionsAreThoseOfTheDraws) {
  const Case c(6, {.input = 40, .depth = 2, .width = 20});  // more coordinates than a block holds
  ASSERT_GT(coordinate_count(*c.network.model), 1024);
  const std::vector<double> a = draw(c.network, 1, 3);
  const std::vector<double> b = draw(c.network, 3, 3);
  const std::vector<double> gram = gram_of_trials(c.network, 3).to_vector();
  const auto dot = [](const auto& x, const auto& y) { return std::inner_product(x.begin(), x.end(), y.begin(), 0.0); };
  const auto scale = static_cast<double>(a.size());
  EXPECT_TRUE(close(gram[0], dot(a, a), 1e-5));
  EXPECT_TRUE(close(gram[2], dot(a, b), 0.0, 1e-6 * scale));
  EXPECT_EQ(gram[6], gram[2]);
  const std::vector<double> projected = project_trials(c.network, b, 3);
  EXPECT_TRUE(close(projected[0], dot(a, b), 1e-9, 1e-9 * scale));
  EXPECT_TRUE(close(projected[2], dot(b, b), 1e-12));
  const auto combined = combine_trials(c.network, {{2, 0, -1}, {0, 0, 1}});
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_TRUE(close(combined[0][i], 2 * a[i] - b[i], 1e-12, 1e-12));
  EXPECT_EQ(combined[1], b);
}

TEST(PerturbationResponse, ProductsOfManyTrialsAreTheSameByBlocks) {  // around the edges of a block of rows
  const Case c(6, kSmall);
  const std::int64_t most = 513;
  const std::vector<double> all = gram_of_trials(c.network, most).to_vector();
  for (const std::int64_t count : {1, 255, 256, 257, 512}) {
    const std::vector<double> gram = gram_of_trials(c.network, count).to_vector();
    for (std::int64_t i = 0; i < count; ++i) {
      for (std::int64_t j = 0; j < count; j += 7) {
        ASSERT_TRUE(close(gram[static_cast<std::size_t>(i * count + j)], all[static_cast<std::size_t>(i * most + j)],
                          1e-5, 1e-4));
        ASSERT_EQ(gram[static_cast<std::size_t>(i * count + j)], gram[static_cast<std::size_t>(j * count + i)]);
      }
    }
  }
}

TEST(PerturbationResponse, BiasIsThatOfThePerturbedNetworks) {
  const Case c(70, kSmall);
  const BiasOfTrials found = bias_of_trials(c.network, 2, 5);
  ASSERT_EQ(found.decisions.size(), 5U);
  const auto by_hand = [&](const nn::Classifier& model, double& decisions, double& scores) {
    const std::vector<double> s = nn::scores(*model.clone_classifier(), c.network.features);
    double selected[2] = {};
    double sums[2] = {};
    double rows[2] = {};
    for (std::size_t i = 0; i < s.size(); ++i) {
      selected[c.groups[i]] += s[i] > 0.5 ? 1 : 0;
      sums[c.groups[i]] += s[i];
      rows[c.groups[i]] += 1;
    }
    decisions = selected[0] / rows[0] - selected[1] / rows[1];
    scores = sums[0] / rows[0] - sums[1] / rows[1];
  };
  double decisions = 0.0;
  double scores = 0.0;
  for (std::size_t t = 0; t < 5; ++t) {
    by_hand(*debias::perturbed_copy(*c.network.model, 3, static_cast<std::int64_t>(t) + 2, kSigma), decisions, scores);
    EXPECT_EQ(found.decisions[t], decisions);
    EXPECT_TRUE(close(found.scores[t], scores, 1e-4, 1e-7));  // the fused pass rounds in its own way
  }
  by_hand(*c.network.model, decisions, scores);
  EXPECT_EQ(bias_of_original(c.network).decisions.front(), decisions);
  EXPECT_EQ(bias_of_original(c.network).scores.front(), scores);
}

// Against central differences in every coordinate of a network in float64.
TEST(PerturbationResponse, TheGradientIsTheDerivativeByThePerturbation) {
  const Case c(40, kSmallExact);
  for (const std::int64_t trial : {0, 3}) {
    const std::vector<double> gradient = gradient_of_trial(c.network, trial);
    const auto base = debias::perturbed_copy(*c.network.model, 3, trial, kSigma);
    const std::vector<double> w = flat(*c.network.model);
    std::size_t at = 0;
    for (const auto& parameter : base->parameters()) {
      Tensor value = parameter.variable.value();
      for (double& x : value.mutable_values<double>()) {
        constexpr double kStep = 1e-5;
        const double before = x;
        double bias[2];
        for (const int side : {0, 1}) {
          x = before + (side == 0 ? kStep : -kStep) * kSigma * w[at];
          PerturbedNetwork moved = c.network;
          moved.model = base;
          bias[side] = bias_of_original(moved).scores.front();
        }
        x = before;
        EXPECT_TRUE(close(gradient[at], (bias[0] - bias[1]) / (2 * kStep), 1e-5, 1e-9)) << parameter.name;
        ++at;
      }
    }
    EXPECT_EQ(at, gradient.size());
  }
}

// Stein's identity: least squares on many samples of few coordinates and the mean gradient find the same law.
TEST(PerturbationResponse, RegressionAndMeanGradientAgree) {
  const Case c(60, {.input = 2, .depth = 0, .width = 2});
  const std::int64_t trials = 800;
  const Tensor gram = gram_of_trials(c.network, trials + 300);
  const std::vector<double> bias = bias_of_trials(c.network, 1, trials + 300).scores;
  const KernelFit fit = KernelRegression(gram, trials, kGramRounding).least_norm(bias);
  const std::vector<double> coefficients = combine_trials(c.network, {fit.dual}).front();
  const std::vector<double> gradient = mean_gradient(c.network, 5000, 200);
  EXPECT_GT(fit.r2_held_out, 0.9);
  EXPECT_GT(cosine(coefficients, gradient), 0.99);
  const double size = std::sqrt(std::inner_product(gradient.begin(), gradient.end(), gradient.begin(), 0.0));
  for (std::size_t i = 0; i < gradient.size(); ++i) EXPECT_NEAR(coefficients[i], gradient[i], 0.1 * size);
}

TEST(PerturbationResponse, TheThreadsChangeNothing) {
  const Case c(30, kSmall);
  const posthoc::testing::RestoreThreads restore;
  set_threads(1);
  const BiasOfTrials bias = bias_of_trials(c.network, 1, 9);
  const std::vector<double> gradient = mean_gradient(c.network, 1, 6);
  const std::vector<double> gram = gram_of_trials(c.network, 9).to_vector();
  set_threads(3);
  EXPECT_EQ(bias_of_trials(c.network, 1, 9).decisions, bias.decisions);
  EXPECT_EQ(bias_of_trials(c.network, 1, 9).scores, bias.scores);
  EXPECT_EQ(mean_gradient(c.network, 1, 6), gradient);
  EXPECT_EQ(gram_of_trials(c.network, 9).to_vector(), gram);
}

TEST(PerturbationResponse, SharesOfStagesCountEveryCoordinateOnce) {
  const Case c(6, kSmall);
  std::vector<double> direction(static_cast<std::size_t>(coordinate_count(*c.network.model)), 0.0);
  direction.front() = 3.0;      // of fc0
  direction.back() = -4.0;      // the bias of out
  direction[3 * 4 + 4] = 12.0;  // the first scale of fc0's normalisation
  const std::vector<StageShare> shares = share_by_stage(*c.network.model, direction);
  ASSERT_EQ(shares.size(), 3U);
  EXPECT_EQ(shares[0].stage, "fc0");
  EXPECT_EQ(shares[0].coordinates, 3 * 4 + 4 + 4 + 4);
  EXPECT_TRUE(close(shares[0].share, 153.0 / 169.0, 1e-15));
  EXPECT_EQ(shares[0].norm_coordinates, 8);
  EXPECT_TRUE(close(shares[0].norm_share, 144.0 / 169.0, 1e-15));
  EXPECT_EQ(shares[2].norm_coordinates, 0);
  EXPECT_EQ(shares[1].coordinates, 4 * 4 + 4 + 4 + 4);
  EXPECT_EQ(shares[1].share, 0.0);
  EXPECT_EQ(shares[2].stage, "out");
  EXPECT_EQ(shares[2].coordinates, 5);
  EXPECT_TRUE(close(shares[2].share, 16.0 / 169.0, 1e-15));
}

TEST(PerturbationResponse, RefusesWhatDoesNotFit) {
  const Case c(6, kSmall);
  PerturbedNetwork network = c.network;
  network.features = Tensor::zeros({6, 2});
  EXPECT_TRUE(fails_with([&] { bias_of_trials(network, 1, 2); }, {"rows of 3 features", "[6, 2]"}));
  const std::vector<std::int32_t> same(6, 1);
  network = c.network;
  network.groups = same;
  EXPECT_TRUE(fails_with([&] { bias_of_original(network); }, {"a group has no rows"}));
  EXPECT_TRUE(fails_with([&] { bias_of_trials(c.network, 0, 2); }, {"from 1 on"}));
  EXPECT_TRUE(fails_with([&] { combine_trials(c.network, {{1, 2}, {1}}); }, {"of 2 and of 1"}));
  EXPECT_TRUE(fails_with([&] { project_trials(c.network, std::vector<double>{1}, 2); }, {"got 1"}));
  EXPECT_TRUE(fails_with([&] { mean_gradient(c.network, 1, 0); }, {"at least 1 trial"}));
}

}  // namespace
}  // namespace posthoc::study
