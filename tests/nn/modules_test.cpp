#include <cmath>
#include <functional>
#include <gtest/gtest.h>
#include <limits>

#include "autograd/ops.h"
#include "nn/activations.h"
#include "nn/batch_norm.h"
#include "nn/critic.h"
#include "nn/dropout.h"
#include "nn/layer_norm.h"
#include "nn/linear.h"
#include "nn/mlp.h"
#include "nn/sequential.h"
#include "support/expect_error.h"
#include "tensor/ops.h"

namespace posthoc::nn {
namespace {

using posthoc::testing::fails_with;

constexpr RandomStream kStream{1, purpose("test"), 0};

Variable rows_of_noise(std::int64_t n, std::int64_t d) { return Variable(random_normal({n, d}, {9, purpose("x"), 0})); }

std::map<std::string, std::vector<double>> values(const StateDict& state) {
  std::map<std::string, std::vector<double>> all;
  for (const auto& [name, tensor] : state) all[name] = tensor.to_vector();
  return all;
}

TEST(Linear, StartsUniformWithinOneOverTheRootOfItsInputs) {
  const Linear layer(100, 50, kStream);
  double largest = 0.0;
  for (const NamedParameter& parameter : layer.parameters()) {
    for (const double value : parameter.variable.value().to_vector()) {
      EXPECT_LE(std::abs(value), 0.1 + 1e-8);
      largest = std::max(largest, std::abs(value));
    }
    EXPECT_NEAR(mean(parameter.variable.value()).item(), 0.0, 0.1 / std::sqrt(3.0 * 50) * 4);
  }
  EXPECT_GT(largest, 0.099);
}

TEST(Linear, DependsOnItsStreamAlone) {
  EXPECT_EQ(values(Linear(3, 4, kStream).state_dict()), values(Linear(3, 4, kStream).state_dict()));
  EXPECT_NE(values(Linear(3, 4, kStream).state_dict()), values(Linear(3, 4, {2, purpose("test"), 0}).state_dict()));
  EXPECT_EQ(values(Linear(3, 4, kStream, Dtype::float64).state_dict()), values(Linear(3, 4, kStream).state_dict()));
  EXPECT_TRUE(fails_with([] { Linear(0, 4, kStream); }, {"Linear: expected at least 1 input and 1 output"}));
  const std::int64_t huge = std::int64_t{1} << 40;
  EXPECT_TRUE(fails_with([&] { Linear(huge, huge, kStream); }, {"too many elements"}));
}

TEST(BatchNorm1d, NormalisesByTheBatchAndRemembers) {
  BatchNorm1d norm(2, Dtype::float64);
  const Variable x(Tensor::from<double>({1, 10, 3, 30, 5, 50}, {3, 2}));
  const std::vector<double> y = norm(x).value().to_vector();
  EXPECT_NEAR(y[0], -2.0 / std::sqrt(8.0 / 3.0 + 1e-5), 1e-12);
  EXPECT_NEAR(y[2], 0.0, 1e-12);
  const auto state = values(norm.state_dict());
  EXPECT_NEAR(state.at("running_mean")[0], 0.3, 1e-15);
  EXPECT_NEAR(state.at("running_var")[0], 0.9 + 0.1 * 4.0, 1e-15);
  EXPECT_EQ(state.at("num_batches_tracked")[0], 1.0);
  norm.eval();
  EXPECT_NEAR(norm(x).value().to_vector()[0], (1.0 - 0.3) / std::sqrt(1.3 + 1e-5), 1e-12);
  EXPECT_EQ(values(norm.state_dict()), state);
}

TEST(BatchNorm1d, RefusesWhatCannotBeNormalised) {
  BatchNorm1d norm(2);
  const auto before = values(norm.state_dict());
  EXPECT_TRUE(fails_with([&] { norm(rows_of_noise(1, 2)); }, {"at least 2 rows"}));
  EXPECT_TRUE(fails_with([&] { norm(rows_of_noise(4, 3)); }, {"x is [4, 3]"}));
  EXPECT_EQ(values(norm.state_dict()), before);
  EXPECT_TRUE(fails_with([] { BatchNorm1d(0); }, {"at least 1 column"}));
  EXPECT_TRUE(fails_with([] { BatchNorm1d(2, Dtype::float32, 0.0); }, {"eps must be positive"}));
  EXPECT_TRUE(fails_with([] { BatchNorm1d(2, Dtype::float32, 1e-5, std::nan("")); }, {"momentum"}));
}

TEST(Dropout, KeepsTheMeanInTrainingAndDoesNothingElse) {
  Dropout dropout(0.3, kStream);
  const Variable ones(Tensor::full({1000, 100}, 1.0));
  // Four standard errors of a mean of 10^5 draws that are 0 or 1 / 0.7.
  EXPECT_NEAR(mean(dropout(ones).value()).item(), 1.0, 4 * std::sqrt(0.3 / 0.7 / 1e5));
  dropout.eval();
  EXPECT_EQ(dropout(ones).value().address(), ones.value().address());
  EXPECT_TRUE(fails_with([] { Dropout(1.0, kStream); }, {"Dropout: the probability must lie in [0, 1), got 1"}));
  EXPECT_TRUE(fails_with([] { Dropout(std::nan(""), kStream); }, {"Dropout: the probability"}));
}

// The fused operation gives the numbers and the gradients of the three that it is made of, and takes the same draws.
TEST(Dropout, OfAReluOfALinearMapIsTheThreeInOne) {
  for (const Dtype dtype : {Dtype::float32, Dtype::float64}) {
    const Tensor x = random_normal({21, 7}, {3, 1, 0}, dtype);
    Linear linear(7, 9, {4, 0, 0}, dtype);
    Dropout dropout(0.3, kStream);
    Dropout fused(0.3, kStream);
    for (const bool training : {true, true, false}) {
      dropout.train(training);
      fused.train(training);
      const auto run = [&](const std::function<Variable(const Variable&)>& layers) {
        linear.zero_grad();
        Variable leaf(x, true);
        const Variable y = layers(leaf);
        sum(mul(y, y)).backward();
        std::vector<std::vector<double>> all = {y.value().to_vector(), leaf.grad().to_vector()};
        for (const NamedParameter& parameter : linear.parameters())
          all.push_back(parameter.variable.grad().to_vector());
        return all;
      };
      EXPECT_EQ(run([&](const Variable& h) { return fused.forward_relu_of(linear, h); }),
                run([&](const Variable& h) { return dropout(relu(linear(h))); }));
    }
  }
}

TEST(Dropout, EveryCallDrawsAnewAndACloneGoesOn) {
  Dropout dropout(0.5, kStream);
  const Variable ones(Tensor::full({8, 8}, 1.0));
  const auto call = [&](Module& module) { return module(ones).value().to_vector(); };
  const std::vector<double> first = call(dropout);
  const std::shared_ptr<Module> clone = dropout.clone();
  const std::vector<double> second = call(dropout);
  EXPECT_NE(second, first);
  EXPECT_EQ(call(*clone), second);
  Dropout fresh(0.5, kStream);
  EXPECT_EQ(call(fresh), first);
}

TEST(Module, DrawsBeginAnewByTheSeedWhateverWasDrawnBefore) {
  const Variable x = rows_of_noise(20, 4);
  const MlpOptions options{.input = 4, .depth = 2, .width = 8, .dropout = 0.5};
  const auto drawn_from = [&](std::uint64_t initial_seed, int passes_before, std::uint64_t seed) {
    Mlp model(options, initial_seed);
    model.load_state_dict(Mlp(options, 1).state_dict());
    const StateDict state = model.state_dict();
    for (int pass = 0; pass < passes_before; ++pass) model.forward(x);
    model.load_state_dict(state);
    model.restart_draws(seed);
    return model.forward(x).value().to_vector();
  };
  const std::vector<double> expected = drawn_from(1, 0, 7);
  EXPECT_EQ(drawn_from(1, 3, 7), expected);
  EXPECT_EQ(drawn_from(2, 1, 7), expected);
  EXPECT_NE(drawn_from(1, 0, 8), expected);
}

TEST(Sequential, RunsItsModulesInOrder) {
  const auto first = std::make_shared<Linear>(3, 4, kStream);
  const auto second = std::make_shared<Linear>(4, 2, RandomStream{2, 0, 0});
  Sequential both({first, std::make_shared<ReLU>(), second, std::make_shared<Sigmoid>()});
  const Variable x = rows_of_noise(5, 3);
  const Variable expected = sigmoid(second->forward(relu(first->forward(x))));
  EXPECT_EQ(both(x).value().to_vector(), expected.value().to_vector());
  std::vector<std::string> names;
  for (const NamedParameter& parameter : both.parameters()) names.push_back(parameter.name);
  EXPECT_EQ(names, (std::vector<std::string>{"0.weight", "0.bias", "2.weight", "2.bias"}));
  EXPECT_EQ(both.clone()->forward(x).value().to_vector(), expected.value().to_vector());
  EXPECT_TRUE(fails_with([] { Sequential({nullptr}); }, {"Sequential: module 0 is null"}));
}

TEST(Activations, AreTheFunctionsOfTheirNames) {
  const Variable x = rows_of_noise(4, 3);
  const auto same = [&](Module& module, const Variable& expected) {
    EXPECT_EQ(module(x).value().to_vector(), expected.value().to_vector());
    EXPECT_EQ(module.clone()->forward(x).value().to_vector(), expected.value().to_vector());
    EXPECT_TRUE(module.state_dict().empty());
  };
  Tanh tanh_module;
  same(tanh_module, tanh(x));
  LeakyReLU leaky(0.3);
  same(leaky, leaky_relu(x, 0.3));
  Softmax rows;
  same(rows, softmax(x, 1));
  Softmax columns(0);
  same(columns, softmax(x, 0));
  EXPECT_TRUE(fails_with([] { LeakyReLU(std::nan("")); }, {"LeakyReLU: the slope must be finite, got nan"}));
}

TEST(LayerNorm, NormalisesEachRowByItself) {
  LayerNorm norm(2, Dtype::float64);
  norm.load_state_dict({{"weight", Tensor::from<double>({2, 3}, {2})}, {"bias", Tensor::from<double>({1, -1}, {2})}});
  const Variable x(Tensor::from<double>({1, 5, 7, 7, -2, 0}, {3, 2}));
  const auto scaled = [](double deviation) { return deviation / std::sqrt(deviation * deviation + 1e-5); };
  const std::vector<double> expected = {1 - 2 * scaled(2), -1 + 3 * scaled(2), 1, -1,
                                        1 - 2 * scaled(1), -1 + 3 * scaled(1)};
  const std::shared_ptr<Module> clone = norm.clone();
  norm.eval();
  for (Module* module : {static_cast<Module*>(&norm), clone.get()}) {
    const std::vector<double> y = module->forward(x).value().to_vector();
    for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(y[i], expected[i], 1e-14) << i;
  }
  EXPECT_TRUE(fails_with([&] { norm(rows_of_noise(4, 2)); }, {"layer_norm: dtypes differ: float32 and float64"}));
  EXPECT_TRUE(fails_with([] { LayerNorm(0); }, {"LayerNorm: expected at least 1 column, got 0"}));
  EXPECT_TRUE(fails_with([] { LayerNorm(2, Dtype::float32, 0.0); }, {"LayerNorm: eps must be positive, got 0"}));
}

TEST(Critic, DependsOnItsSeedAloneAndACloneGoesOn) {
  Critic a({.batch = 4, .width = 3}, 5);
  Critic b({.batch = 4, .width = 3}, 5);
  EXPECT_EQ(values(a.state_dict()), values(b.state_dict()));
  EXPECT_NE(values(Critic({.batch = 4, .width = 3}, 6).state_dict()), values(a.state_dict()));
  const Variable h = rows_of_noise(4, 3);
  a.forward(h);
  b.forward(h);
  const std::shared_ptr<Module> clone = a.clone();
  const std::vector<double> second = a.forward(h).value().to_vector();
  EXPECT_EQ(b.forward(h).value().to_vector(), second) << "dropout masks too";
  EXPECT_EQ(clone->forward(h).value().to_vector(), second);
}

TEST(Critic, BadSizesAndShapesAreRefused) {
  Critic critic({.batch = 4, .width = 3, .hidden = 0}, 1);
  EXPECT_EQ(critic.forward(rows_of_noise(4, 3)).shape(), (Shape{1, 1}));
  EXPECT_TRUE(fails_with([&] { critic.forward(rows_of_noise(3, 3)); },
                         {"Critic: expected the activations of a minibatch, [4, 3], got [3, 3]"}));
  EXPECT_TRUE(fails_with([] { Critic({.batch = 0}, 1); }, {"Critic: expected batch >= 1"}));
  EXPECT_TRUE(fails_with([] { Critic({.width = 0}, 1); }, {"width >= 1"}));
  EXPECT_TRUE(fails_with([] { Critic({.hidden = -1}, 1); }, {"hidden >= 0"}));
  const std::int64_t huge = std::int64_t{1} << 40;
  EXPECT_TRUE(fails_with([&] { Critic({.batch = huge, .width = huge}, 1); }, {"too many elements"}));
}

Mlp small_mlp(std::uint64_t seed = 3) { return Mlp({.input = 5, .depth = 2, .width = 4}, seed); }

TEST(Mlp, DependsOnItsSeedAlone) {
  Mlp a = small_mlp();
  Mlp b = small_mlp();
  EXPECT_EQ(values(a.state_dict()), values(b.state_dict()));
  EXPECT_NE(values(small_mlp(4).state_dict()), values(a.state_dict()));
  const Variable x = rows_of_noise(6, 5);
  EXPECT_EQ(a.logits(x).value().to_vector(), b.logits(x).value().to_vector()) << "dropout masks too";
}

TEST(Mlp, OutIsAppliedToFeatures) {
  Mlp model = small_mlp();
  model.eval();
  const Variable x = rows_of_noise(6, 5);
  const StateDict state = model.state_dict();
  const Tensor expected = linear(model.features(x).value(), state.at("out.weight"), state.at("out.bias"));
  EXPECT_EQ(model.logits(x).value().to_vector(), expected.to_vector());
  EXPECT_EQ(model.logits(x).shape(), (Shape{6, 1}));
}

TEST(Mlp, DepthZeroHasOneHiddenLayer) {
  Mlp model({.input = 3, .depth = 0, .width = 4}, 1);
  EXPECT_EQ(model.parameters().size(), 6U);
  EXPECT_EQ(model.forward(rows_of_noise(2, 3)).shape(), (Shape{2, 1}));
}

TEST(Mlp, SizesAreChecked) {
  EXPECT_TRUE(fails_with([] { Mlp({.input = 0}, 1); }, {"Mlp: expected input >= 1"}));
  EXPECT_TRUE(fails_with([] { Mlp({.input = 2, .depth = -1}, 1); }, {"depth >= 0"}));
  EXPECT_TRUE(fails_with([] { Mlp({.input = 2, .width = 0}, 1); }, {"width >= 1"}));
  EXPECT_TRUE(fails_with([] { Mlp({.input = 2, .dropout = 1.5}, 1); }, {"Dropout: the probability"}));
}

TEST(Module, AStateDictIsACopy) {
  // The paper's released code kept the best weights by reference, so that every later trial overwrote them.
  Mlp model = small_mlp();
  const StateDict kept = model.state_dict();
  const auto before = values(kept);
  for (NamedParameter& parameter : model.parameters()) {
    parameter.variable.mutable_value().mutable_values<float>()[0] += 1.0F;
  }
  model.forward(rows_of_noise(6, 5));  // moves the buffers
  EXPECT_EQ(values(kept), before);
  EXPECT_NE(values(model.state_dict()), before);
  model.load_state_dict(kept);
  EXPECT_EQ(values(model.state_dict()), before);
  model.parameters()[0].variable.mutable_value().mutable_values<float>()[0] += 1.0F;
  EXPECT_EQ(values(kept), before) << "loading copies too";
}

TEST(Module, LoadingConvertsFloatingDtypes) {
  Mlp wide({.input = 5, .depth = 2, .width = 4, .dtype = Dtype::float64}, 8);
  Mlp model = small_mlp();
  model.load_state_dict(wide.state_dict());
  EXPECT_EQ(values(model.state_dict()), values(wide.state_dict())) << "initial values are float32 in both";
  EXPECT_EQ(model.state_dict().at("out.bias").dtype(), Dtype::float32);
}

TEST(Module, ALoadThatFailsChangesNothing) {
  Mlp model = small_mlp();
  const auto before = values(model.state_dict());
  const auto refused = [&](auto change, std::initializer_list<std::string_view> parts) {
    StateDict state = small_mlp(4).state_dict();
    change(state);
    auto result = fails_with([&] { model.load_state_dict(state); }, parts);
    if (values(model.state_dict()) != before) return ::testing::AssertionFailure() << "the network was changed";
    return result;
  };
  EXPECT_TRUE(refused([](StateDict& s) { s.erase("out.bias"); }, {"load_state_dict: the tensor out.bias is missing"}));
  EXPECT_TRUE(refused([](StateDict& s) { s["out.bias"] = Tensor(); }, {"the tensor out.bias is missing"}));
  EXPECT_TRUE(refused([](StateDict& s) { s["bn0.num_batches_tracked"] = Tensor(); }, {"num_batches_tracked"}));
  EXPECT_TRUE(
      refused([](StateDict& s) { s["extra"] = Tensor::zeros({1}); }, {"the network has no tensor named extra"}));
  EXPECT_TRUE(refused(
      [](StateDict& s) {
        s["out.weight"] = Tensor::zeros({4, 1});
      },
      {"out.weight is [4, 1], the network needs [1, 4]"}));
  EXPECT_TRUE(refused(
      [](StateDict& s) {
        s["out.weight"] = Tensor::zeros({1, 4}, Dtype::int64);
      },
      {"out.weight is int64, the network needs float32"}));
  EXPECT_TRUE(refused([](StateDict& s) { s["bn0.num_batches_tracked"] = Tensor::full({}, std::nan("")); },
                      {"bn0.num_batches_tracked is float32, the network needs int64"}));
}

TEST(Module, ACloneIsIndependentAndTheSame) {
  Mlp model = small_mlp();
  const Variable x = rows_of_noise(6, 5);
  model.forward(x);
  model.parameters()[0].variable.set_requires_grad(false);
  const std::shared_ptr<Module> clone = model.clone();
  EXPECT_EQ(values(clone->state_dict()), values(model.state_dict()));
  EXPECT_TRUE(clone->training());
  EXPECT_FALSE(clone->parameters()[0].variable.requires_grad());
  EXPECT_TRUE(clone->parameters()[1].variable.requires_grad());
  EXPECT_EQ(clone->forward(x).value().to_vector(), model.forward(x).value().to_vector()) << "the same masks";
  clone->parameters()[0].variable.mutable_value().mutable_values<float>()[0] += 1.0F;
  EXPECT_NE(values(clone->state_dict()), values(model.state_dict()));
  model.eval();
  EXPECT_FALSE(model.clone()->training());
}

TEST(Module, FreezesAndClearsAllParameters) {
  Mlp model = small_mlp();
  const Variable x = rows_of_noise(6, 5);
  sum(model.logits(x)).backward();
  for (const NamedParameter& parameter : model.parameters()) EXPECT_TRUE(parameter.variable.has_grad());
  model.zero_grad();
  for (const NamedParameter& parameter : model.parameters()) EXPECT_FALSE(parameter.variable.has_grad());
  model.set_requires_grad(false);
  EXPECT_FALSE(model.logits(x).requires_grad());
}

TEST(Scores, AreTheEvaluationOutputsBlockByBlock) {
  Mlp model = small_mlp();
  model.train();
  const Variable x = rows_of_noise(5000, 5);  // more than a block
  const std::vector<double> all = scores(model, x.value());
  EXPECT_TRUE(model.training()) << "the mode is given back";
  ASSERT_EQ(all.size(), 5000U);
  model.eval();
  const std::vector<double> last = model.forward(Variable(x.value().rows(4999, 5000))).value().to_vector();
  EXPECT_NEAR(all[4999], last[0], 1e-6);
  EXPECT_TRUE(scores(model, Tensor::zeros({0, 5})).empty());
}

TEST(Scores, BadInputIsRefused) {
  Mlp model = small_mlp();
  EXPECT_TRUE(fails_with(
      [&] {
        scores(model, Tensor::zeros({2, 4}));
      },
      {"scores: the network takes 5 features a row, the data is [2, 4]"}));
  EXPECT_TRUE(fails_with([&] { scores(model, Tensor::zeros({5})); }, {"the data is [5]"}));
  EXPECT_TRUE(fails_with([&] { scores(model, Tensor()); }, {"scores"}));
  EXPECT_TRUE(fails_with([&] { scores(model, Tensor::zeros({2, 5}, Dtype::float64)); }, {"dtypes differ"}));
  Tensor x = Tensor::zeros({3, 5});
  x.mutable_values<float>()[5] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_TRUE(fails_with([&] { scores(model, x); }, {"scores: the network gives", "nan for row 1"}));
  EXPECT_TRUE(model.training()) << "the mode is given back after an error";
}

}  // namespace
}  // namespace posthoc::nn
