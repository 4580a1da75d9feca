#include "optim/training.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>

#include "autograd/losses.h"
#include "base/threads.h"
#include "nn/mlp.h"
#include "optim/adam.h"
#include "support/expect_error.h"
#include "support/restore_threads.h"
#include "tensor/backend.h"
#include "tensor/ops.h"

namespace posthoc::optim {
namespace {

using posthoc::testing::fails_with;

// Rows whose label says on which side of a plane they lie.
struct Data {
  Data(std::int64_t n, std::int64_t d, std::uint32_t number)
      : features(random_normal({n, d}, {7, purpose("features"), number})) {
    const std::span<const float> x = std::as_const(features).values<float>();
    for (std::int64_t i = 0; i < n; ++i) {
      labels.push_back(x[static_cast<std::size_t>(i * d)] > x[static_cast<std::size_t>(i * d + 1)] ? 1 : 0);
    }
  }
  [[nodiscard]] LabelledRows rows() const { return {features, labels}; }

  Tensor features;
  std::vector<std::uint8_t> labels;
};

nn::Mlp small_mlp() { return nn::Mlp({.input = 4, .depth = 1, .width = 8}, 5); }

std::map<std::string, std::vector<double>> values(const nn::Module& model) {
  std::map<std::string, std::vector<double>> all;
  for (const auto& [name, tensor] : model.state_dict()) all[name] = tensor.to_vector();
  return all;
}

TEST(Training, LearnsASeparableProblem) {
  const Data training(1000, 4, 0);
  const Data validation(500, 4, 1);
  nn::Mlp model = small_mlp();
  const TrainingResult result =
      train(model, training.rows(), validation.rows(), {.learning_rate = 1e-2, .max_epochs = 40});
  EXPECT_EQ(result.epochs, 40);
  EXPECT_EQ(result.validation_losses.size(), 40U);
  EXPECT_EQ(result.training_losses.size(), 40U);
  EXPECT_FALSE(model.training());
  const std::vector<double> all = scores(model, validation.features);
  int right = 0;
  for (std::size_t i = 0; i < all.size(); ++i) right += (all[i] > 0.5) == (validation.labels[i] == 1) ? 1 : 0;
  EXPECT_GE(right, 475) << "of 500";
}

TEST(Training, LeavesTheWeightsOfTheBestEpoch) {
  const Data training(200, 4, 0);
  const Data validation(100, 4, 1);
  nn::Mlp model = small_mlp();
  const TrainingResult result =
      train(model, training.rows(), validation.rows(), {.learning_rate = 0.1, .max_epochs = 200, .patience = 5});
  ASSERT_LT(result.epochs, 200);
  EXPECT_EQ(result.epochs, result.best_epoch + 5);
  EXPECT_EQ(result.best_loss, result.validation_losses[static_cast<std::size_t>(result.best_epoch - 1)]);
  EXPECT_EQ(result.best_loss, *std::min_element(result.validation_losses.begin(), result.validation_losses.end()));
  const NoGrad off;
  const Tensor targets =
      Tensor::from(std::vector<double>(validation.labels.begin(), validation.labels.end()), {100, 1});
  const Variable logits = model.logits(Variable(validation.features));
  EXPECT_NEAR(binary_cross_entropy_with_logits(logits, targets.to(Dtype::float32)).value().item(), result.best_loss,
              1e-6 * result.best_loss);
}

TEST(Training, IsTheSameBitsForASeedAndAnyNumberOfThreads) {
  const Data training(300, 4, 0);
  const Data validation(100, 4, 1);
  const auto run = [&](std::uint64_t seed) {
    nn::Mlp model = small_mlp();
    train(model, training.rows(), validation.rows(), {.max_epochs = 5, .seed = seed});
    return values(model);
  };
  const posthoc::testing::RestoreThreads restore;
  const auto expected = run(1);
  for (const int count : {1, 2, 7}) {
    set_threads(count);
    EXPECT_EQ(run(1), expected) << count;
  }
  EXPECT_NE(run(2), expected);
}

std::int64_t system_allocations() { return backend(Device::cpu()).allocator().stats().system_allocations; }

TEST(Training, AStepInItsSteadyStateAsksTheSystemForNothing) {
  nn::Mlp model({.input = 98}, 1);
  Adam adam(model.parameters());
  const Variable x(random_normal({64, 98}, {1, 2, 3}));
  const Tensor y = Tensor::full({64, 1}, 1.0);
  const auto step = [&] {
    const Variable loss = binary_cross_entropy_with_logits(model.logits(x), y);
    adam.zero_grad();
    loss.backward();
    adam.step();
  };
  for (int i = 0; i < 3; ++i) step();
  const std::int64_t before = system_allocations();
  for (int i = 0; i < 200; ++i) step();
  EXPECT_EQ(system_allocations(), before);
}

// Notes the system's allocations at each epoch.
class AllocationLog final : public Progress {
 public:
  void begin(std::string_view /*stage*/, std::int64_t /*total*/) override {}
  void advance(std::int64_t /*steps*/, std::string_view /*note*/) override { at_epoch.push_back(system_allocations()); }
  void end() override { ended = true; }

