#include "debias/adversarial_steps.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>

#include "debias/small_network.h"
#include "fairness/soft_measures.h"
#include "optim/adam.h"
#include "support/close.h"
#include "support/expect_error.h"
#include "tensor/ops.h"
#include "tensor/random.h"

namespace posthoc::debias {
namespace {

using testing::close;
using testing::fails_with;

constexpr RandomStream kStream{9, purpose("test"), 3};

Tensor column(const std::vector<std::uint8_t>& labels, Dtype dtype) {
  return Tensor::from(std::vector<double>(labels.begin(), labels.end()), {static_cast<std::int64_t>(labels.size()), 1})
      .to(dtype);
}

// The network as one stage, which it may be for all its interface says.
class OneStage final : public nn::Classifier {
 public:
  explicit OneStage(std::shared_ptr<nn::Mlp> inner) : inner_(register_module("inner", std::move(inner))) {}
  Variable logits(const Variable& x) override { return inner_->logits(x); }
  [[nodiscard]] std::int64_t inputs() const override { return inner_->inputs(); }
  [[nodiscard]] std::shared_ptr<nn::Module> clone() const override {
    return copy_into(std::make_shared<OneStage>(std::dynamic_pointer_cast<nn::Mlp>(inner_->clone())));
  }

 private:
  std::shared_ptr<nn::Mlp> inner_;
};

TEST(Activations, AreThoseOfEveryMinibatchAndOfTheScores) {
  for (const Dtype dtype : {Dtype::float32, Dtype::float64}) {
    for (const std::int64_t depth : {0, 1, 4}) {
      const SmallProblem small = small_problem_of({.depth = depth, .width = 7, .dtype = dtype}, 5000);  // two blocks
      small.model->train();
      const nn::StateDict before = small.model->state_dict();
      const Activations all = activations(*small.model, small.features);
      EXPECT_TRUE(small.model->training());
      EXPECT_TRUE(same_state(small.model->state_dict(), before));
      EXPECT_EQ(all.scores, small.scores);
      ASSERT_EQ(all.hidden.shape(), Shape({5000, 7}));
      small.model->eval();
      for (const std::int64_t batch : {2, 7, 64, 200}) {
        const std::vector<std::int64_t> drawn = random_integers(batch, 5000, kStream);
        const Tensor rows = Tensor::from(drawn, {batch});
        const Variable hidden = small.model->features(Variable(gather_rows(small.features, rows)));
        // A matrix product may add in another order for another number of rows.
        const std::vector<double> one_by_one = hidden.value().to_vector();
        const std::vector<double> gathered = gather_rows(all.hidden, rows).to_vector();
        EXPECT_TRUE(testing::all_close(std::span<const double>(gathered), std::span<const double>(one_by_one), 0,
                                       dtype == Dtype::float32 ? 2e-6 : 1e-14));
      }
    }
  }
}

TEST(Activations, NeedAChainAndFiniteScores) {
  const SmallProblem small = small_problem();
  OneStage one(small.model);
  EXPECT_TRUE(fails_with([&] { return activations(one, small.features); }, {"adversarial", "no chain of stages"}));
  const Tensor infinite = small.features.full_like(std::numeric_limits<double>::infinity());
  EXPECT_TRUE(fails_with([&] { return activations(*small.model, infinite); }, {"row 0", "not finite"}));
}

TEST(MinibatchSampler, TakesTheDrawsOfItsStepAndTheSoftMeasureOfItsRows) {
  const SmallProblem small = small_problem();
  const fairness::Measure& spd = fairness::find_measure("spd");
  for (const std::int64_t batch : {2, 7, 64, 200}) {  // 200: more than there are rows
    MinibatchSampler sampler(spd, small.labels, small.groups, batch);
    for (const std::int64_t step : {0, 1, 5}) {
      const std::int64_t before = sampler.redraws();
      const Minibatch drawn = sampler.draw(kStream, step, small.scores);
      const std::int64_t attempt = sampler.redraws() - before;
      const std::vector<std::int64_t> rows = random_integers(
          batch, 120, kStream, static_cast<std::uint64_t>((step * MinibatchSampler::kMaxTries + attempt) * batch));
      EXPECT_EQ(drawn.rows.to_vector(), std::vector<double>(rows.begin(), rows.end()));
      double sums[2] = {0, 0};
      double counts[2] = {0, 0};
      for (const std::int64_t row : rows) {
        const auto group = static_cast<std::size_t>(small.groups[static_cast<std::size_t>(row)]);
        sums[group] += small.scores[static_cast<std::size_t>(row)];
        counts[group] += 1;
      }
      EXPECT_TRUE(close(drawn.target, sums[0] / counts[0] - sums[1] / counts[1], 1e-12, 1e-12));
    }
  }
}

TEST(MinibatchSampler, DrawsAgainWhereACellIsEmptyAndCounts) {
  SmallProblem small = small_problem();
  const fairness::Measure& eod = fairness::find_measure("eod");
  MinibatchSampler sampler(eod, small.labels, small.groups, 2);
  for (std::int64_t step = 0; step < 200; ++step) {
    const std::vector<double> rows = sampler.draw(kStream, step, small.scores).rows.to_vector();
    for (const double row : rows) EXPECT_EQ(small.labels[static_cast<std::size_t>(row)], 1);
    EXPECT_NE(small.groups[static_cast<std::size_t>(rows[0])], small.groups[static_cast<std::size_t>(rows[1])]);
  }
  // One pair of rows in eight has two favourable labels and both groups, about; 200 such need about 1400 others.
  EXPECT_GT(sampler.redraws(), 700);
  EXPECT_LT(sampler.redraws(), 2800);

  std::fill(small.groups.begin(), small.groups.end(), 1);
  EXPECT_TRUE(fails_with([&] { MinibatchSampler(eod, small.labels, small.groups, 64).draw(kStream, 0, small.scores); },
                         {"eod", "1000 minibatches of 64 rows", "group 0 has no positive labels", "larger batch"}));
}

TEST(MinibatchSampler, TheTargetOfARatioIsItsSignedUnfairness) {
  const SmallProblem small = small_problem();
  const fairness::Measure& di = fairness::find_measure("di");
  MinibatchSampler sampler(di, small.labels, small.groups, 64);
  std::vector<double> scores = small.scores;
  for (const std::int32_t favoured : {0, 1}) {
    for (std::size_t i = 0; i < scores.size(); ++i) scores[i] = small.groups[i] == favoured ? 0.5 : 0.125;
    EXPECT_TRUE(close(sampler.draw(kStream, 0, scores).target, favoured == 0 ? 0.75 : -0.75, 1e-12));
  }
}

TEST(AdversarialSteps, EachMovesItsOwnNetworkAlone) {
  for (const Dtype dtype : {Dtype::float32, Dtype::float64}) {
    const SmallProblem small = small_problem_of({.depth = 2, .width = 6, .dtype = dtype});
    nn::Classifier& actor = *small.model;
    nn::Critic critic({.batch = 120, .width = 6, .dtype = dtype}, 1);
    optim::Adam actor_optimizer(actor.parameters());
    optim::Adam critic_optimizer(critic.parameters());
    const Tensor hidden = activations(actor, small.features).hidden;
    const nn::StateDict actor_at_first = actor.state_dict();  // parameters and running statistics
    const nn::StateDict critic_at_first = critic.state_dict();

    critic_step(critic, critic_optimizer, hidden, -0.5);
    EXPECT_TRUE(critic.training());
    EXPECT_TRUE(same_state(actor.state_dict(), actor_at_first));
    const nn::StateDict critic_after = critic.state_dict();
    for (const auto& [name, tensor] : critic_after) {
      EXPECT_NE(tensor.to_vector(), critic_at_first.at(name).to_vector()) << name;
    }
    for (const nn::NamedParameter& parameter : actor.parameters()) EXPECT_FALSE(parameter.variable.has_grad());

    critic.zero_grad();
    actor_step(actor, actor_optimizer, critic, small.features, column(small.labels, dtype), 0.5);
    EXPECT_TRUE(actor.training());
    EXPECT_FALSE(critic.training());
    EXPECT_TRUE(same_state(critic.state_dict(), critic_after));
    for (const nn::NamedParameter& parameter : critic.parameters()) EXPECT_FALSE(parameter.variable.has_grad());
    int moved_statistics = 0;
    for (const auto& [name, tensor] : actor.state_dict()) {
      EXPECT_NE(tensor.to_vector(), actor_at_first.at(name).to_vector()) << name;
      if (!name.ends_with("num_batches_tracked")) continue;
      EXPECT_EQ(tensor.item(), actor_at_first.at(name).item() + 1) << name;  // one pass a step
      ++moved_statistics;
    }
    EXPECT_EQ(moved_statistics, 3);
    // The critic learns again after it was frozen.
    critic_step(critic, critic_optimizer, hidden, -0.5);
    EXPECT_FALSE(same_state(critic.state_dict(), critic_after));
  }
}

TEST(AdversarialSteps, LambdaWeighsTheTwoTerms) {
  const SmallProblem small = small_problem_of({.depth = 1, .width = 6, .dropout = 0.0, .dtype = Dtype::float64});
  nn::Critic critic({.batch = 120, .width = 6, .dtype = Dtype::float64}, 1);
  const auto step = [&](double lambda) {
    const std::shared_ptr<nn::Classifier> actor = small.model->clone_classifier();
    optim::Adam optimizer(actor->parameters());
    const ActorLoss loss =
        actor_step(*actor, optimizer, critic, small.features, column(small.labels, Dtype::float64), lambda);
    EXPECT_TRUE(close(loss.total, lambda * std::abs(loss.bias) + (1 - lambda) * loss.cross_entropy, 1e-12));
    std::vector<double> gradient = actor->parameters().front().variable.grad().to_vector();
    const double of_out = actor->parameters().back().variable.grad().item();
    gradient.push_back(of_out);
    return gradient;
  };
  const std::vector<double> utility = step(0.0);
  const std::vector<double> bias = step(1.0);
  const std::vector<double> mixed = step(0.25);
  EXPECT_EQ(bias.back(), 0.0);  // the last stage does not enter the critic
  EXPECT_NE(utility.back(), 0.0);
  for (std::size_t i = 0; i < mixed.size(); ++i) {
    EXPECT_TRUE(close(mixed[i], 0.25 * bias[i] + 0.75 * utility[i], 1e-9, 1e-14)) << i;
  }
}

constexpr std::int64_t kWidth = 8;

// Rows whose bias shows: the first hidden activation is the group, the second the score.
struct Visible {
  Tensor hidden;
  std::vector<double> scores;
  std::vector<std::uint8_t> labels;
  std::vector<std::int32_t> groups;
};

Visible visible_bias(std::int64_t rows) {
  Visible visible;
  const std::vector<double> uniform = random_uniform({rows}, kStream, 0.0, 1.0).to_vector();
  std::vector<float> hidden;
  for (std::int64_t i = 0; i < rows; ++i) {
    visible.groups.push_back(static_cast<std::int32_t>(i % 2));
    visible.labels.push_back(static_cast<std::uint8_t>(i / 2 % 2));
    visible.scores.push_back(0.3 * visible.groups.back() + 0.7 * uniform[static_cast<std::size_t>(i)]);
    hidden.push_back(static_cast<float>(2 * visible.groups.back() - 1));
    hidden.push_back(static_cast<float>(4 * visible.scores.back() - 2));
    hidden.insert(hidden.end(), kWidth - 2, 0.0F);
  }
  visible.hidden = Tensor::from(hidden, {rows, kWidth});
  return visible;
}

TEST(Critic, LearnsTheBiasOfAFixedActor) {
  const Visible rows = visible_bias(400);
  for (const char* name : {"spd", "eod"}) {
    SCOPED_TRACE(name);
    MinibatchSampler sampler(fairness::find_measure(name), rows.labels, rows.groups, 4);
    nn::Critic critic({.batch = 4, .width = kWidth, .dropout = 0.0}, 1);
    optim::Adam optimizer(critic.parameters(), {.learning_rate = 3e-3});
    constexpr std::int64_t kSteps = 6000;
    double first = 0;
    double last = 0;
    for (std::int64_t step = 0; step < kSteps; ++step) {
      const Minibatch drawn = sampler.draw({1, purpose("learn"), 0}, step, rows.scores);
      const double loss = critic_step(critic, optimizer, gather_rows(rows.hidden, drawn.rows), drawn.target);
      if (step < 500) first += loss / 500;
      if (step >= kSteps - 500) last += loss / 500;
    }
    EXPECT_LT(last, 0.8 * first);

    critic.eval();
    const NoGrad no_graph;
    const double n = 500;
    double x = 0;
    double y = 0;
    double xx = 0;
    double yy = 0;
    double xy = 0;
    for (std::int64_t step = 0; step < 500; ++step) {
      const Minibatch drawn = sampler.draw({1, purpose("fresh minibatches"), 0}, step, rows.scores);
      const double estimate = critic.forward(Variable(gather_rows(rows.hidden, drawn.rows))).value().item();
      x += estimate / n;
      y += drawn.target / n;
      xx += estimate * estimate / n;
      yy += drawn.target * drawn.target / n;
      xy += estimate * drawn.target / n;
    }
    EXPECT_GT((xy - x * y) / std::sqrt((xx - x * x) * (yy - y * y)), 0.5);
    EXPECT_TRUE(close(x, y, 0.2));
  }
}

}  // namespace
}  // namespace posthoc::debias
