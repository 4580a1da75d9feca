#include <gtest/gtest.h>

#include "cli/program.h"

namespace posthoc::testing {
namespace {

using Json = nlohmann::json;

class Output : public ::testing::Test {
 protected:
  TemporaryFolder folder_;
  std::string model_ = trained_model(folder_);
  std::vector<Arguments> commands_ = {
      Arguments{"train", "-o", model_} + synthetic_data + small_network,
      Arguments{"evaluate", "--model", model_} + synthetic_data,
      Arguments{"debias", "--model", model_} + synthetic_data + few_trials,
      {"data", "list"},
      {"data", "describe", "synthetic"},
  };
};

TEST_F(Output, TheTableGoesToStandardOutput) {
  for (const Arguments& command : commands_) {
    const Ran ran = run_program(command);
    EXPECT_EQ(ran.code, 0) << ran.err;
    EXPECT_FALSE(ran.out.empty()) << command[0];
    EXPECT_EQ(ran.err, "") << command[0];
  }
  const Ran debias = run_program(commands_[2]);
  for (const char* part : {"method", "majority", "default", "random", "rule", "lower is better"}) {
    EXPECT_NE(debias.out.find(part), std::string::npos) << part << " is missing in\n" << debias.out;
  }
}

TEST_F(Output, JsonOnStandardOutputStandsAloneAndTheTableMoves) {
  for (const Arguments& command : commands_) {
    const Ran plain = run_program(command);
    const Ran ran = run_program(command + Arguments{"--json", "-"});
    EXPECT_EQ(ran.code, 0);
    EXPECT_FALSE(Json::parse(ran.out, nullptr, false).is_discarded()) << ran.out;
    EXPECT_EQ(ran.err.substr(0, ran.err.find('\n')).empty(), plain.out.empty());
    EXPECT_GT(ran.err.size(), plain.out.size() / 2);
    const Ran quiet = run_program(command + Arguments{"--json", "-", "--quiet"});
    EXPECT_FALSE(Json::parse(quiet.out, nullptr, false).is_discarded());
    EXPECT_EQ(quiet.err, "");
  }
}

TEST_F(Output, QuietSaysNothing) {
  for (const Arguments& command : commands_) EXPECT_TRUE(succeeds_quietly(command));
}

TEST_F(Output, TheRecordedCommandLeavesOutWhatChangesNoResult) {
  const Arguments command = Arguments{"evaluate", "--model", "m 1.safetensors"} + synthetic_data;
  std::filesystem::copy_file(model_, folder_ / "m 1.safetensors");
  Arguments arguments = Arguments{"evaluate", "--model", (folder_ / "m 1.safetensors").string()} + synthetic_data;
  const Json json = json_of(arguments + Arguments{"--threads=2"});
  const std::string expected = "posthoc evaluate --model '" + (folder_ / "m 1.safetensors").string() +
                               "' --data synthetic --protected group --rows 400";
  EXPECT_EQ(json["command"], expected);
}

TEST_F(Output, TheRecordedCommandHoldsNoOutputHoweverItIsWritten) {
  const Arguments train = Arguments{"train"} + synthetic_data + small_network;
  const std::string expected = json_of(train + Arguments{"-o", model_})["command"];
  for (const Arguments& output :
       {Arguments{"-o" + model_}, Arguments{"--output", model_}, Arguments{"--output=" + model_}}) {
    EXPECT_EQ(json_of(train + output)["command"], expected) << output[0];
  }
}

TEST(Help, EveryCommandShowsAnExample) {
  for (const Arguments& command :
       {Arguments{}, Arguments{"data"}, Arguments{"data", "list"}, Arguments{"data", "describe"},
        Arguments{"data", "fetch"}, Arguments{"audit"}, Arguments{"completion"}, Arguments{"train"},
        Arguments{"evaluate"}, Arguments{"debias"}, Arguments{"postprocess"}, Arguments{"apply"}}) {
    const Ran ran = run_program(command + Arguments{"--help"});
    EXPECT_EQ(ran.code, 0);
    EXPECT_NE(ran.out.find("Example:\n  posthoc "), std::string::npos) << ran.out;
    EXPECT_EQ(ran.err, "");
  }
}

TEST(Help, ShowsDefaults) {
  const Ran ran = run_program({"debias", "--help"});
  for (const char* part :
       {"--lambda FLOAT:FLOAT in [0 - 1]=0.75", "--random-trials INT=201",
        "Method layerwise:", "--layerwise-box FLOAT=2.2", "--adversarial-learning-rate FLOAT=0.001",
        "--equalized-odds-threshold NUMBER|accuracy=accuracy", "--calibrated-cost TEXT:{fpr,fnr,weighted}=fpr"}) {
    EXPECT_NE(ran.out.find(part), std::string::npos) << part << " is missing in\n" << ran.out;
  }
}

TEST(Help, VersionIsOneLine) {
  const Ran ran = run_program({"--version"});
  EXPECT_EQ(ran.code, 0);
  EXPECT_TRUE(ran.out.starts_with("posthoc ")) << ran.out;
  EXPECT_EQ(ran.out.find('\n'), ran.out.size() - 1);
  EXPECT_EQ(ran.err, "");
}

}  // namespace
}  // namespace posthoc::testing
