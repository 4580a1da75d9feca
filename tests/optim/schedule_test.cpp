#include <cmath>
#include <gtest/gtest.h>

#include "nn/mlp.h"
#include "optim/early_stopping.h"
#include "optim/reduce_lr_on_plateau.h"
#include "optim/sgd.h"
#include "support/expect_error.h"
#include "support/json_tensor.h"

namespace posthoc::optim {
namespace {

using posthoc::testing::fails_with;

TEST(ReduceLrOnPlateau, GivesPyTorchsRates) {
  const auto golden = posthoc::testing::read_json("tests/golden/engine/reduce_lr_on_plateau.json");
  const auto& config = golden["config"];
  EXPECT_EQ(golden["sequences"].size(), 6U);
  for (const auto& [name, sequence] : golden["sequences"].items()) {
    Sgd sgd({}, {.learning_rate = config["initial_lr"]});
    ReduceLrOnPlateau plateau(sgd, {.factor = config["factor"],
                                    .patience = config["patience"],
                                    .threshold = config["threshold"],
                                    .cooldown = config["cooldown"],
                                    .min_rate = config["min_lr"],
                                    .eps = config["eps"]});
    ASSERT_EQ(sequence["loss"].size(), sequence["lr_after_step"].size());
    for (std::size_t epoch = 0; epoch < sequence["loss"].size(); ++epoch) {
      plateau.step(sequence["loss"][epoch]);
      EXPECT_EQ(sgd.learning_rate(), sequence["lr_after_step"][epoch].get<double>()) << name << ", epoch " << epoch;
    }
  }
}

TEST(ReduceLrOnPlateau, TheDefaultsAreThoseOfTheFile) {
  const auto config = posthoc::testing::read_json("tests/golden/engine/reduce_lr_on_plateau.json")["config"];
  const PlateauOptions options;
  EXPECT_EQ(options.factor, config["factor"].get<double>());
  EXPECT_EQ(options.patience, config["patience"].get<int>());
  EXPECT_EQ(options.threshold, config["threshold"].get<double>());
  EXPECT_EQ(options.cooldown, config["cooldown"].get<int>());
  EXPECT_EQ(options.min_rate, config["min_lr"].get<double>());
  EXPECT_EQ(options.eps, config["eps"].get<double>());
}

TEST(ReduceLrOnPlateau, CoolsDownAndStopsAtItsLeastRate) {
  Sgd sgd({}, {.learning_rate = 1.0});
  ReduceLrOnPlateau plateau(sgd, {.factor = 0.5, .patience = 0, .cooldown = 2, .min_rate = 0.3});
  std::vector<double> rates;
  for (int epoch = 0; epoch < 9; ++epoch) {
    plateau.step(epoch == 1 ? std::nan("") : 1.0);  // a NaN is no improvement
    rates.push_back(sgd.learning_rate());
  }
  EXPECT_EQ(rates, (std::vector<double>{1, 0.5, 0.5, 0.5, 0.3, 0.3, 0.3, 0.3, 0.3}));
}

TEST(ReduceLrOnPlateau, OptionsAreChecked) {
  Sgd sgd({}, {});
  EXPECT_TRUE(fails_with([&] { ReduceLrOnPlateau(sgd, {.factor = 1.0}); }, {"the factor must lie in (0, 1), got 1"}));
  EXPECT_TRUE(fails_with([&] { ReduceLrOnPlateau(sgd, {.patience = -1}); }, {"patience and cooldown"}));
  EXPECT_TRUE(fails_with([&] { ReduceLrOnPlateau(sgd, {.threshold = std::nan("")}); }, {"threshold"}));
  EXPECT_TRUE(fails_with([&] { ReduceLrOnPlateau(sgd, {.min_rate = -1.0}); }, {"min_rate"}));
}

TEST(EarlyStopping, StopsAfterItsPatienceAndKeepsACopyOfTheBest) {
  nn::Mlp model({.input = 2, .depth = 0, .width = 2}, 1);
  Variable bias = model.parameters().back().variable;
  EarlyStopping stopping(2);
  EXPECT_EQ(stopping.best_epoch(), 0);
  EXPECT_TRUE(stopping.best_state().empty());
  const std::vector<double> losses = {3.0, 1.0, 2.0, std::nan("")};
  std::vector<bool> stops;
  for (std::size_t epoch = 0; epoch < losses.size(); ++epoch) {
    bias.mutable_value().mutable_values<float>()[0] = static_cast<float>(epoch);
    stops.push_back(stopping.step(losses[epoch], model));
  }
  EXPECT_EQ(stops, (std::vector<bool>{false, false, false, true}));
  EXPECT_EQ(stopping.best_epoch(), 2);
  EXPECT_EQ(stopping.best_loss(), 1.0);
  // The paper's released code kept the weights by reference, so that it ended with those of the last epoch.
  EXPECT_EQ(stopping.best_state().at("out.bias").item(), 1.0);
  EXPECT_TRUE(fails_with([] { EarlyStopping(0); }, {"EarlyStopping: the patience must be at least 1 epoch, got 0"}));
}

}  // namespace
}  // namespace posthoc::optim
