#include <gtest/gtest.h>

#include "cli/program.h"

namespace posthoc::testing {
namespace {

class BadArguments : public ::testing::Test {
 protected:
  [[nodiscard]] std::string path(const std::string& name) const { return (folder_ / name).string(); }

  // A command that works, up to what a test adds to it.
  [[nodiscard]] Arguments train() const {
    return Arguments{"train", "-o", path("new.safetensors")} + synthetic_data + small_network;
  }
  [[nodiscard]] Arguments debias() const {
    return Arguments{"debias", "-o", path("new.safetensors"), "--json", path("new.json"), "--model", model_} +
           synthetic_data;
  }
  [[nodiscard]] Arguments evaluate() const { return Arguments{"evaluate", "--model", model_} + synthetic_data; }

  // The command with one option's value replaced.
  static Arguments with(Arguments arguments, const std::string& option, const std::string& value) {
    const auto found = std::find(arguments.begin(), arguments.end(), option);
    if (found == arguments.end()) return arguments + Arguments{option, value};
    *(found + 1) = value;
    return arguments;
  }

  TemporaryFolder folder_;
  std::string model_ = trained_model(folder_);
};

TEST_F(BadArguments, AreUsageErrors) {
  const Arguments random = debias() + Arguments{"--method", "random"};
  EXPECT_TRUE(refuses({}, 2, "subcommand", folder_));
  EXPECT_TRUE(refuses({"data"}, 2, "subcommand", folder_));
  EXPECT_TRUE(refuses({"frobnicate"}, 2, "frobnicate", folder_));
  EXPECT_TRUE(refuses({""}, 2, "", folder_));
  EXPECT_TRUE(refuses(train() + Arguments{"--frobnicate"}, 2, "--frobnicate", folder_));
  EXPECT_TRUE(refuses(train() + Arguments{"stray"}, 2, "stray", folder_));
  EXPECT_TRUE(refuses({"train", "--data", "synthetic", "--protected", "group"}, 2, "output", folder_));
  EXPECT_TRUE(refuses({"train", "-o", path("x"), "--protected", "group"}, 2, "--data", folder_));
  EXPECT_TRUE(refuses({"data", "describe"}, 2, "name", folder_));
  EXPECT_TRUE(refuses(with(random, "--lambda", "2"), 2, "--lambda", folder_));
  EXPECT_TRUE(refuses(with(random, "--lambda", "-0.1"), 2, "--lambda", folder_));
  EXPECT_TRUE(refuses(with(random, "--lambda", "x"), 2, "--lambda", folder_));
  EXPECT_TRUE(refuses(with(random, "--threads", "0"), 2, "--threads", folder_));
  EXPECT_TRUE(refuses(with(random, "--threads", "-1"), 2, "--threads", folder_));
  EXPECT_TRUE(refuses(with(random, "--seed", "-1"), 2, "--seed", folder_));
  EXPECT_TRUE(refuses(with(random, "--seed", "1.5"), 2, "--seed", folder_));
  EXPECT_TRUE(refuses(with(random, "--split-seed", "4294967296"), 2, "--split-seed", folder_));
  EXPECT_TRUE(refuses(with(train(), "--epochs", "0"), 2, "--epochs", folder_));
  EXPECT_TRUE(refuses(with(train(), "--width", "0"), 2, "--width", folder_));
  EXPECT_TRUE(refuses(with(train(), "--depth", "-1"), 2, "--depth", folder_));
  EXPECT_TRUE(refuses(with(train(), "--dropout", "1"), 2, "--dropout", folder_));
  EXPECT_TRUE(refuses(with(train(), "--batch-size", "1"), 2, "--batch-size", folder_));
  EXPECT_TRUE(refuses(with(train(), "--learning-rate", "0"), 2, "--learning-rate", folder_));
}

TEST_F(BadArguments, AnOptionOfTheOtherObjectiveIsAUsageError) {
  const Arguments constrained = {"--objective", "constrained"};
  const Arguments lambda = {"--lambda", "0.75"};  // the default, but typed
  const Arguments epsilon = {"--epsilon", "0.05"};
  for (const Arguments& command : {debias() + Arguments{"--method", "random"}, evaluate(), train()}) {
    EXPECT_TRUE(refuses(command + constrained + lambda, 2, "--lambda belongs to --objective tradeoff", folder_));
    EXPECT_TRUE(refuses(command + lambda + constrained + epsilon, 2, "--lambda belongs to", folder_));
    EXPECT_TRUE(refuses(command + epsilon, 2, "--epsilon belongs to --objective constrained", folder_));
    EXPECT_TRUE(refuses(command + epsilon + Arguments{"--objective", "tradeoff"}, 2, "--epsilon belongs to", folder_));
  }
  EXPECT_EQ(run_program(evaluate() + lambda).code, 0);
  EXPECT_EQ(run_program(evaluate() + constrained + epsilon).code, 0);
}

TEST_F(BadArguments, AnOptionOfAnotherMethodIsAUsageError) {
  for (const Arguments& option :
       {Arguments{"--layerwise-calls", "100"}, Arguments{"--layerwise-acquisition", "ei"},
        Arguments{"--adversarial-rounds", "16"}, Arguments{"--reject-option-mode", "exact"},
        Arguments{"--equalized-odds-threshold", "accuracy"}, Arguments{"--calibrated-cost", "fnr"}}) {
    EXPECT_TRUE(refuses(debias() + Arguments{"--method", "random"} + option, 2,
                        option[0] + " belongs to --method " + option[0].substr(2, 6), folder_));
  }
  EXPECT_TRUE(refuses(debias() + Arguments{"--method", "threshold", "--random-trials", "201"}, 2,
                      "--random-trials belongs to --method random, and --method is threshold", folder_));
  EXPECT_TRUE(refuses(debias() + Arguments{"--layerwise-acquisition", "ucb"}, 2, "lcb", folder_));
}

TEST_F(BadArguments, NotANumberAndInfinityAreRefused) {
  const Arguments random = debias() + Arguments{"--method", "random"};
  for (const char* value : {"nan", "inf"}) {
    const int code = value == std::string("nan") ? 1 : 2;  // a range check lets NaN pass, what uses the number does not
    EXPECT_TRUE(refuses(with(train(), "--dropout", value), code, "", folder_));
    EXPECT_TRUE(refuses(with(train(), "--learning-rate", value), code, "", folder_));
    EXPECT_TRUE(refuses(with(random, "--lambda", value), code, "lambda", folder_));
    EXPECT_TRUE(refuses(with(train(), "--bias", value), 1, "bias", folder_));
    EXPECT_TRUE(refuses(with(random, "--random-sigma", value), 1, "sigma", folder_));
  }
}

TEST_F(BadArguments, UnknownNamesAreAnsweredWithTheKnownOnes) {
  const Arguments random = debias() + Arguments{"--method", "random"};
  EXPECT_TRUE(refuses(with(train(), "--data", "adlut"), 1, "adult, bank, compas, synthetic", folder_));
  EXPECT_TRUE(refuses(with(train(), "--data", ""), 1, "adult, bank, compas, synthetic", folder_));
  EXPECT_TRUE(refuses(with(train(), "--protected", "age"), 1, "age", folder_));
  EXPECT_TRUE(refuses(with(train(), "--favorable", "7"), 1, "7", folder_));
  EXPECT_TRUE(refuses(with(debias(), "--method", "magic"), 1, "majority, default, threshold, random", folder_));
  EXPECT_TRUE(refuses(with(random, "--measure", "accuracy"), 1, "accuracy", folder_));
  EXPECT_TRUE(refuses(with(random, "--measure", "fairness"), 1, "spd", folder_));
  EXPECT_TRUE(refuses(with(random, "--performance", "spd"), 1, "spd", folder_));
  EXPECT_TRUE(refuses(with(random, "--performance", "speed"), 1, "balanced_accuracy", folder_));
  EXPECT_TRUE(refuses(with(random, "--threshold-search", "gird501"), 1, "gird501", folder_));
  EXPECT_TRUE(refuses(with(evaluate(), "--threshold-search", ""), 1, "exact", folder_));
  EXPECT_TRUE(refuses({"data", "describe", "adlut"}, 1, "adult, bank, compas, synthetic", folder_));
}

TEST_F(BadArguments, ValuesOutOfRangeAreRefused) {
  const Arguments random = debias() + Arguments{"--method", "random"};
  EXPECT_TRUE(refuses(with(random, "--random-trials", "0"), 1, "trials", folder_));
  EXPECT_TRUE(refuses(with(random, "--random-trials", "-5"), 1, "trials", folder_));
  EXPECT_TRUE(refuses(with(random, "--random-sigma", "-1"), 1, "sigma", folder_));
  EXPECT_TRUE(refuses(with(random, "--random-sigma", "0"), 1, "sigma", folder_));
  EXPECT_TRUE(refuses(with(train(), "--rows", "0"), 1, "rows", folder_));
  EXPECT_TRUE(refuses(with(train(), "--rows", "-3"), 1, "rows", folder_));
  EXPECT_TRUE(refuses(with(train(), "--rows", "2"), 1, "", folder_));
  EXPECT_TRUE(refuses(with(train(), "--rows", "9223372036854775807"), 1, "rows", folder_));
  EXPECT_TRUE(refuses(with(train(), "--features", "1"), 1, "features", folder_));
  EXPECT_TRUE(refuses(with(train(), "--bias", "0.9"), 1, "bias", folder_));
  EXPECT_TRUE(refuses(with(train(), "--label", "y"), 1, "--label", folder_));
}

TEST_F(BadArguments, OutputsThatCannotBeWrittenAreRefusedBeforeAnyWork) {
  std::filesystem::create_directory(folder_ / "folder");
  const Arguments random = debias() + Arguments{"--method", "random"};
  for (const std::string& bad : {path("none/new"), path("folder"), model_ + "/new"}) {
    EXPECT_TRUE(refuses(with(train(), "-o", bad), 1, bad, folder_));
    EXPECT_TRUE(refuses(with(train(), "--json", bad), 1, bad, folder_));
    EXPECT_TRUE(refuses(with(random, "-o", bad), 1, bad, folder_));
    EXPECT_TRUE(refuses(with(random, "--json", bad), 1, bad, folder_));
    EXPECT_TRUE(refuses(with(evaluate(), "--json", bad), 1, bad, folder_));
    EXPECT_TRUE(refuses({"data", "list", "--json", bad}, 1, bad, folder_));
  }
}

TEST_F(BadArguments, LinksInACircleAndNamesTooLongAreNoOutputs) {
  const TemporaryFolder elsewhere;
  std::filesystem::create_symlink("loop", elsewhere / "loop");
  // Too long by itself, and with what a temporary file's name has besides.
  for (const std::string& bad :
       {(elsewhere / "loop").string(), path(std::string(300, 'a')), path(std::string(250, 'a'))}) {
    EXPECT_TRUE(refuses(with(train(), "-o", bad), 1, "cannot write " + bad, folder_));
    EXPECT_TRUE(refuses({"data", "list", "--json", bad}, 1, "cannot write " + bad, folder_));
  }
}

// An empty name is a shell variable that was never set: writing nothing would lose the result.
TEST_F(BadArguments, EmptyOutputNamesAreRefused) {
  const Arguments random = debias() + Arguments{"--method", "random"};
  EXPECT_TRUE(refuses(with(train(), "-o", ""), 2, "--output", folder_));
  EXPECT_TRUE(refuses(with(random, "-o", ""), 2, "--output", folder_));
  EXPECT_TRUE(refuses(with(random, "--json", ""), 2, "--json", folder_));
}

}  // namespace
}  // namespace posthoc::testing
