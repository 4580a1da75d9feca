#include "base/threads.h"

#include <gtest/gtest.h>

#include "cli/program.h"

namespace posthoc::testing {
namespace {

struct Written {
  std::string model;    // the file's bytes
  nlohmann::json json;  // without the seconds, which no two runs share
};

Written written_by(const Arguments& arguments, const char* threads) {
  const TemporaryFolder folder;
  const std::string model = (folder / "model.safetensors").string();
  nlohmann::json json = json_of(arguments + Arguments{"-o", model, "--threads", threads});
  EXPECT_EQ(json.erase("seconds"), 1U);
  return {read_file(model), json};
}

// Compares the bytes without printing them.
void expect_same(const Written& one, const Written& two) {
  EXPECT_FALSE(one.model.empty());
  EXPECT_TRUE(one.model == two.model) << "the model files differ";
  EXPECT_EQ(one.json.dump(), two.json.dump());
}

TEST(CliThreads, TrainGivesTheSameBytes) {
  const Arguments train = Arguments{"train"} + synthetic_data + small_network;
  const Written one = written_by(train, "1");
  expect_same(one, written_by(train, "2"));
  expect_same(one, written_by(train, "3"));
}

TEST(CliThreads, DebiasGivesTheSameBytes) {
  const TemporaryFolder folder;
  const Arguments debias =
      Arguments{"debias"} + synthetic_data + few_trials + Arguments{"--model", trained_model(folder)};
  const Written one = written_by(debias, "1");
  expect_same(one, written_by(debias, "2"));
  expect_same(one, written_by(debias, "3"));
}

TEST(CliThreads, TheNumberOfThreadsIsSetBackAfterwards) {
  const int before = threads();
  EXPECT_EQ(run_program({"data", "list", "--threads", std::to_string(before + 1)}).code, 0);
  EXPECT_EQ(threads(), before);
}

}  // namespace
}  // namespace posthoc::testing
