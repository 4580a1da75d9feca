#include <cmath>
#include <gtest/gtest.h>

#include "cli/program.h"

namespace posthoc::testing {
namespace {

using Json = nlohmann::json;

void expect_keys(const Json& json, const std::vector<std::string>& keys, const char* what) {
  ASSERT_TRUE(json.is_object()) << what;
  for (const std::string& key : keys) EXPECT_TRUE(json.contains(key)) << what << " lacks " << key;
}

// Every number of a block of measures is finite, or null with a reason in `undefined`.
void expect_measured(const Json& block, const Json& undefined) {
  for (const auto& [name, value] : block.items()) {
    EXPECT_TRUE(value.is_number() || (value.is_null() && undefined.contains(name))) << name << ": " << value;
  }
}

// An audit block as the program's description has it, on `n` rows.
void expect_audit(const Json& audit, std::int64_t n) {
  expect_keys(audit, {"n", "threshold", "groups", "performance", "bias", "undefined", "degenerate", "objective"},
              "audit");
  ASSERT_FALSE(::testing::Test::HasFailure());
  expect_keys(audit["performance"], {"accuracy", "balanced_accuracy", "auc"}, "performance");
  expect_keys(audit["bias"],
              {"statistical_parity_difference", "equal_opportunity_difference", "average_odds_difference"}, "bias");
  expect_measured(audit["performance"], audit["undefined"]);
  expect_measured(audit["bias"], audit["undefined"]);
  EXPECT_TRUE(audit["degenerate"].is_boolean());
  EXPECT_TRUE(audit["objective"].is_number());
  EXPECT_EQ(audit["n"], n);
  ASSERT_EQ(audit["groups"].size(), 2U);
  std::int64_t rows = 0;
  std::int64_t right = 0;
  for (const Json& group : audit["groups"]) {
    expect_keys(group, {"group", "n", "tp", "fp", "tn", "fn", "tpr", "fpr", "selection_rate", "base_rate"}, "group");
    ASSERT_FALSE(::testing::Test::HasFailure());
    const std::int64_t tp = group["tp"];
    const std::int64_t fp = group["fp"];
    const std::int64_t tn = group["tn"];
    const std::int64_t fn = group["fn"];
    const auto size = group["n"].get<std::int64_t>();
    EXPECT_EQ(tp + fp + tn + fn, size);
    EXPECT_DOUBLE_EQ(group["selection_rate"].get<double>(), static_cast<double>(tp + fp) / static_cast<double>(size));
    EXPECT_DOUBLE_EQ(group["base_rate"].get<double>(), static_cast<double>(tp + fn) / static_cast<double>(size));
    rows += size;
    right += tp + tn;
  }
  EXPECT_EQ(rows, n);
  EXPECT_DOUBLE_EQ(audit["performance"]["accuracy"].get<double>(), static_cast<double>(right) / static_cast<double>(n));
  EXPECT_DOUBLE_EQ(
      audit["bias"]["statistical_parity_difference"].get<double>(),
      audit["groups"][0]["selection_rate"].get<double>() - audit["groups"][1]["selection_rate"].get<double>());
}

// Rule and audits of 400 rows split 60/20/20.
void expect_predictor(const Json& json) {
  expect_keys(json, {"rule", "valid", "test"}, "predictor");
  ASSERT_FALSE(::testing::Test::HasFailure());
  EXPECT_EQ(json["rule"]["kind"], "threshold");
  EXPECT_TRUE(json["rule"]["threshold"].is_number());
  for (const char* part : {"valid", "test"}) {
    expect_audit(json[part], 80);
    EXPECT_EQ(json[part]["threshold"], json["rule"]["threshold"]);
  }
}

void expect_provenance(const Json& json, const std::string& command) {
  expect_keys(json, {"version", "command", "seed", "data"}, "result");
  ASSERT_FALSE(::testing::Test::HasFailure());
  EXPECT_TRUE(json["version"].get<std::string>().starts_with("posthoc "));
  EXPECT_TRUE(json["command"].get<std::string>().starts_with("posthoc " + command + " --data synthetic"))
      << json["command"];
  EXPECT_EQ(json["data"]["name"], "synthetic");
  EXPECT_EQ(json["data"]["sha256"].get<std::string>().size(), 64U);
}

double objective_of(const Json& audit, double lambda) {
  return lambda * std::abs(audit["bias"]["statistical_parity_difference"].get<double>()) +
         (1 - lambda) * (1 - audit["performance"]["accuracy"].get<double>());
}

class EndToEnd : public ::testing::Test {
 protected:
  TemporaryFolder folder_;
  std::string model_ = (folder_ / "model.safetensors").string();
  std::string fair_ = (folder_ / "fair.safetensors").string();
  Json trained_ = json_of(Arguments{"train"} + synthetic_data + small_network + Arguments{"-o", model_});
  Arguments debias_ = Arguments{"debias"} + synthetic_data + few_trials + Arguments{"--model", model_};
};

TEST_F(EndToEnd, TrainWritesAModelAndItsResult) {
  expect_provenance(trained_, "train");
  expect_predictor(trained_);
  EXPECT_EQ(trained_["seed"], 0);
  EXPECT_EQ(trained_["training"]["epochs"], 3);
  EXPECT_TRUE(trained_["seconds"].is_number());
  EXPECT_EQ(files_in(folder_.path()), std::set<std::string>{"model.safetensors"});
}

TEST_F(EndToEnd, EvaluateFindsWhatTrainReported) {
  const Json evaluated = json_of(Arguments{"evaluate"} + synthetic_data + Arguments{"--model", model_});
  expect_provenance(evaluated, "evaluate");
  expect_predictor(evaluated);
  for (const char* key : {"rule", "valid", "test", "data"}) EXPECT_EQ(evaluated[key], trained_[key]) << key;
  EXPECT_TRUE(evaluated["warnings"].empty()) << evaluated["warnings"];
}

TEST_F(EndToEnd, DebiasReportsMethodBaselinesAndObjective) {
  const Json debiased = json_of(debias_ + Arguments{"--seed", "3", "--lambda", "0.6", "-o", fair_});
  expect_provenance(debiased, "debias");
  expect_predictor(debiased);
  EXPECT_EQ(debiased["method"], "random");
  EXPECT_EQ(debiased["measure"], "spd");
  EXPECT_EQ(debiased["performance"], "accuracy");
  EXPECT_EQ(debiased["lambda"], 0.6);
  EXPECT_EQ(debiased["seed"], 3);
  EXPECT_TRUE(debiased["seconds"].is_number());
  EXPECT_EQ(debiased["data"], trained_["data"]);
  for (const char* part : {"valid", "test"}) {
    EXPECT_NEAR(debiased[part]["objective"].get<double>(), objective_of(debiased[part], 0.6), 1e-12) << part;
  }
  for (const char* baseline : {"majority", "default"}) {
    ASSERT_TRUE(debiased["baselines"].contains(baseline)) << baseline;
    expect_predictor(debiased["baselines"][baseline]);
    // Trial 0 is the model itself, so that both baselines were among the candidates.
    EXPECT_LE(debiased["valid"]["objective"].get<double>(),
              debiased["baselines"][baseline]["valid"]["objective"].get<double>() + 1e-12);
  }
  EXPECT_EQ(debiased["baselines"]["default"]["test"]["groups"], trained_["test"]["groups"]);
  EXPECT_TRUE(debiased["baselines"]["majority"]["test"]["degenerate"].get<bool>());
  EXPECT_FALSE(debiased["baselines"]["default"]["test"]["degenerate"].get<bool>());
}

TEST_F(EndToEnd, TheBiasOnTestHasAnInterval) {
  const Json evaluated = json_of(Arguments{"evaluate"} + synthetic_data + Arguments{"--model", model_});
  for (const Json& result : {trained_, evaluated, json_of(debias_)}) {
    const Json& test = result["test"];
    ASSERT_EQ(test["intervals"].size(), 1U);
    const Json& interval = test["intervals"]["statistical_parity_difference"];
    EXPECT_LE(interval[0].get<double>(), test["bias"]["statistical_parity_difference"].get<double>());
    EXPECT_GE(interval[1].get<double>(), test["bias"]["statistical_parity_difference"].get<double>());
  }
  const Json& interval = trained_["test"]["intervals"]["statistical_parity_difference"];
  EXPECT_LT(interval[0].get<double>(), interval[1].get<double>());
  const Ran ran = run_program(Arguments{"evaluate"} + synthetic_data + Arguments{"--model", model_});
  EXPECT_NE(ran.out.find("model: spd on test"), std::string::npos) << ran.out;
  EXPECT_NE(ran.out.find("95 % interval ["), std::string::npos) << ran.out;
}

TEST_F(EndToEnd, EvaluateOfTheDebiasedFileGivesTheReportedNumbers) {
  const Arguments random_alone = {"--random-original", "false", "--random-sigma", "0.5"};
  const Json debiased = json_of(debias_ + random_alone + Arguments{"-o", fair_});
  const Json evaluated = json_of(Arguments{"evaluate"} + synthetic_data + Arguments{"--model", fair_});
  for (const char* key : {"rule", "valid", "test"}) EXPECT_EQ(evaluated[key], debiased[key]) << key;
  EXPECT_TRUE(read_file(fair_) != read_file(model_));
}

TEST_F(EndToEnd, DebiasWithoutOutputWritesNothingAndLeavesTheModel) {
  const std::string before = read_file(model_);
  EXPECT_TRUE(succeeds_quietly(debias_));
  EXPECT_EQ(files_in(folder_.path()), std::set<std::string>{"model.safetensors"});
  EXPECT_EQ(read_file(model_), before);
}

TEST_F(EndToEnd, TheSeedDecidesTheResult) {
  const auto scores_of = [&](const char* seed) {
    Json json = json_of(debias_ + Arguments{"--seed", seed, "--lambda", "0.1", "--random-original", "false"});
    json.erase("seconds");
    return json;
  };
  EXPECT_EQ(scores_of("1"), scores_of("1"));
  EXPECT_NE(scores_of("1")["rule"], scores_of("2")["rule"]);
}

TEST_F(EndToEnd, AnotherSplitThanTheModelsIsWarnedOf) {
  const Arguments other = {"--model", model_, "--split-seed", "7"};
  const Json evaluated = json_of(Arguments{"evaluate"} + synthetic_data + other);
  ASSERT_EQ(evaluated["warnings"].size(), 1U);
  EXPECT_NE(evaluated["warnings"][0].get<std::string>().find("split of seed 101"), std::string::npos);
  EXPECT_EQ(evaluated["data"]["split_seed"], 7);
}

TEST_F(EndToEnd, EveryMethodMeasureAndSearchWorks) {
  for (const char* method : {"majority", "default", "threshold", "random"}) {
    for (const char* measure : {"spd", "eod", "aod"}) {
      const Json json = json_of(Arguments{"debias"} + synthetic_data +
                                Arguments{"--model", model_, "--method", method, "--measure", measure, "--performance",
                                          "balanced_accuracy", "--threshold-search", "grid501"} +
                                (method == std::string("random") ? Arguments{"--random-trials", "2"} : Arguments{}));
      expect_predictor(json);
      EXPECT_EQ(json["method"], method);
      EXPECT_EQ(json["measure"], measure);
      EXPECT_EQ(json["performance"], "balanced_accuracy");
      EXPECT_EQ(json["threshold_search"], "grid501");
    }
  }
}

TEST_F(EndToEnd, TheConstrainedObjectiveStaysWithinEpsilon) {
  for (const char* method : {"threshold", "random"}) {
    const Arguments few = method == std::string("random") ? Arguments{"--random-trials", "3"} : Arguments{};
    const Arguments debias = Arguments{"debias", "--model", model_, "--method", method} + few + synthetic_data +
                             Arguments{"--objective", "constrained", "--epsilon"};
    const Json json = json_of(debias + Arguments{"0.08"});
    EXPECT_EQ(json["objective"], "constrained");
    EXPECT_EQ(json["epsilon"], 0.08);
    EXPECT_FALSE(json.contains("lambda"));
    const Json& valid = json["valid"];
    EXPECT_FALSE(valid.contains("feasible"));
    EXPECT_LE(std::abs(valid["bias"]["statistical_parity_difference"].get<double>()), 0.08);
    EXPECT_DOUBLE_EQ(valid["objective"].get<double>(), 1 - valid["performance"]["accuracy"].get<double>());
    const Json& biased = json["baselines"]["default"]["valid"];  // chosen for accuracy alone
    EXPECT_EQ(biased["feasible"], false);
    EXPECT_DOUBLE_EQ(biased["objective"].get<double>(),
                     1 + std::abs(biased["bias"]["statistical_parity_difference"].get<double>()));
  }
  const Json evaluated = json_of(Arguments{"evaluate", "--model", model_} + synthetic_data +
                                 Arguments{"--objective", "constrained", "--measure", "di"});
  EXPECT_EQ(evaluated["valid"]["feasible"], false);
}

}  // namespace
}  // namespace posthoc::testing
