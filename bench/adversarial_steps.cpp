// The steps of adversarial fine-tuning on minibatches of 64 rows: the critic's (its first layer takes one row of 2048
// activations) and the actor's.

#include "debias/adversarial_steps.h"

#include "base/threads.h"
#include "nn/critic.h"
#include "nn/mlp.h"
#include "optim/adam.h"
#include "tensor/random.h"
#include "verified.h"

namespace {

using namespace posthoc;

constexpr std::int64_t kBatch = 64;
constexpr std::int64_t kFeatures = 98;

class FineTuning {
 public:
  explicit FineTuning(Dtype dtype)
      : x_(random_normal({kBatch, kFeatures}, {1, purpose("bench features"), 0}, dtype)),
        y_(ge(x_.reshape({kBatch * kFeatures}).rows(0, kBatch).reshape({kBatch, 1}), Tensor::zeros({}, dtype))),
        actor_({.input = kFeatures, .dtype = dtype}, 1),
        critic_({.dtype = dtype}, 2),
        actor_optimizer_(actor_.parameters()),
        critic_optimizer_(critic_.parameters()),
        hidden_(debias::activations(actor_, x_).hidden) {}

  double critic_step() { return debias::critic_step(critic_, critic_optimizer_, hidden_, 0.1); }
  double actor_step() { return debias::actor_step(actor_, actor_optimizer_, critic_, x_, y_, 0.5).total; }

 private:
  Tensor x_;
  Tensor y_;
  nn::Mlp actor_;
  nn::Critic critic_;
  optim::Adam actor_optimizer_;
  optim::Adam critic_optimizer_;
  Tensor hidden_;
};

// Against the plain loops of float64, which take the same draws. The critic's loss goes towards 0, where only rounding
// is left to compare, so it is followed for a few steps.
std::string check() {
  FineTuning fast(Dtype::float32);
  FineTuning plain(Dtype::float64);
  for (int step = 0; step < 3; ++step) {
    const std::string wrong = bench::difference("loss of the critic", fast.critic_step(), plain.critic_step(), 1e-3);
    if (!wrong.empty()) return wrong;
  }
  for (int step = 0; step < 5; ++step) {
    const std::string wrong = bench::difference("loss of the actor", fast.actor_step(), plain.actor_step(), 1e-3);
    if (!wrong.empty()) return wrong;
  }
  return "";
}

void add(const std::string& name, double (FineTuning::*step)()) {
  bench::add_row(name, 0.0, [step] {
    const auto training = std::make_shared<FineTuning>(Dtype::float32);
    return bench::Row{check, [training, step] { ((*training).*step)(); }};
  });
}

}  // namespace

int main(int argc, char** argv) {
  set_threads(1);
  add("critic_step", &FineTuning::critic_step);
  add("actor_step", &FineTuning::actor_step);
  return bench::run(argc, argv);
}
