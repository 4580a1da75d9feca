#include "debias/adversarial.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>

#include "autograd/ops.h"
#include "debias/adversarial_steps.h"
#include "debias/baselines.h"
#include "debias/small_network.h"
#include "nn/linear.h"
#include "optim/adam.h"
#include "support/close.h"
#include "support/expect_error.h"
#include "tensor/ops.h"

namespace posthoc::debias {
namespace {

using testing::fails_with;

constexpr AdversarialOptions kShort{.rounds = 3, .critic_steps = 6, .actor_steps = 5, .batch = 16};

double threshold_of(const Debiased& debiased) { return std::get<Threshold>(debiased.rule).threshold; }

double detail(const Debiased& debiased, std::string_view name) {
  for (const Detail& one : debiased.details) {
    if (one.name == name) return one.value.number();
  }
  return std::numeric_limits<double>::quiet_NaN();
}

// What the trace says of the winner is what the returned network and rule do, and nobody is better.
void expect_sound(const Debiased& fitted, const SmallProblem& small, const Problem& problem) {
  ASSERT_FALSE(fitted.trace.empty());
  for (std::size_t i = 0; i < fitted.trace.size(); ++i) EXPECT_EQ(fitted.trace[i].step, static_cast<std::int64_t>(i));
  const TracePoint& best = fitted.trace[static_cast<std::size_t>(fitted.best_step)];
  for (const TracePoint& point : fitted.trace) {
    EXPECT_TRUE(point.step < best.step ? point.objective > best.objective : point.objective >= best.objective);
  }
  EXPECT_FALSE(fitted.model->training());
  const std::vector<double> scores = nn::scores(*fitted.model->clone_classifier(), small.features);
  const fairness::Outcomes outcomes{scores, small.labels, small.groups};
  EXPECT_EQ(threshold_of(fitted), best.threshold);
  EXPECT_EQ(fairness::evaluate(problem.objective, outcomes, best.threshold), best.objective);
}

TEST(AdversarialFineTuning, IsItsStepsByTheirNames) {
  for (const std::int64_t depth : {0, 2}) {
    for (const Dtype dtype : {Dtype::float32, Dtype::float64}) {
      const SmallProblem small = small_problem_of({.depth = depth, .width = 5, .dtype = dtype});
      const Problem problem = small.problem("aod");
      const Debiased fitted = AdversarialFineTuning(kShort).fit(problem);

      // The same by hand; the critic sees each minibatch run through the frozen network.
      const std::shared_ptr<nn::Classifier> actor = small.model->clone_classifier();
      actor->restart_draws(problem.seed);
      nn::Critic critic({.batch = 16, .width = 5, .dtype = dtype}, problem.seed);
      optim::Adam actor_optimizer(actor->parameters());
      optim::Adam critic_optimizer(critic.parameters());
      MinibatchSampler sampler(*problem.objective.bias, small.labels, small.groups, 16);
      const Tensor y = Tensor::from(std::vector<double>(small.labels.begin(), small.labels.end()), {120, 1}).to(dtype);
      const std::size_t last = actor->stages().size() - 1;
      double loss = 0;
      std::vector<double> targets;
      for (std::uint32_t round = 1; round <= 3; ++round) {
        loss = 0;
        targets.clear();
        const std::vector<double> scores = nn::scores(*actor, small.features);
        for (std::int64_t step = 0; step < 6; ++step) {
          const Minibatch drawn = sampler.draw({problem.seed, purpose("adversarial critic"), round}, step, scores);
          actor->eval();
          const Variable hidden = actor->run_stages(Variable(gather_rows(small.features, drawn.rows)), 0, last);
          loss += critic_step(critic, critic_optimizer, hidden.value().clone(), drawn.target) / 6;
          targets.push_back(drawn.target);
        }
        for (std::int64_t step = 0; step < 5; ++step) {
          const Tensor rows = sampler.draw({problem.seed, purpose("adversarial actor"), round}, step, scores).rows;
          actor_step(*actor, actor_optimizer, critic, gather_rows(small.features, rows), gather_rows(y, rows), 0.75);
        }
        const std::vector<double> after = nn::scores(*actor, small.features);
        const auto found = fairness::find_threshold({after, small.labels, small.groups}, problem.objective);
        const TracePoint& point = fitted.trace[round];
        // Gathered activations and those of a minibatch may differ in the last bit, and Adam makes much of it.
        EXPECT_TRUE(testing::close(point.objective, found.objective, dtype == Dtype::float64 ? 1e-9 : 1e-4)) << round;
        EXPECT_TRUE(testing::close(point.threshold, found.threshold, dtype == Dtype::float64 ? 1e-6 : 1e-2)) << round;
      }
      EXPECT_EQ(detail(fitted, "redraws"), static_cast<double>(sampler.redraws()));
      EXPECT_TRUE(testing::close(detail(fitted, "critic_loss"), loss, 1e-3));
      double mean = 0;
      double variance = 0;
      for (const double target : targets) mean += target / 6;
      for (const double target : targets) variance += (target - mean) * (target - mean) / 6;
      EXPECT_TRUE(testing::close(detail(fitted, "target_variance"), variance, 1e-3));
    }
  }
}

TEST(AdversarialFineTuning, ReturnsTheRoundThatItsTraceNames) {
  bool some_round_won = false;
  for (const char* bias : {"spd", "eod", "aod"}) {
    for (const std::int64_t batch : {2, 7, 64, 200}) {
      SCOPED_TRACE(fmt::format("{} {}", bias, batch));
      if (batch == 2 && std::string_view(bias) == "aod") continue;  // needs four cells, see below
      const SmallProblem small = small_problem();
      const Problem problem = small.problem(bias);
      const Debiased fitted =
          AdversarialFineTuning({.rounds = 4, .critic_steps = 5, .actor_steps = 20, .batch = batch}).fit(problem);
      ASSERT_EQ(fitted.trace.size(), 5U);
      expect_sound(fitted, small, problem);
      some_round_won = some_round_won || fitted.best_step > 0;
      EXPECT_EQ(fitted.notes.empty(), fitted.best_step > 0);
      EXPECT_GE(detail(fitted, "redraws"), 0.0);
      EXPECT_GE(detail(fitted, "critic_loss"), 0.0);
      EXPECT_GE(detail(fitted, "target_variance"), 0.0);
    }
  }
  EXPECT_TRUE(some_round_won);
}

TEST(AdversarialFineTuning, LeavesTheOriginalNetworkAsItWas) {
  const SmallProblem small = small_problem();
  for (const bool training : {true, false}) {
    small.model->train(training);
    const nn::StateDict before = small.model->state_dict();
    const Debiased fitted = AdversarialFineTuning(kShort).fit(small.problem());
    EXPECT_TRUE(same_state(small.model->state_dict(), before));
    EXPECT_EQ(small.model->training(), training);
    for (const nn::NamedParameter& parameter : small.model->parameters()) {
      EXPECT_FALSE(parameter.variable.has_grad());
      EXPECT_TRUE(parameter.variable.requires_grad());
    }
    EXPECT_NE(fitted.model.get(), small.model.get());
  }
}

TEST(AdversarialFineTuning, IsNeverWorseThanTheThresholdAlone) {
  const SmallProblem small = small_problem();
  for (const char* bias : {"spd", "di", "aaod"}) {
    for (std::uint64_t seed = 0; seed < 4; ++seed) {
      Problem problem = small.problem(bias);
      problem.seed = seed;
      const double threshold = threshold_of(ThresholdOnly().fit(problem));
      const double alone = fairness::evaluate(problem.objective, small.outcomes(), threshold);
      const Debiased fitted = AdversarialFineTuning(kShort).fit(problem);
      EXPECT_EQ(fitted.trace[0].objective, alone);
      EXPECT_EQ(fitted.trace[0].threshold, threshold);
      EXPECT_LE(fitted.trace[static_cast<std::size_t>(fitted.best_step)].objective, alone);
    }
  }
}

TEST(AdversarialFineTuning, DependsOnTheSeedAndOnNothingThatRanBefore) {
  const SmallProblem small = small_problem();
  Problem problem = small.problem();
  const Debiased first = AdversarialFineTuning(kShort).fit(problem);
  // The same weights in a network with another history: other masks drawn, parameters frozen.
  SmallProblem other = small_problem();
  other.model = std::make_shared<nn::Mlp>(small.model->options(), 99);
  other.model->forward(Variable(small.features));
  other.model->load_state_dict(small.model->state_dict());
  other.model->set_requires_grad(false);
  const Debiased again = AdversarialFineTuning(kShort).fit(other.problem());
  ASSERT_EQ(again.trace.size(), first.trace.size());
  for (std::size_t i = 0; i < first.trace.size(); ++i) {
    EXPECT_EQ(again.trace[i].objective, first.trace[i].objective);
    EXPECT_EQ(again.trace[i].threshold, first.trace[i].threshold);
  }
  EXPECT_TRUE(same_state(again.model->state_dict(), first.model->state_dict()));
  problem.seed = 6;
  EXPECT_NE(AdversarialFineTuning(kShort).fit(problem).trace[3].threshold, first.trace[3].threshold);
}

TEST(AdversarialFineTuning, ARoundDoesNotDependOnThoseToCome) {
  const SmallProblem small = small_problem();
  AdversarialOptions longer = kShort;
  longer.rounds = 6;
  const std::vector<TracePoint> few = AdversarialFineTuning(kShort).fit(small.problem()).trace;
  const std::vector<TracePoint> many = AdversarialFineTuning(longer).fit(small.problem()).trace;
  ASSERT_EQ(many.size(), 7U);
  for (std::size_t i = 0; i < few.size(); ++i) EXPECT_EQ(few[i].threshold, many[i].threshold);
}

TEST(AdversarialFineTuning, TakesEveryBiasMeasure) {
  SmallProblem small = small_problem();
  for (const bool three_groups : {false, true}) {
    for (std::size_t i = 0; three_groups && i < small.groups.size(); i += 4) small.groups[i] = 2;
    for (const fairness::Measure& measure : fairness::measures()) {
      if (measure.kind != fairness::Measure::Kind::bias) continue;
      SCOPED_TRACE(measure.name);
      Problem problem = small.problem();
      problem.objective.bias = &measure;
      const Debiased fitted = AdversarialFineTuning(kShort).fit(problem);
      EXPECT_EQ(fitted.trace.size(), 4U);
      expect_sound(fitted, small, problem);
    }
  }
}

TEST(AdversarialFineTuning, LambdaMayBeZeroOrOne) {
  const SmallProblem small = small_problem();
  for (const double lambda : {0.0, 1.0}) {
    Problem problem = small.problem();
    problem.objective.lambda = lambda;
    expect_sound(AdversarialFineTuning(kShort).fit(problem), small, problem);
  }
}

TEST(AdversarialFineTuning, AConstraintChoosesTheRoundAndLambdaTrains) {
  const SmallProblem small = small_problem();
  Problem problem = small.problem();
  problem.objective = fairness::make_constrained_objective("spd", "accuracy", 0.1);
  const Debiased fitted = AdversarialFineTuning(kShort).fit(problem);
  expect_sound(fitted, small, problem);
  EXPECT_LE(std::abs(fitted.trace[static_cast<std::size_t>(fitted.best_step)].bias.number()), 0.1);

  // The loss takes the objective's lambda, 0.75 if nobody sets it.
  EXPECT_EQ(problem.objective.lambda, 0.75);
  problem.objective.lambda = 0.1;
  const Debiased other = AdversarialFineTuning(kShort).fit(problem);
  expect_sound(other, small, problem);
  EXPECT_EQ(other.trace[0].threshold, fitted.trace[0].threshold);
  EXPECT_NE(other.trace[3].threshold, fitted.trace[3].threshold);
}

TEST(AdversarialFineTuning, TrainsForUtilityWithoutABiasTerm) {
  const SmallProblem small = small_problem_of({.depth = 1, .width = 8});
  Problem problem = small.problem();
  problem.objective.lambda = 0.0;  // phi is the error rate, and the loss the cross-entropy
  const Debiased fitted =
      AdversarialFineTuning({.rounds = 3, .critic_steps = 1, .actor_steps = 200, .batch = 64}).fit(problem);
  EXPECT_LT(fitted.trace.back().objective, fitted.trace.front().objective - 0.02);
}

TEST(AdversarialFineTuning, RefusesBadOptions) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_TRUE(fails_with([] { AdversarialFineTuning({.rounds = 0}); }, {"rounds", "got 0"}));
  EXPECT_TRUE(fails_with([] { AdversarialFineTuning({.rounds = 1000001}); }, {"rounds", "1000001"}));
  EXPECT_TRUE(fails_with([] { AdversarialFineTuning({.critic_steps = 0}); }, {"critic's steps", "got 0"}));
  EXPECT_TRUE(fails_with([] { AdversarialFineTuning({.actor_steps = -1}); }, {"actor's steps", "got -1"}));
  EXPECT_TRUE(fails_with([] { AdversarialFineTuning({.batch = 1}); }, {"minibatch", "got 1"}));
  EXPECT_TRUE(fails_with([] { AdversarialFineTuning({.batch = 65537}); }, {"minibatch", "65537"}));
  EXPECT_TRUE(fails_with([] { AdversarialFineTuning({.learning_rate = 0.0}); }, {"learning rate", "got 0"}));
  EXPECT_TRUE(fails_with([] { AdversarialFineTuning({.learning_rate = 1.5}); }, {"learning rate", "1.5"}));
  EXPECT_TRUE(fails_with([&] { AdversarialFineTuning({.learning_rate = nan}); }, {"learning rate", "nan"}));
  EXPECT_TRUE(fails_with([] { method("adversarial", {.adversarial = {.rounds = -3}}); }, {"rounds", "-3"}));
}

TEST(AdversarialFineTuning, RefusesAProblemThatItCannotTrainOn) {
  const SmallProblem small = small_problem();
  const AdversarialFineTuning adversarial(kShort);
  Problem problem = small.problem();
  problem.model = nullptr;
  EXPECT_TRUE(fails_with([&] { return adversarial.fit(problem); }, {"adversarial", "model"}));
  problem = small.problem();
  problem.features = Tensor::zeros({120, 3});
  EXPECT_TRUE(fails_with([&] { return adversarial.fit(problem); }, {"[120, 4]", "[120, 3]"}));
  problem = small.problem();
  problem.objective.lambda = 1.5;
  EXPECT_TRUE(fails_with([&] { return adversarial.fit(problem); }, {"lambda", "1.5"}));
  problem.objective.lambda = std::numeric_limits<double>::quiet_NaN();
  EXPECT_TRUE(fails_with([&] { return adversarial.fit(problem); }, {"lambda"}));

  SmallProblem nan_scores = small_problem();
  nan_scores.scores[3] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_TRUE(fails_with([&] { return adversarial.fit(nan_scores.problem()); }, {"nan"}));
  SmallProblem infinite = small_problem();
  infinite.features = infinite.features.full_like(std::numeric_limits<double>::infinity());
  EXPECT_TRUE(fails_with([&] { return adversarial.fit(infinite.problem()); }, {"adversarial", "not finite"}));

  SmallProblem one_group = small_problem();
  std::fill(one_group.groups.begin(), one_group.groups.end(), 1);
  EXPECT_TRUE(fails_with([&] { return adversarial.fit(one_group.problem()); },
                         {"spd is undefined on the validation rows", "group 0 has no rows"}));
  SmallProblem one_class = small_problem();
  std::fill(one_class.labels.begin(), one_class.labels.end(), std::uint8_t{0});
  EXPECT_TRUE(fails_with([&] { return adversarial.fit(one_class.problem("eod")); },
                         {"eod is undefined on the validation rows", "no positive labels"}));
}

TEST(AdversarialFineTuning, GivesUpWhereMinibatchesAreTooSmallForTheMeasure) {
  SmallProblem small = small_problem();
  AdversarialOptions options = kShort;
  options.batch = 2;  // two rows never hold favourable and unfavourable labels of two groups
  EXPECT_TRUE(fails_with([&] { return AdversarialFineTuning(options).fit(small.problem("aod")); },
                         {"aod", "1000 minibatches of 2 rows", "larger batch"}));
}

// A chain of two stages that is no `Mlp`, or, told so, a network of one.
class Tanh final : public nn::Classifier {
 public:
  explicit Tanh(bool chain) : chain_(chain) {
    hidden_ = register_module("hidden", std::make_shared<nn::Linear>(4, 5, RandomStream{1, 2, 0}));
    out_ = register_module("out", std::make_shared<nn::Linear>(5, 1, RandomStream{1, 2, 1}));
  }
  Variable logits(const Variable& x) override { return out_->forward(tanh(hidden_->forward(x))); }
  [[nodiscard]] std::vector<nn::Stage> stages() const override {
    if (!chain_) return nn::Classifier::stages();
    return {{"hidden", hidden_->parameters(), {}}, {"out", out_->parameters(), {}}};
  }
  Variable run_stages(const Variable& x, std::size_t begin, std::size_t end) override {
    if (!chain_) return nn::Classifier::run_stages(x, begin, end);
    const Variable h = begin == 0 && end > 0 ? tanh(hidden_->forward(x)) : x;
    return begin <= 1 && end == 2 ? out_->forward(h) : h;
  }
  [[nodiscard]] std::int64_t inputs() const override { return 4; }
  [[nodiscard]] std::shared_ptr<nn::Module> clone() const override { return copy_into(std::make_shared<Tanh>(chain_)); }

