#include "optim/training.h"

#include <cmath>
#include <gtest/gtest.h>

#include "debias/small_network.h"
#include "nn/model_file.h"
#include "nn/sequential.h"
#include "support/close.h"
#include "support/temporary_folder.h"

// A network that is moved to the device, trained and evaluated there, against the same on the host. The two round
// differently, so what they learn drifts apart, slowly in a few epochs.

namespace posthoc {
namespace {

using debias::same_state;
using debias::small_problem;
using debias::SmallProblem;

std::shared_ptr<nn::Mlp> network(Device device) {
  auto model = std::make_shared<nn::Mlp>(nn::MlpOptions{.input = 4, .depth = 2, .width = 8}, 3);
  model->to(device);
  return model;
}

optim::TrainingResult train(nn::Mlp& model, const SmallProblem& rows) {
  const Tensor features = rows.features.to(model.device());
  return optim::train(model, {features, rows.labels}, {features, rows.labels}, {.batch_size = 32, .max_epochs = 4});
}

void expect_near(const nn::StateDict& actual, const nn::StateDict& expected, double tolerance) {
  ASSERT_EQ(actual.size(), expected.size());
  for (const auto& [name, tensor] : expected) {
    const std::vector<double> got = actual.at(name).to_vector();
    const std::vector<double> wanted = tensor.to_vector();
    EXPECT_TRUE(testing::all_close(std::span<const double>(got), std::span<const double>(wanted), tolerance, tolerance))
        << name;
  }
}

TEST(CudaTraining, ComesToWhatTheHostComesTo) {
  const SmallProblem rows = small_problem();
  const auto on_host = network(Device::cpu());
  const auto on_device = network(Device::cuda());
  const optim::TrainingResult expected = train(*on_host, rows);
  const optim::TrainingResult actual = train(*on_device, rows);
  EXPECT_EQ(actual.epochs, expected.epochs);
  EXPECT_EQ(actual.best_epoch, expected.best_epoch);
  for (std::size_t i = 0; i < expected.validation_losses.size(); ++i) {
    EXPECT_TRUE(testing::close(actual.training_losses[i], expected.training_losses[i], 1e-4));
    EXPECT_TRUE(testing::close(actual.validation_losses[i], expected.validation_losses[i], 1e-4));
  }
  EXPECT_LT(expected.training_losses.back(), expected.training_losses.front());
  expect_near(on_device->state_dict(), on_host->state_dict(), 1e-3);
  const std::vector<double> scores = nn::scores(*on_device, rows.features.to(Device::cuda()));
  const std::vector<double> reference = nn::scores(*on_host, rows.features);
  EXPECT_TRUE(testing::all_close(std::span<const double>(scores), std::span<const double>(reference), 0.0, 1e-3));
}

TEST(CudaTraining, GivesTheSameBitsTwice) {
  const SmallProblem rows = small_problem();
  const auto first = network(Device::cuda());
  const auto second = network(Device::cuda());
  train(*first, rows);
  train(*second, rows);
  EXPECT_TRUE(same_state(first->state_dict(), second->state_dict()));
}

TEST(CudaModule, MovesAndStaysTheSame) {
  const auto there = network(Device::cuda());
  EXPECT_EQ(there->device(), Device::cuda());
  for (const auto& parameter : there->parameters()) EXPECT_EQ(parameter.variable.value().device(), Device::cuda());
  EXPECT_TRUE(same_state(there->state_dict(), network(Device::cpu())->state_dict()));
  const auto copy = there->clone_classifier();
  EXPECT_EQ(copy->device(), Device::cuda());
  EXPECT_TRUE(same_state(copy->state_dict(), there->state_dict()));
  const auto back = network(Device::cpu());
  back->load_state_dict(there->state_dict());  // from one device to another
  EXPECT_EQ(back->device(), Device::cpu());
  EXPECT_TRUE(same_state(back->state_dict(), there->state_dict()));
  there->to(Device::cpu());
  EXPECT_EQ(there->device(), Device::cpu());
  EXPECT_EQ(nn::Sequential({}).device(), Device::cpu());  // without parameters
}

TEST(CudaModule, IsWrittenToAFileAsFromTheHost) {
  const testing::TemporaryFolder folder;
  const SmallProblem rows = small_problem();
  const auto there = network(Device::cuda());
  train(*there, rows);
  const std::string path = (folder / "model.safetensors").string();
  nn::save_mlp(*there, {}, path);
  EXPECT_TRUE(same_state(nn::load_mlp(path).model->state_dict(), there->state_dict()));
}

}  // namespace
}  // namespace posthoc
