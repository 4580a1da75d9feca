#include <gtest/gtest.h>

#include "autograd/losses.h"
#include "optim/adam.h"
#include "optim/sgd.h"
#include "support/golden_mlp.h"

// PyTorch's weights, buffers and losses along five steps of Adam and of SGD (tests/golden/README.md).

namespace posthoc::optim {
namespace {

using Json = nlohmann::json;
using posthoc::testing::golden_mlp;
using posthoc::testing::golden_state;
using posthoc::testing::json_tensor;
using posthoc::testing::states_match;

class GoldenSteps : public ::testing::TestWithParam<Dtype> {
 protected:
  // Five steps on the whole batch, each compared where the file has it. `absolute` is for weights near 0, which carry
  // the rounding of larger ones: a step is up to 1e-3, and Adam divides a small gradient's noise by its own size.
  void check(Optimizer& optimizer, const Json& expected, double absolute) {
    const double relative = dtype == Dtype::float64 ? 1e-10 : 1e-5;
    const Variable x(json_tensor(golden["x"], dtype));
    const Tensor y = json_tensor(golden["y"], dtype).reshape({x.shape()[0], 1});
    model->train();
    for (int step = 1; step <= 5; ++step) {
      const Variable loss = binary_cross_entropy(model->forward(x), y);
      EXPECT_TRUE(posthoc::testing::close(
          loss.value().item(), expected["loss_before_each_step"][static_cast<std::size_t>(step - 1)], relative));
      optimizer.zero_grad();
      loss.backward();
      optimizer.step();
      const std::string state = "state_after_" + std::to_string(step);
      if (!expected.contains(state)) continue;
      EXPECT_TRUE(states_match(model->state_dict(), golden_state(expected[state], dtype), relative, absolute)) << state;
    }
    model->eval();
    EXPECT_TRUE(posthoc::testing::matches_json(
        model->forward(x).value(), posthoc::testing::first_column(expected["eval_output_after_5"]), relative));
  }

  const Json golden = posthoc::testing::read_golden_model();
  const Dtype dtype = GetParam();
  const Json& expected_ = golden[std::string(name(dtype))];
  const std::shared_ptr<nn::Mlp> model = golden_mlp(golden, dtype);
};

INSTANTIATE_TEST_SUITE_P(Dtypes, GoldenSteps, ::testing::Values(Dtype::float64, Dtype::float32),
                         [](const auto& parameter) { return std::string(name(parameter.param)); });

TEST_P(GoldenSteps, Adam) {
  const Json& config = golden["config"]["adam"];
  Adam adam(model->parameters(), {config["lr"], config["betas"][0], config["betas"][1], config["eps"]});
  check(adam, expected_["adam"], dtype == Dtype::float64 ? 1e-14 : 1e-7);
}

TEST_P(GoldenSteps, SgdWithMomentum) {
  const Json& config = golden["config"]["sgd"];
  Sgd sgd(model->parameters(), {config["lr"], config["momentum"]});
  check(sgd, expected_["sgd_momentum"], dtype == Dtype::float64 ? 1e-14 : 1e-7);
}

TEST(GoldenWeightDecay, AdamAndSgd) {
  const Json golden = posthoc::testing::read_json("tests/golden/engine/weight_decay.json");
  ASSERT_EQ(golden["cases"].size(), 3U);
  for (const Json& json : golden["cases"]) {
    const Json& o = json["options"];
    SCOPED_TRACE(o.dump());
    const Variable parameter(json_tensor(golden["start"]), true);
    std::unique_ptr<Optimizer> optimizer;
    if (json["optimiser"] == "adam") {
      optimizer =
          std::make_unique<Adam>(std::vector<nn::NamedParameter>{{"p", parameter}},
                                 AdamOptions{o["lr"], o["betas"][0], o["betas"][1], o["eps"], o["weight_decay"]});
    } else {
      optimizer = std::make_unique<Sgd>(std::vector<nn::NamedParameter>{{"p", parameter}},
                                        SgdOptions{o["lr"], o["momentum"], o["weight_decay"]});
    }
    for (std::size_t step = 0; step < golden["gradients"].size(); ++step) {
      optimizer->zero_grad();
      parameter.backward(json_tensor(golden["gradients"][step]));
      optimizer->step();
      EXPECT_TRUE(posthoc::testing::matches_json(parameter.value(), json["after_each_step"][step], 1e-12))
          << "step " << step;
    }
  }
}

}  // namespace
}  // namespace posthoc::optim