 private:
  bool chain_;
  std::shared_ptr<nn::Linear> hidden_;
  std::shared_ptr<nn::Linear> out_;
};

TEST(AdversarialFineTuning, TakesAnyChainOfTwoStages) {
  SmallProblem small = small_problem();
  for (const bool chain : {true, false}) {
    const auto model = std::make_shared<Tanh>(chain);
    small.scores = nn::scores(*model, small.features);
    Problem problem = small.problem();
    problem.model = model;
    problem.objective.lambda = 0.0;  // untrained, it does best by deciding the same for all
    if (!chain) {
      EXPECT_TRUE(fails_with([&] { return AdversarialFineTuning(kShort).fit(problem); },
                             {"adversarial", "no chain of stages"}));
      continue;
    }
    AdversarialOptions longer = kShort;
    longer.actor_steps = 300;
    const Debiased fitted = AdversarialFineTuning(longer).fit(problem);
    expect_sound(fitted, small, problem);
    EXPECT_GT(fitted.best_step, 0);
  }
}

TEST(AdversarialFineTuning, RefusesACriticThatWouldFillTheMemory) {
  const SmallProblem small = small_problem_of({.depth = 0, .width = 100});
  EXPECT_TRUE(fails_with([&] { return AdversarialFineTuning({.batch = 65536}).fit(small.problem()); },
                         {"65536 rows with 100 activations", "smaller batch"}));
}

TEST(AdversarialFineTuning, OneClassAndEqualScoresAreDefined) {
  for (const std::uint8_t label : {std::uint8_t{0}, std::uint8_t{1}}) {
    SmallProblem one_class = small_problem();
    std::fill(one_class.labels.begin(), one_class.labels.end(), label);
    for (const TracePoint& point : AdversarialFineTuning(kShort).fit(one_class.problem("spd")).trace) {
      EXPECT_EQ(point.objective, 0.0);  // everybody gets the one label: accuracy 1, the same for both groups
    }
  }
  SmallProblem equal = small_problem();
  equal.features = equal.features.full_like(0.5);
  equal.scores = nn::scores(*equal.model, equal.features);
  const fairness::BoundObjective phi(equal.problem().objective, equal.outcomes());
  const Debiased constant = AdversarialFineTuning(kShort).fit(equal.problem());
  EXPECT_EQ(constant.best_step, 0);  // the first of equals
  EXPECT_EQ(constant.notes.size(), 1U);
  for (const TracePoint& point : constant.trace) {
    EXPECT_EQ(point.objective, phi(fairness::count_majority(equal.outcomes())));
  }
}

}  // namespace
}  // namespace posthoc::debias
