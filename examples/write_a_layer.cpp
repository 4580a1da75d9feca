// A layer of one's own: a residual block with a gain that is learnt, in a network of the library's layers.
#include <cstdint>
#include <fmt/core.h>
#include <memory>
#include <vector>

#include "autograd/losses.h"
#include "autograd/ops.h"
#include "base/error.h"
#include "data/named.h"
#include "data/prepared.h"
#include "nn/linear.h"
#include "nn/sequential.h"
#include "optim/adam.h"

using namespace posthoc;

// y = x + gain * relu(fc(x)). The gain starts at 0, so that the block starts as the identity (Bachlechner et al. 2021).
class Residual final : public nn::Module {
 public:
  Residual(std::int64_t width, const RandomStream& stream) : width_(width) {
    require(width >= 1, "Residual: expected a width of at least 1, got {}", width);
    gain_ = register_parameter("gain", Tensor::zeros({1}));
    fc_ = register_module("fc", std::make_shared<nn::Linear>(width, width, stream));
  }

  Variable forward(const Variable& x) override { return add(x, mul(relu((*fc_)(x)), gain_)); }

  // The weights of the new block do not matter: copy_into overwrites them with this one's.
  [[nodiscard]] std::shared_ptr<nn::Module> clone() const override {
    return copy_into(std::make_shared<Residual>(width_, RandomStream{0, purpose("clone"), 0}));
  }

 private:
  std::int64_t width_;
  Variable gain_;
  std::shared_ptr<nn::Linear> fc_;
};

int main() try {
  const data::Prepared rows = data::prepare(data::load("synthetic"));
  const std::int64_t inputs = rows.train.features.size(1);
  nn::Sequential model({std::make_shared<nn::Linear>(inputs, 16, RandomStream{/*seed=*/0, purpose("first"), 0}),
                        std::make_shared<Residual>(16, RandomStream{0, purpose("block"), 0}),
                        std::make_shared<nn::Linear>(16, 1, RandomStream{0, purpose("last"), 0})});
  for (const nn::NamedParameter& parameter : model.parameters()) fmt::print("{} ", parameter.name);

  const std::vector<float> labels(rows.train.labels.begin(), rows.train.labels.end());
  const Tensor target = Tensor::from(labels, {rows.train.size(), 1});
  const auto loss_of = [&](nn::Module& network) {
    return binary_cross_entropy_with_logits(network(Variable(rows.train.features)), target);
  };
  const double before = loss_of(model).value().item();
  optim::Adam adam(model.parameters(), {.learning_rate = 0.01});
  for (int step = 0; step < 100; ++step) {
    const Variable loss = loss_of(model);
    adam.zero_grad();
    loss.backward();
    adam.step();
  }
  const double after = loss_of(model).value().item();
  fmt::print("\nloss {:.3f} -> {:.3f}, gain {:+.2f}\n", before, after, model.state_dict().at("1.gain").item());
  fmt::print("a clone {} it\n", loss_of(*model.clone()).value().item() == after ? "equals" : "differs from");
} catch (const Error& error) {
  fmt::print(stderr, "{}\n", error.what());
  return 1;
}
