#include "cli/program.h"

#include <gtest/gtest.h>

#include "support/close.h"

// The program with --device cuda against the program without it.

namespace posthoc::testing {
namespace {

using Json = nlohmann::json;

Json run_on(const std::string& device, const Arguments& command) {
  return json_of(command + Arguments{"--device", device});
}

Arguments train_to(const std::string& file) { return Arguments{"train", "-o", file} + synthetic_data + small_network; }

TEST(CudaProgram, TrainsAsOnTheHost) {
  const TemporaryFolder folder;
  const Json expected = run_on("cpu", train_to((folder / "a").string()));
  const Json actual = run_on("cuda", train_to((folder / "b").string()));
  EXPECT_EQ(actual["training"]["epochs"], expected["training"]["epochs"]);
  EXPECT_TRUE(close(actual["training"]["best_validation_loss"], expected["training"]["best_validation_loss"], 1e-3));
}

TEST(CudaProgram, EvaluatesDebiasesAndAppliesAsOnTheHost) {
  const TemporaryFolder folder;
  const std::string model = trained_model(folder);
  const Arguments task = synthetic_data + Arguments{"--model", model};
  const Json expected = run_on("cpu", Arguments{"evaluate"} + task);
  const Json actual = run_on("cuda:0", Arguments{"evaluate"} + task);
  EXPECT_EQ(actual["test"]["groups"], expected["test"]["groups"]);
  EXPECT_EQ(actual["test"]["bias"], expected["test"]["bias"]);

  const Arguments debias = Arguments{"debias"} + task + few_trials;
  const Json debiased = run_on("cpu", debias);
  const Json there = run_on("auto", debias);
  EXPECT_EQ(there["test"]["groups"], debiased["test"]["groups"]);
  EXPECT_EQ(there["valid"]["objective"], debiased["valid"]["objective"]);

  const std::string input = (folder / "rows.csv").string();
  write_file(input, "x1,x2,group\n0.1,0.2,0\n-0.3,1.5,1\n2,-1,1\n");
  const Arguments apply = Arguments{"apply", "--model", model, "--input", input, "-o", (folder / "out.csv").string()};
  const Ran ran = run_program(apply + Arguments{"--device", "cuda"});
  EXPECT_EQ(ran.code, 0) << ran.err;
}

}  // namespace
}  // namespace posthoc::testing