  std::vector<std::int64_t> at_epoch;
  bool ended = false;
};

TEST(Training, EpochsInTheirSteadyStateAskTheSystemForNothing) {
  const Data training(333, 98, 0);  // the last minibatch is smaller
  const Data validation(100, 98, 1);
  nn::Mlp model({.input = 98, .depth = 2}, 1);
  AllocationLog log;
  train(model, training.rows(), validation.rows(), {.max_epochs = 20}, log);
  ASSERT_EQ(log.at_epoch.size(), 20U);
  EXPECT_TRUE(log.ended);
  // Two epochs warm up: the second holds two copies of the best weights for a moment.
  EXPECT_EQ(log.at_epoch.back(), log.at_epoch[1]);
}

class CancelsAtThird final : public Progress {
 public:
  void begin(std::string_view /*stage*/, std::int64_t /*total*/) override {}
  void advance(std::int64_t /*steps*/, std::string_view /*note*/) override {
    if (++calls == 3) throw Cancelled();
  }
  void end() override {}

  int calls = 0;
};

TEST(Training, CanBeCancelledBetweenEpochs) {
  const Data data(50, 4, 0);
  nn::Mlp model = small_mlp();
  CancelsAtThird sink;
  EXPECT_THROW(train(model, data.rows(), data.rows(), {}, sink), Cancelled);
  EXPECT_EQ(sink.calls, 3);
}

TEST(Training, ALastBatchOfOneRowIsLeftOut) {
  const Data data(65, 4, 0);
  nn::Mlp model = small_mlp();
  const TrainingResult result = train(model, data.rows(), data.rows(), {.max_epochs = 1});
  EXPECT_EQ(model.state_dict().at("bn0.num_batches_tracked").item(), 1.0);
  EXPECT_TRUE(std::isfinite(result.training_losses[0]));
}

TEST(Training, DataThatDoNotFitAreRefused) {
  const Data data(20, 4, 0);
  nn::Mlp model = small_mlp();
  const auto refused = [&](const LabelledRows& training, std::initializer_list<std::string_view> parts,
                           const TrainingOptions& options = {}) {
    return fails_with([&] { train(model, training, data.rows(), options); }, parts);
  };
  const auto before = values(model);
  const std::vector<std::uint8_t> other(20, 2);
  EXPECT_TRUE(refused(Data(20, 3, 0).rows(), {"train: the network takes 4 features a row, the training features are"}));
  EXPECT_TRUE(refused({Tensor(), data.labels}, {"the training features are undefined"}));
  EXPECT_TRUE(refused({data.features.rows(0, 19), data.labels}, {"train: 19 training rows but 20 labels"}));
  EXPECT_TRUE(refused({data.features, other}, {"train: the training labels must be 0 or 1"}));
  EXPECT_TRUE(refused({data.features.rows(0, 1), std::span(data.labels).first(1)}, {"at least 2 training rows"}));
  EXPECT_TRUE(refused({data.features.to(Dtype::float64), data.labels}, {"dtypes differ"}));
  EXPECT_TRUE(refused(data.rows(), {"the batch size must be at least 2, got 1"}, {.batch_size = 1}));
  EXPECT_TRUE(refused(data.rows(), {"at least 1 epoch, got 0"}, {.max_epochs = 0}));
  EXPECT_TRUE(refused(data.rows(), {"EarlyStopping"}, {.patience = 0}));
  EXPECT_TRUE(refused(data.rows(), {"Adam: the learning rate"}, {.learning_rate = 0.0}));
  EXPECT_EQ(values(model), before);

  Tensor broken = data.features.clone();
  broken.mutable_values<float>()[0] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_TRUE(refused({broken, data.labels}, {"train: no epoch gave a finite validation loss"}, {.patience = 2}));
}

}  // namespace
}  // namespace posthoc::optim
