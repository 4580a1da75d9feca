#include "training.h"

#include "autograd/losses.h"
#include "debias/adversarial_steps.h"
#include "tensor/ops.h"
#include "tensor/random.h"

namespace posthoc::bench {
namespace {

// As many labels as rows, by the sign of the first numbers.
Tensor labels_of(const Tensor& x) {
  const std::int64_t rows = x.size(0);
  return ge(x.reshape({x.elements()}).rows(0, rows).reshape({rows, 1}), Tensor::zeros({}, x.dtype()));
}

}  // namespace

Training::Training(std::int64_t features, Dtype dtype, double dropout)
    : x_(random_normal({kRows, features}, {1, purpose("bench features"), 0}, dtype)),
      y_(labels_of(x_)),
      order_(Tensor::from(random_permutation(kRows, {1, purpose("bench order"), 0}), {kRows})),
      model_({.input = features, .dropout = dropout, .dtype = dtype}, 1),
      adam_(model_.parameters()) {}

double Training::step() {
  const Tensor rows = order_.rows(begin_, begin_ + kBatch);
  begin_ = (begin_ + kBatch) % kRows;
  const Variable loss =
      binary_cross_entropy_with_logits(model_.logits(Variable(gather_rows(x_, rows))), gather_rows(y_, rows));
  adam_.zero_grad();
  loss.backward();
  adam_.step();
  return loss.value().item();
}

FineTuning::FineTuning(Dtype dtype, double dropout)
    : x_(random_normal({kBatch, kFeatures}, {1, purpose("bench features"), 0}, dtype)),
      y_(labels_of(x_)),
      actor_({.input = kFeatures, .dropout = dropout, .dtype = dtype}, 1),
      critic_({.dropout = dropout, .dtype = dtype}, 2),
      actor_optimizer_(actor_.parameters()),
      critic_optimizer_(critic_.parameters()),
      hidden_(debias::activations(actor_, x_).hidden) {}

double FineTuning::critic_step() { return debias::critic_step(critic_, critic_optimizer_, hidden_, kTarget); }

double FineTuning::actor_step() { return debias::actor_step(actor_, actor_optimizer_, critic_, x_, y_, kLambda).total; }

}  // namespace posthoc::bench
