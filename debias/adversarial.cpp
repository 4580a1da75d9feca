#include "debias/adversarial.h"

#include <algorithm>
#include <memory>

#include "base/error.h"
#include "debias/adversarial_steps.h"
#include "fairness/soft_measures.h"
#include "optim/adam.h"
#include "tensor/ops.h"

namespace posthoc::debias {
namespace {

constexpr std::int64_t kMaxSteps = 1'000'000;  // keeps every number of a draw below 2^63
constexpr std::int64_t kMaxBatch = 65536;
constexpr std::int64_t kMaxWeights = std::int64_t{1} << 28;  // of the critic: 4 GB in float32 with gradient and moments

// How well the critic did in one round.
struct CriticRound {
  double loss = 0.0;             // mean squared error
  double target_variance = 0.0;  // that of the best constant answer
};

// The networks of one fit and where they stand.
class FineTuning {
 public:
  FineTuning(const Problem& problem, const AdversarialOptions& options)
      : problem_(problem),
        options_(options),
        actor_(problem.model->clone_classifier()),
        now_(activations(*actor_, problem.features)),
        critic_(critic_of(now_.hidden, options.batch), problem.seed),
        actor_optimizer_(trained(*actor_, problem.seed), {.learning_rate = options.learning_rate}),
        critic_optimizer_(placed(critic_, now_.hidden.device()), {.learning_rate = options.learning_rate}),
        sampler_(*problem.objective.bias, problem.validation.labels, problem.validation.groups, options.batch,
                 problem.objective.empty_cell) {
    const std::vector<double> labels(problem.validation.labels.begin(), problem.validation.labels.end());
    labels_ = Tensor::from(labels, {static_cast<std::int64_t>(labels.size()), 1})
                  .to(now_.hidden.dtype())
                  .to(now_.hidden.device());
    require_bias_of_all_rows();
  }

  /// A round's critic steps on the network as it stands.
  CriticRound train_critic(std::int64_t round, ProgressStage& stage) {
    const RandomStream stream{problem_.seed, purpose("adversarial critic"), static_cast<std::uint32_t>(round)};
    const auto steps = static_cast<double>(options_.critic_steps);
    CriticRound mean;
    double mean_target = 0.0;
    for (std::int64_t step = 0; step < options_.critic_steps; ++step) {
      const Minibatch minibatch = draw(stream, step);
      mean.loss +=
          critic_step(critic_, critic_optimizer_, gather_rows(now_.hidden, minibatch.rows), minibatch.target) / steps;
      mean.target_variance += minibatch.target * minibatch.target / steps;
      mean_target += minibatch.target / steps;
      stage.advance(1, "");
    }
    mean.target_variance = std::max(0.0, mean.target_variance - mean_target * mean_target);
    return mean;
  }

  void train_actor(std::int64_t round, ProgressStage& stage) {
    const RandomStream stream{problem_.seed, purpose("adversarial actor"), static_cast<std::uint32_t>(round)};
    for (std::int64_t step = 0; step < options_.actor_steps; ++step) {
      const Tensor rows = draw(stream, step).rows;
      actor_step(*actor_, actor_optimizer_, critic_, gather_rows(problem_.features, rows), gather_rows(labels_, rows),
                 problem_.objective.lambda);
      stage.advance(1, "");
    }
    now_ = activations(*actor_, problem_.features);
  }

  /// The network as it stands with its best threshold.
  [[nodiscard]] TracePoint evaluate(std::int64_t round) const {
    const auto best = fairness::find_threshold(outcomes(), problem_.objective, problem_.threshold_search);
    return {round, best.objective, best.threshold, best.bias, best.performance};
  }

  [[nodiscard]] std::shared_ptr<nn::Classifier> copy() const {
    std::shared_ptr<nn::Classifier> network = actor_->clone_classifier();
    network->eval();
    return network;
  }

  [[nodiscard]] std::int64_t redraws() const { return sampler_.redraws(); }

