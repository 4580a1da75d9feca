#include <gtest/gtest.h>

#include "autograd/losses.h"
#include "autograd/ops.h"
#include "nn/critic.h"
#include "optim/adam.h"
#include "support/golden_mlp.h"

// PyTorch's critic with a step of its own, and the step of a network against a frozen critic (tests/golden/README.md).

namespace posthoc::optim {
namespace {

using Json = nlohmann::json;
using posthoc::testing::close;
using posthoc::testing::golden_state;
using posthoc::testing::json_tensor;
using posthoc::testing::matches_json;
using posthoc::testing::states_match;

nn::StateDict gradients(const nn::Module& module) {
  nn::StateDict all;
  for (const nn::NamedParameter& parameter : module.parameters()) all[parameter.name] = parameter.variable.grad();
  return all;
}

class GoldenCritic : public ::testing::TestWithParam<Dtype> {
 protected:
  [[nodiscard]] std::shared_ptr<nn::Critic> critic(const Json& config, const Json& state) const {
    const std::int64_t width = config["hid"];
    const nn::CriticOptions options{.batch = config["sizein"].get<std::int64_t>() / width,
                                    .width = width,
                                    .hidden = config["num_deep"],
                                    .dtype = dtype};
    auto made = std::make_shared<nn::Critic>(options, 0);
    nn::StateDict tensors;
    for (const auto& [name, value] : state.items()) tensors[name] = json_tensor(value, dtype);
    made->load_state_dict(tensors);
    made->eval();
    return made;
  }
  // Every tensor of the critic, its own `out` with one output included.
  static ::testing::AssertionResult agree(const nn::StateDict& actual, const Json& expected, double relative,
                                          double absolute) {
    nn::StateDict tensors;
    for (const auto& [name, value] : expected.items()) tensors[name] = json_tensor(value);
    if (actual.size() != tensors.size()) return ::testing::AssertionFailure() << "another number of tensors";
    return states_match(actual, tensors, relative, absolute);
  }

  const Dtype dtype = GetParam();
  const double relative = dtype == Dtype::float64 ? 1e-10 : 1e-5;
  // What is left where terms of order 1 (activations) or 1e-3 (steps of Adam) cancel has their rounding.
  const double absolute = dtype == Dtype::float64 ? 1e-14 : 1e-7;
};

INSTANTIATE_TEST_SUITE_P(Dtypes, GoldenCritic, ::testing::Values(Dtype::float64, Dtype::float32),
                         [](const auto& parameter) { return std::string(name(parameter.param)); });

TEST_P(GoldenCritic, LearnsAsPyTorchs) {
  const Json golden = posthoc::testing::read_json("tests/golden/engine/critic.json");
  const Json& expected = golden[std::string(name(dtype))];
  const std::shared_ptr<nn::Critic> model = critic(golden["config"], golden["initial_state"]);
  const Variable x(json_tensor(golden["x"], dtype), true);
  const Variable output = model->forward(x);
  EXPECT_TRUE(matches_json(output.value(), expected["output"], relative));
  const Variable loss = mean_squared_error(reshape(output, {1}), json_tensor(golden["target"], dtype));
  EXPECT_TRUE(close(loss.value().item(), expected["loss"], relative));
  loss.backward();
  EXPECT_TRUE(agree(gradients(*model), expected["gradients"], relative, absolute));
  EXPECT_TRUE(matches_json(x.grad(), expected["grad_x"], relative, absolute));
  Adam adam(model->parameters());
  adam.step();
  EXPECT_TRUE(agree(model->state_dict(), expected["state_after_1_adam_step"], relative, absolute));
}

TEST_P(GoldenCritic, ANetworkStepsAgainstItAsInPyTorch) {
  const Json golden = posthoc::testing::read_json("tests/golden/engine/adversarial_step.json");
  const Json network = posthoc::testing::read_golden_model();
  const Json& expected = golden[std::string(name(dtype))];
  const std::shared_ptr<nn::Critic> frozen = critic(golden["config"]["critic"], golden["critic_initial_state"]);
  frozen->set_requires_grad(false);
  const std::shared_ptr<nn::Mlp> model = posthoc::testing::golden_mlp(network, dtype);
  model->train();
  const Variable x(json_tensor(network["x"], dtype));
  const Tensor y = json_tensor(network["y"], dtype).reshape({x.shape()[0], 1});
  const double lambda = golden["config"]["lambda"];

  const Variable bias = frozen->forward(model->features(x));
  EXPECT_TRUE(matches_json(bias.value(), expected["critic_output"], relative));
  const Variable bce = binary_cross_entropy(model->forward(x), y);
  EXPECT_TRUE(close(bce.value().item(), expected["bce"], relative));
  const Variable loss = add(mul(abs(bias), lambda), mul(bce, 1.0 - lambda));
  EXPECT_TRUE(matches_json(loss.value(), expected["loss"], relative));
  loss.backward();
  for (const nn::NamedParameter& parameter : frozen->parameters()) EXPECT_FALSE(parameter.variable.has_grad());
  EXPECT_TRUE(states_match(gradients(*model), golden_state(expected["gradients"], dtype), relative, absolute));
  Adam adam(model->parameters());
  adam.step();
  EXPECT_TRUE(states_match(model->state_dict(), golden_state(expected["buffers_after"], dtype), relative, absolute));
  EXPECT_TRUE(
      states_match(model->state_dict(), golden_state(expected["state_after_1_adam_step"], dtype), relative, absolute));
}

}  // namespace
}  // namespace posthoc::optim
