#include "study/sensitivity.h"

#include <cmath>
#include <filesystem>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/threads.h"
#include "nn/mlp.h"
#include "nn/safetensors.h"
#include "support/close.h"
#include "support/expect_error.h"
#include "support/restore_threads.h"
#include "support/temporary_folder.h"
#include "tensor/random.h"

namespace posthoc::study {
namespace {

using testing::close;
using testing::fails_with;
using testing::TemporaryFolder;

struct Case {
  std::vector<std::int32_t> groups;
  PerturbedNetwork network;
};

Case small_case(std::int64_t depth, std::int64_t width, std::uint64_t seed) {
  Case c;
  const std::int64_t rows = 200;
  for (std::int64_t i = 0; i < rows; ++i) {
    c.groups.push_back(i % 5 < 2 ? 1 : 0);
  }
  auto model = std::make_shared<nn::Mlp>(nn::MlpOptions{.input = 4, .depth = depth, .width = width}, seed);
  model->eval();
  c.network.model = model;
  c.network.features = random_normal({rows, 4}, {4, 4, 4});
  // The first feature leans on the group, so that there is something to explain.
  for (std::int64_t i = 0; i < rows; ++i) {
    const auto row = static_cast<std::size_t>(i);
    c.network.features.mutable_values<float>()[4 * row] += c.groups[row] == 1 ? 1.0F : -1.0F;
  }
  const std::vector<double> scores = nn::scores(*model, c.network.features);
  double sum = 0.0;
  for (const double score : scores) sum += score / static_cast<double>(rows);
  c.network.threshold = sum;
  return c;
}

PerturbedNetwork network_of(const Case& c) {
  PerturbedNetwork network = c.network;
  network.groups = c.groups;
  return network;
}

SensitivityKey key_of(std::uint64_t seed, const Architecture& architecture) {
  return {"toy-task", "toy", "0123456789ab", architecture, seed, {.trials = 200, .held_out = 60, .gradients = 16}};
}

const DirectionResult& direction(const SensitivityResult& result, const std::string& name) {
  for (const DirectionResult& found : result.directions) {
    if (found.name == name) return found;
  }
  ADD_FAILURE() << "there is no direction " << name;
  return result.directions.front();
}

// 27 coordinates, 200 trials: the law can be found, and least squares, ridge and the gradient find the same one.
TEST(Sensitivity, WithFewCoordinatesTheLawIsFound) {
  const TemporaryFolder folder;
  const Case c = small_case(0, 3, 1);
  const SensitivityResult found = run_sensitivity(key_of(1, {0, 3, 0.2}), network_of(c), folder.path());
  EXPECT_EQ(found.coordinates, 4 * 3 + 3 + 3 + 3 + 3 + 1);
  EXPECT_TRUE(found.scores.undefined.empty());
  EXPECT_GT(found.scores.least_norm.r2, 0.9);
  EXPECT_GT(found.scores.least_norm.r2_held_out, 0.9);
  EXPECT_GT(found.scores.ridge.r2_held_out, 0.8);
  EXPECT_GT(found.scores.gradient_r2, 0.8);
  EXPECT_LT(found.scores.permuted.r2, 0.4);
  EXPECT_GT(found.gradient_halves, 0.9);
  EXPECT_GT(found.decisions.deviation, 0.0);
}

// With more coordinates than trials least squares is perfect on any trials, shuffled ones too, and only held-out ones
// and the gradient say how much of it is a law.
TEST(Sensitivity, WithManyCoordinatesAPerfectFitSaysNothing) {
  const TemporaryFolder folder;
  const Case c = small_case(2, 16, 2);
  const SensitivityResult found = run_sensitivity(key_of(2, {2, 16, 0.2}), network_of(c), folder.path());
  ASSERT_GT(found.coordinates, 600);
  EXPECT_TRUE(close(found.scores.least_norm.r2, 1.0, 1e-6));
  EXPECT_TRUE(close(found.scores.permuted.r2, 1.0, 1e-6));
  EXPECT_LT(found.scores.least_norm.r2_held_out, 0.9);
  EXPECT_LT(found.scores.permuted.r2_held_out, 0.15);
  EXPECT_GT(found.scores.gradient_r2, found.scores.ridge.r2_held_out);
  EXPECT_LT(direction(found, "gradient").concentration.half, found.isotropic.half);
  EXPECT_TRUE(close(static_cast<double>(direction(found, "permuted").concentration.half),
                    static_cast<double>(found.isotropic.half), 0.15));
  double shares = 0.0;
  std::int64_t coordinates = 0;
  for (const StageShare& share : direction(found, "least_norm").stages) {
    shares += share.share;
    coordinates += share.coordinates;
  }
  EXPECT_TRUE(close(shares, 1.0, 1e-12));
  EXPECT_EQ(coordinates, found.coordinates);
}

TEST(Sensitivity, IsTheSameForAnyNumberOfThreadsAndReadsBack) {
  const TemporaryFolder folder;
  const Case c = small_case(1, 6, 3);
  const SensitivityKey key = key_of(3, {1, 6, 0.2});
  const posthoc::testing::RestoreThreads restore;
  set_threads(1);
  const SensitivityResult found = run_sensitivity(key, network_of(c), folder.path());
  set_threads(3);
  Record again = to_record(run_sensitivity(key, network_of(c), folder.path()));
  const Record record = to_record(found);
  EXPECT_EQ(again.key, record.key);
  EXPECT_EQ(again.result, record.result);
  EXPECT_EQ(record.id(), record_id(key));
  EXPECT_EQ(to_line(to_record(parse_sensitivity(parse_line(to_line(record))))), to_line(record));
  const auto file = nn::from_safetensors(read_file(folder.path() / found.file), found.file);
  EXPECT_EQ(file.tensors.size(), 3U);
  EXPECT_EQ(file.tensors.at("gradient").elements(), found.coordinates);
}

// A network that decides for everybody has no response in its decisions, and still one in its scores.
TEST(Sensitivity, AConstantDecisionHasNoResponseAndAReason) {
  const TemporaryFolder folder;
  const Case c = small_case(0, 3, 4);
  PerturbedNetwork network = network_of(c);
  network.threshold = 0.0;
  const SensitivityResult found = run_sensitivity(key_of(4, {0, 3, 0.2}), network, folder.path());
  EXPECT_EQ(found.decisions.undefined, "the bias is the same in every trial");
  EXPECT_EQ(found.decisions.deviation, 0.0);
  EXPECT_TRUE(std::isnan(found.least_norm_with_gradient));
  ASSERT_EQ(found.directions.size(), 1U);
  EXPECT_EQ(found.directions.front().name, "gradient");
  EXPECT_TRUE(found.scores.undefined.empty());
  EXPECT_EQ(to_line(to_record(parse_sensitivity(to_record(found)))), to_line(to_record(found)));
}

TEST(Sensitivity, StacksTheNetworksOfATask) {
  const TemporaryFolder folder;
  std::vector<SensitivityKey> keys;
  for (std::uint64_t seed = 0; seed < 4; ++seed) {
    const Case c = small_case(1, 12, seed);
    keys.push_back(key_of(seed, {1, 12, 0.2}));
    run_sensitivity(keys.back(), network_of(c), folder.path());
  }
  const SensitivityStack stack = stack_sensitivity(keys, folder.path());
  EXPECT_EQ(stack.seeds, (std::vector<std::uint64_t>{0, 1, 2, 3}));
  ASSERT_EQ(stack.rows.size(), 3U);
  for (const SensitivityStack::Row& row : stack.rows) {
    ASSERT_EQ(row.singular_values.size(), 4U);
    double squares = 0.0;
    for (const double value : row.singular_values) squares += value * value;
    EXPECT_TRUE(close(squares, 4.0, 1e-9));
    if (row.name == "permuted") {
      EXPECT_LT(row.largest_absolute_cosine, 0.25);  // four deviations of 1 / sqrt(265)
    }
  }
  const Record record = to_record(stack);
  EXPECT_EQ(record.id(), stack_record_id(keys));
  EXPECT_EQ(to_line(to_record(parse_sensitivity_stack(parse_line(to_line(record))))), to_line(record));

  EXPECT_TRUE(fails_with([&] { stack_sensitivity({keys[0]}, folder.path()); }, {"at least 2"}));
  SensitivityKey other = keys[1];
  other.task = "another";
  EXPECT_TRUE(fails_with([&] { stack_sensitivity({keys[0], other}, folder.path()); }, {"more than their seeds"}));
  SensitivityKey missing = keys[1];
  missing.seed = 99;
  EXPECT_TRUE(fails_with([&] { stack_sensitivity({keys[0], missing}, folder.path()); }, {"seed99"}));
}

TEST(Sensitivity, RefusesOptionsOutOfRange) {
  const TemporaryFolder folder;
  const Case c = small_case(0, 3, 1);
  SensitivityKey key = key_of(1, {0, 3, 0.2});
  key.options.gradients = 3;
  EXPECT_TRUE(fails_with([&] { run_sensitivity(key, network_of(c), folder.path()); }, {"even", "got 3"}));
  key.options = {.trials = 5};
  EXPECT_TRUE(fails_with([&] { run_sensitivity(key, network_of(c), folder.path()); }, {"[10, 20000]", "got 5"}));
  key.options = {.sigma = 0.0};
  EXPECT_TRUE(fails_with([&] { run_sensitivity(key, network_of(c), folder.path()); }, {"sigma", "got 0"}));
  EXPECT_TRUE(fails_with([] { parse_sensitivity({"cell", "{}", "{}", 0.0, ""}); }, {"kind sensitivity"}));
  EXPECT_TRUE(fails_with([] { parse_sensitivity({"sensitivity", "{}", "{}", 0.0, ""}); }, {"task", "missing"}));
}

}  // namespace
}  // namespace posthoc::study
