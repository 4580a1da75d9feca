#include <cmath>
#include <gtest/gtest.h>

#include "cli/program.h"
#include "cli/task.h"
#include "fairness/bootstrap_difference.h"

namespace posthoc::testing {
namespace {

using Json = nlohmann::json;

// What `debias` says that a method changed, against all measures from the library with the two files and rules.
class Difference : public ::testing::Test {
 protected:
  TemporaryFolder folder_;
  std::string model_ = trained_model(folder_);
  std::string fair_ = (folder_ / "fair.safetensors").string();
  Arguments debias_ = Arguments{"debias", "--model", model_, "-o", fair_, "--seed", "5"} + synthetic_data;

  std::vector<fairness::DifferenceInterval> from_library(const Json& json) const {
    cli::DataOptions data;
    data.data = "synthetic";
    data.protected_attributes = {"group"};
    data.rows = 400;
    const auto before = cli::load_task(data, model_);
    const auto after = cli::load_task(data, fair_);
    return fairness::bootstrap_difference(before->test.outcomes(), json["baselines"]["default"]["rule"]["threshold"],
                                          after->test.outcomes(), json["rule"]["threshold"]);
  }

  static void expect_same(const Json& json, const fairness::Value& value, const fairness::Interval& interval) {
    ASSERT_TRUE(value.defined() && interval.defined());
    EXPECT_DOUBLE_EQ(json["value"].get<double>(), value.number());
    EXPECT_DOUBLE_EQ(json["interval"][0].get<double>(), interval.low);
    EXPECT_DOUBLE_EQ(json["interval"][1].get<double>(), interval.high);
    EXPECT_FALSE(json.contains("undefined") || json.contains("no_interval"));
  }

  void expect_library_values(const std::string& bias, const std::string& performance) const {
    const Json json = json_of(debias_ + Arguments{"--method", "random", "--random-trials", "5", "--random-original",
                                                  "false", "--measure", bias, "--performance", performance});
    ASSERT_TRUE(json.is_object() && json.contains("difference"));
    const Json& difference = json["difference"];
    EXPECT_EQ(difference["against"], "default");
    EXPECT_EQ(difference["method"], "percentile");
    EXPECT_EQ(difference["level"], 0.95);
    EXPECT_EQ(difference["resamples"], 2000);
    EXPECT_EQ(difference["strata"], "group");
    int compared = 0;
    for (const fairness::DifferenceInterval& expected : from_library(json)) {
      const std::string name(expected.measure->long_name);
      const bool asked = expected.measure->is_named(bias) || expected.measure->is_named(performance);
      ASSERT_EQ(difference.contains(name), asked) << name;
      if (!asked) continue;
      ++compared;
      expect_same(difference[name], expected.difference, expected.interval);
      EXPECT_NE(expected.interval.low, expected.interval.high) << name;
      const bool is_bias = expected.measure->is_named(bias);
      ASSERT_EQ(difference[name].contains("unfairness"), is_bias) << name;
      if (is_bias) expect_same(difference[name]["unfairness"], expected.distance, expected.distance_interval);
      const char* block = is_bias ? "bias" : "performance";
      EXPECT_NEAR(
          difference[name]["value"].get<double>(),
          json["test"][block][name].get<double>() - json["baselines"]["default"]["test"][block][name].get<double>(),
          1e-12);
    }
    EXPECT_EQ(compared, 2);
  }
};

TEST_F(Difference, OfAMethodFromTheModelIsTheLibrarys) { expect_library_values("spd", "accuracy"); }

TEST_F(Difference, OfARatioAndAMeasureOfTheScoresIsTheLibrarys) { expect_library_values("di", "auc"); }

TEST_F(Difference, StandsBelowTheTable) {
  const Ran ran = run_program(debias_ + few_trials);
  ASSERT_EQ(ran.code, 0) << ran.err;
  for (const char* line : {"random - default: spd on test ", "random - default: |spd| on test ",
                           "random - default: accuracy on test ", "95 % interval [", "(paired percentile bootstrap)"}) {
    EXPECT_NE(ran.out.find(line), std::string::npos) << line << "\n" << ran.out;
  }
}

TEST_F(Difference, OfTheModelFromItselfIsNotShown) {
  const Arguments itself = debias_ + Arguments{"--method", "default"};
  EXPECT_FALSE(json_of(itself).contains("difference"));
  EXPECT_EQ(run_program(itself).out.find("paired"), std::string::npos);
}

}  // namespace
}  // namespace posthoc::testing
