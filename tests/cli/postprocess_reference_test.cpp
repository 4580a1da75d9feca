#include <cmath>
#include <gtest/gtest.h>

#include "cli/program.h"
#include "support/close.h"

// The program on the scores of a folder beside this project, against what AIF360 made of them.

namespace posthoc::testing {
namespace {

using Json = nlohmann::json;

const std::filesystem::path kReference = "../shared/reference";

class PostprocessReference : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(kReference / "aif360_postprocessing.json")) {
      GTEST_SKIP() << "no reference files in " << kReference;
    }
    expected_ = Json::parse(read_file(kReference / "aif360_postprocessing.json"))["tasks"][GetParam()];
  }

  [[nodiscard]] Json result(const std::string& method, const Arguments& more) const {
    const auto file = [&](const char* split) {
      return (kReference / expected_["score_files"][split].get<std::string>()).string();
    };
    return json_of(Arguments{"postprocess", "--method", method, "--fit", file("valid"), "--apply", file("test")} +
                   more);
  }

  Json expected_;
};

TEST_P(PostprocessReference, RejectOptionChoosesAif360sThresholdAndMargin) {
  const std::vector<std::pair<std::string, std::string>> measures = {{"spd", "Statistical parity difference"},
                                                                     {"aod", "Average odds difference"},
                                                                     {"eod", "Equal opportunity difference"}};
  for (const auto& [measure, name] : measures) {
    const Json json = result("reject-option", {"--reject-option-mode", "grid", "--measure", measure});
    const Json& of = expected_["reject_option"][name];
    EXPECT_EQ(json["rule"]["kind"], "reject_option");
    EXPECT_EQ(json["options"]["mode"], "grid");
    EXPECT_TRUE(close(json["rule"]["threshold"], of["classification_threshold"], 1e-12)) << measure;
    EXPECT_TRUE(close(json["rule"]["margin"], of["ROC_margin"], 1e-12, 1e-15)) << measure;
  }
}

TEST_P(PostprocessReference, EqualizedOddsFindsAif360sProbabilities) {
  const Json& of = expected_["eq_odds"];
  const Json rule = result("equalized-odds", {})["rule"];
  for (const char* name : {"sp2p", "sn2p", "op2p", "on2p"}) {
    EXPECT_TRUE(close(rule[name], of[name], 1e-9, 1e-9)) << name;
  }
}

TEST_P(PostprocessReference, CalibratedOddsFindAif360sMixRates) {
  for (const auto& [cost, of] : expected_["calibrated_eq_odds"].items()) {
    const Json rule = result("calibrated-equalized-odds", {"--calibrated-cost", cost})["rule"];
    EXPECT_TRUE(close(rule["privileged_base_rate"], of["base_rate_priv"], 1e-12)) << cost;
    EXPECT_TRUE(close(rule["unprivileged_base_rate"], of["base_rate_unpriv"], 1e-12)) << cost;
    // AIF360 leaves rates above 1 as they are, which its draw, below a rate of 1 or more, takes for 1.
    const double privileged = std::min(1.0, of["priv_mix_rate"].get<double>());
    const double unprivileged = std::min(1.0, of["unpriv_mix_rate"].get<double>());
    EXPECT_TRUE(close(rule["privileged_mix_rate"], privileged, 1e-9, 1e-12)) << cost;
    EXPECT_TRUE(close(rule["unprivileged_mix_rate"], unprivileged, 1e-9, 1e-12)) << cost;
  }
}

INSTANTIATE_TEST_SUITE_P(Tasks, PostprocessReference,
                         ::testing::Values("adult_sex", "bank_age", "compas_race", "compas_sex", "bank_age_legacy"),
                         [](const auto& task) { return task.param; });

}  // namespace
}  // namespace posthoc::testing
