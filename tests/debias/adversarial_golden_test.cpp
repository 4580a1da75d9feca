#include <gtest/gtest.h>

#include "debias/adversarial_steps.h"
#include "optim/adam.h"
#include "support/golden_mlp.h"

// The steps of adversarial fine-tuning against PyTorch's (tests/golden/README.md).

namespace posthoc::debias {
namespace {

using Json = nlohmann::json;
using posthoc::testing::close;
using posthoc::testing::golden_state;
using posthoc::testing::json_tensor;
using posthoc::testing::states_match;

nn::StateDict gradients(const nn::Module& module) {
  nn::StateDict all;
  for (const nn::NamedParameter& parameter : module.parameters()) all[parameter.name] = parameter.variable.grad();
  return all;
}

class GoldenAdversarial : public ::testing::TestWithParam<Dtype> {
 protected:
  // Without dropout, so that training mode computes what the golden numbers were computed by.
  [[nodiscard]] std::shared_ptr<nn::Critic> critic(const Json& config, const Json& state) const {
    const std::int64_t width = config["hid"];
    auto made = std::make_shared<nn::Critic>(nn::CriticOptions{.batch = config["sizein"].get<std::int64_t>() / width,
                                                               .width = width,
                                                               .hidden = config["num_deep"],
                                                               .dropout = 0.0,
                                                               .dtype = dtype},
                                             0);
    made->load_state_dict(tensors(state));
    return made;
  }
  // As it stands, the critic's one output included.
  [[nodiscard]] nn::StateDict tensors(const Json& state) const {
    nn::StateDict all;
    for (const auto& [name, value] : state.items()) all[name] = json_tensor(value, dtype);
    return all;
  }

  const Dtype dtype = GetParam();
  const double relative = dtype == Dtype::float64 ? 1e-10 : 1e-5;
  const double absolute = dtype == Dtype::float64 ? 1e-14 : 1e-7;
};

INSTANTIATE_TEST_SUITE_P(Dtypes, GoldenAdversarial, ::testing::Values(Dtype::float64, Dtype::float32),
                         [](const auto& parameter) { return std::string(name(parameter.param)); });

TEST_P(GoldenAdversarial, ACriticStepIsPyTorchs) {
  const Json golden = posthoc::testing::read_json("tests/golden/engine/critic.json");
  const Json& expected = golden[std::string(name(dtype))];
  const std::shared_ptr<nn::Critic> model = critic(golden["config"], golden["initial_state"]);
  optim::Adam adam(model->parameters());
  const double target = json_tensor(golden["target"]).item();
  const double loss = critic_step(*model, adam, json_tensor(golden["x"], dtype), target);
  EXPECT_TRUE(close(loss, expected["loss"], relative));
  EXPECT_TRUE(states_match(gradients(*model), tensors(expected["gradients"]), relative, absolute));
  EXPECT_TRUE(states_match(model->state_dict(), tensors(expected["state_after_1_adam_step"]), relative, absolute));
}

// The golden step runs the network twice, for activations and for scores, which moves running statistics twice; ours
// runs once. All else is the same, and what one run does to them is golden too.
TEST_P(GoldenAdversarial, AnActorStepIsPyTorchsButForTheRunningStatistics) {
  const Json golden = posthoc::testing::read_json("tests/golden/engine/adversarial_step.json");
  const Json network = posthoc::testing::read_golden_model();
  const Json& expected = golden[std::string(name(dtype))];
  const std::shared_ptr<nn::Critic> frozen = critic(golden["config"]["critic"], golden["critic_initial_state"]);
  const std::shared_ptr<nn::Mlp> actor = posthoc::testing::golden_mlp(network, dtype);
  const Tensor x = json_tensor(network["x"], dtype);
  const Tensor y = json_tensor(network["y"], dtype).reshape({x.size(0), 1});
  optim::Adam adam(actor->parameters());
  const ActorLoss loss = actor_step(*actor, adam, *frozen, x, y, golden["config"]["lambda"]);

  EXPECT_TRUE(close(loss.bias, json_tensor(expected["critic_output"]).item(), relative));
  EXPECT_TRUE(close(loss.cross_entropy, expected["bce"], relative));
  EXPECT_TRUE(close(loss.total, json_tensor(expected["loss"]).item(), relative));
  EXPECT_TRUE(states_match(gradients(*actor), golden_state(expected["gradients"], dtype), relative, absolute));
  Json parameters = expected["state_after_1_adam_step"];
  for (const auto& [buffer, value] : expected["buffers_after"].items()) parameters.erase(buffer);
  EXPECT_FALSE(parameters.empty());
  EXPECT_TRUE(states_match(actor->state_dict(), golden_state(parameters, dtype), relative, absolute));
  const Json& once = network[std::string(name(dtype))]["buffers_after_one_train_forward"];
  EXPECT_FALSE(once.empty());
  EXPECT_TRUE(states_match(actor->state_dict(), golden_state(once, dtype), relative, absolute));
  for (const nn::NamedParameter& parameter : frozen->parameters()) EXPECT_FALSE(parameter.variable.has_grad());
}

}  // namespace
}  // namespace posthoc::debias
