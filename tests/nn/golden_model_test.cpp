#include <gtest/gtest.h>

#include "autograd/losses.h"
#include "support/golden_mlp.h"

// PyTorch's outputs, losses, gradients and buffers of one small network (tests/golden/README.md).

namespace posthoc {
namespace {

using Json = nlohmann::json;
using testing::first_column;
using testing::golden_mlp;
using testing::golden_state;
using testing::json_tensor;
using testing::matches_json;
using testing::states_match;

struct Tolerance {
  double relative;
  double absolute;  // for what is left where terms of order 1 cancel
};

Tolerance tolerance(Dtype dtype) { return dtype == Dtype::float64 ? Tolerance{1e-10, 1e-14} : Tolerance{1e-5, 1e-6}; }

class GoldenModel : public ::testing::TestWithParam<Dtype> {
 protected:
  const Json golden = testing::read_golden_model();
  const Dtype dtype = GetParam();
  const Json& expected = golden[std::string(name(dtype))];
  const Tolerance tol = tolerance(dtype);
  const Variable x = Variable(json_tensor(golden["x"], dtype));
  const Tensor y = json_tensor(golden["y"], dtype).reshape({x.shape()[0], 1});
  const std::shared_ptr<nn::Mlp> model = golden_mlp(golden, dtype);
};

INSTANTIATE_TEST_SUITE_P(Dtypes, GoldenModel, ::testing::Values(Dtype::float64, Dtype::float32),
                         [](const auto& parameter) { return std::string(name(parameter.param)); });

TEST_P(GoldenModel, EvaluatesAsPyTorchDoes) {
  model->eval();
  const Variable p = model->forward(x);
  EXPECT_TRUE(matches_json(p.value(), first_column(expected["eval_output"]), tol.relative));
  EXPECT_TRUE(matches_json(model->features(x).value(), expected["eval_trunc_output"], tol.relative, tol.absolute));
  EXPECT_TRUE(matches_json(binary_cross_entropy(p, y).value(), expected["eval_bce_loss"], tol.relative));
  EXPECT_TRUE(matches_json(binary_cross_entropy_with_logits(model->logits(x), y).value(), expected["eval_bce_loss"],
                           tol.relative));
  EXPECT_TRUE(states_match(model->state_dict(), golden_state(golden["initial_state"], dtype), 0.0, 0.0))
      << "evaluation changes nothing";
  const std::vector<double> scored = scores(*model, x.value());
  const std::vector<double> column = testing::json_values(first_column(expected["eval_output"]));
  EXPECT_TRUE(testing::all_close(std::span<const double>(scored), std::span<const double>(column), tol.relative));
}

TEST_P(GoldenModel, TrainsAsPyTorchDoes) {
  model->train();
  const Variable p = model->forward(x);
  const Variable loss = binary_cross_entropy(p, y);
  EXPECT_TRUE(matches_json(p.value(), first_column(expected["train_output"]), tol.relative));
  EXPECT_TRUE(matches_json(loss.value(), expected["train_bce_loss"], tol.relative));
  EXPECT_TRUE(states_match(model->state_dict(), golden_state(expected["buffers_after_one_train_forward"], dtype),
                           tol.relative, 0.0));

  loss.backward();
  const nn::StateDict gradients = golden_state(expected["gradients"], dtype);
  nn::StateDict actual;
  for (const nn::NamedParameter& parameter : model->parameters()) actual[parameter.name] = parameter.variable.grad();
  EXPECT_EQ(actual.size(), gradients.size());
  EXPECT_TRUE(states_match(actual, gradients, tol.relative, tol.absolute));
}

TEST_P(GoldenModel, NamesAreThoseOfPyTorchInItsOrder) {
  // The file's objects keep no order; a state dict lists each module's parameters, then its buffers, and parameters()
  // follows it without the buffers.
  const std::vector<std::string> order = {
      "fc0.weight",   "fc0.bias",   "bn0.weight",   "bn0.bias",   "fcs.0.weight", "fcs.0.bias",
      "fcs.1.weight", "fcs.1.bias", "fcs.2.weight", "fcs.2.bias", "bns.0.weight", "bns.0.bias",
      "bns.1.weight", "bns.1.bias", "bns.2.weight", "bns.2.bias", "out.weight",   "out.bias"};
  std::vector<std::string> names;
  for (const nn::NamedParameter& parameter : model->parameters()) names.push_back(parameter.name);
  EXPECT_EQ(names, order);
  const nn::StateDict state = model->state_dict();
  EXPECT_EQ(state.size(), golden["initial_state"].size());
  for (const auto& [name, value] : golden["initial_state"].items()) EXPECT_TRUE(state.contains(name)) << name;
}

}  // namespace
}  // namespace posthoc