 private:
  static nn::CriticOptions critic_of(const Tensor& hidden, std::int64_t batch) {
    const std::int64_t width = hidden.size(1);
    require(
        width <= kMaxWeights / batch / width,
        "adversarial: the critic of {} rows with {} activations would have more than {} weights; use a smaller batch",
        batch, width, kMaxWeights);
    return {.batch = batch, .width = width, .dtype = hidden.dtype()};
  }

  // Makes the actor one that can be trained, the same whatever was done with it before.
  static std::vector<nn::NamedParameter> trained(nn::Classifier& actor, std::uint64_t seed) {
    actor.set_requires_grad(true);
    actor.restart_draws(seed);
    return actor.parameters();
  }

  static std::vector<nn::NamedParameter> placed(nn::Critic& critic, Device device) {
    critic.to(device);
    return critic.parameters();
  }

  [[nodiscard]] fairness::Outcomes outcomes() const {
    return {now_.scores, problem_.validation.labels, problem_.validation.groups};
  }

  // No minibatch can have what the data lack.
  void require_bias_of_all_rows() const {
    const fairness::Measure& bias = *problem_.objective.bias;
    const auto groups = fairness::group_count(problem_.validation.groups);
    const fairness::Value value = fairness::soft_measure(bias, outcomes(), groups);
    require(value.defined(), "adversarial: {} is undefined on the validation rows ({}), so no critic can learn it",
            bias.name, value.reason());
  }

  Minibatch draw(const RandomStream& stream, std::int64_t step) { return sampler_.draw(stream, step, now_.scores); }

  const Problem& problem_;
  const AdversarialOptions& options_;
  std::shared_ptr<nn::Classifier> actor_;
  Activations now_;  // of the actor after the round before, on all validation rows
  nn::Critic critic_;
  optim::Adam actor_optimizer_;
  optim::Adam critic_optimizer_;
  MinibatchSampler sampler_;
  Tensor labels_;  // [n, 1] in the network's dtype
};

}  // namespace

AdversarialFineTuning::AdversarialFineTuning(const AdversarialOptions& options) : options_(options) {
  const auto require_count = [](std::int64_t count, const char* what, std::int64_t least, std::int64_t most) {
    require(count >= least && count <= most, "adversarial: {} must lie in [{}, {}], got {}", what, least, most, count);
  };
  require_count(options.rounds, "the number of rounds", 1, kMaxSteps);
  require_count(options.critic_steps, "the critic's steps a round", 1, kMaxSteps);
  require_count(options.actor_steps, "the actor's steps a round", 1, kMaxSteps);
  require_count(options.batch, "the rows of a minibatch", 2, kMaxBatch);
  require(options.learning_rate > 0.0 && options.learning_rate <= 1.0,
          "adversarial: the learning rate must lie in (0, 1], got {}", options.learning_rate);
}

Debiased AdversarialFineTuning::fit(const Problem& problem) const {
  validate(problem);
  require(problem.model != nullptr, "adversarial: this method changes the model, and only scores were given");
  FineTuning training(problem, options_);
  std::vector<TracePoint> trace{training.evaluate(0)};
  TracePoint best = trace.front();
  std::shared_ptr<nn::Classifier> best_network = training.copy();
  CriticRound critic;
  ProgressStage stage(*problem.progress, "adversarial fine-tuning",
                      options_.rounds * (options_.critic_steps + options_.actor_steps));
  for (std::int64_t round = 1; round <= options_.rounds; ++round) {
    critic = training.train_critic(round, stage);
    training.train_actor(round, stage);
    trace.push_back(training.evaluate(round));
    const bool last = options_.keep_last_round && round == options_.rounds;
    if (last || trace.back().objective < best.objective) {
      best = trace.back();
      best_network = training.copy();
    }
    stage.advance(
        0, fmt::format("round {}: objective {:.4f}, best {:.4f}", round, trace.back().objective, best.objective));
  }
  Debiased debiased{best_network, Threshold{best.threshold}, std::move(trace), best.step};
  if (best.step == 0) debiased.notes.push_back("no round was better than the original network with its threshold");
  debiased.details = {{"redraws", static_cast<double>(training.redraws())},
                      {"critic_loss", critic.loss},
                      {"target_variance", critic.target_variance}};
  return debiased;
}

}  // namespace posthoc::debias
