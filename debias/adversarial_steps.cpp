#include "debias/adversarial_steps.h"

#include <algorithm>
#include <cmath>

#include "autograd/losses.h"
#include "autograd/ops.h"
#include "base/error.h"
#include "fairness/soft_measures.h"
#include "tensor/format.h"
#include "tensor/random.h"

namespace posthoc::debias {

Activations activations(nn::Classifier& network, const Tensor& x) {
  const std::size_t stages = network.stage_count();
  require(stages >= 2, "adversarial: the network is no chain of stages, so it has no last hidden activations");
  const NoGrad no_graph;
  const nn::EvalMode eval(network);
  Activations all;
  std::vector<Variable> blocks;
  nn::for_row_blocks(x, [&](std::int64_t begin, std::int64_t end) {
    const Tensor block = x.rows(begin, end);
    blocks.push_back(network.run_stages(Variable(block), 0, stages - 1));
    const Shape& shape = blocks.back().shape();
    require(shape.rank() == 2 && shape[0] == block.size(0),
            "adversarial: expected last hidden activations of {} rows, [{}, c], got {}", block.size(0), block.size(0),
            shape);
    const Variable scores = sigmoid(network.run_stages(blocks.back(), stages - 1, stages));
    const std::vector<double> part = scores.value().to_vector();
    all.scores.insert(all.scores.end(), part.begin(), part.end());
  });
  const auto bad = std::find_if(all.scores.begin(), all.scores.end(), [](double s) { return !std::isfinite(s); });
  require(
      bad == all.scores.end(),
      "adversarial: the network gives {} for row {}, which is not finite; look for bad values in its weights and the "
      "data, or lower the learning rate",
      bad == all.scores.end() ? 0.0 : *bad, bad - all.scores.begin());
  all.hidden = concatenate(blocks).value();
  return all;
}

MinibatchSampler::MinibatchSampler(const fairness::Measure& bias, std::span<const std::uint8_t> labels,
                                   std::span<const std::int32_t> groups, std::int64_t batch,
                                   fairness::EmptyCell empty_cell)
    : bias_(bias),
      labels_(labels),
      groups_(groups),
      group_count_(fairness::group_count(groups)),
      batch_(batch),
      empty_cell_(empty_cell),
      batch_scores_(static_cast<std::size_t>(batch)),
      batch_labels_(static_cast<std::size_t>(batch)),
      batch_groups_(static_cast<std::size_t>(batch)) {}

Minibatch MinibatchSampler::draw(const RandomStream& stream, std::int64_t step, std::span<const double> scores) {
  const auto n = static_cast<std::int64_t>(labels_.size());
  std::string why;
  for (std::int64_t attempt = 0; attempt < kMaxTries; ++attempt) {
    const auto first = static_cast<std::uint64_t>(step * kMaxTries + attempt) * static_cast<std::uint64_t>(batch_);
    const std::vector<std::int64_t> rows = random_integers(batch_, n, stream, first);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const auto row = static_cast<std::size_t>(rows[i]);
      batch_scores_[i] = scores[row];
      batch_labels_[i] = labels_[row];
      batch_groups_[i] = groups_[row];
    }
    const fairness::Outcomes outcomes{batch_scores_, batch_labels_, batch_groups_};
    fairness::Value soft = fairness::soft_measure(bias_, outcomes, group_count_);
    const double with_zeros = soft.with_empty_as_zero();
    if (empty_cell_ == fairness::EmptyCell::zero && std::isfinite(with_zeros)) soft = with_zeros;
    const fairness::Value target = fairness::signed_unfairness(bias_, soft);
    if (target.defined()) return {Tensor::from(rows, {batch_}), target.number()};
    why = soft.reason();
    ++redraws_;
  }
  fail("adversarial: {} is undefined in {} minibatches of {} rows in a row ({}); use a larger batch", bias_.name,
       kMaxTries, batch_, why);
}

double critic_step(nn::Critic& critic, optim::Optimizer& optimizer, const Tensor& hidden, double target) {
  critic.train();
  critic.set_requires_grad(true);
  const Variable estimate = critic.forward(Variable(hidden));
  const Variable loss = mean_squared_error(estimate, estimate.value().full_like(target));
  optimizer.zero_grad();
  loss.backward();
  optimizer.step();
  return loss.value().item();
}

ActorLoss actor_step(nn::Classifier& actor, optim::Optimizer& optimizer, nn::Critic& critic, const Tensor& x,
                     const Tensor& y, double lambda) {
  actor.train();
  critic.eval();
  critic.set_requires_grad(false);
  const std::size_t stages = actor.stage_count();
  const Variable hidden = actor.run_stages(Variable(x), 0, stages - 1);
  const Variable logits = actor.run_stages(hidden, stages - 1, stages);
  const Variable bias = critic.forward(hidden);
  const Variable cross_entropy = binary_cross_entropy_with_logits(logits, y);
  const Variable loss = add(mul(sum(abs(bias)), lambda), mul(cross_entropy, 1.0 - lambda));
  optimizer.zero_grad();
  loss.backward();
  optimizer.step();
  return {loss.value().item(), bias.value().item(), cross_entropy.value().item()};
}

}  // namespace posthoc::debias
