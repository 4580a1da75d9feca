#include "study/report/weights.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <memory>

#include "study/classifier.h"
#include "study/fixture_store.h"
#include "study/report/claims.h"
#include "study/report/classifiers.h"
#include "support/close.h"
#include "support/temporary_folder.h"

namespace posthoc::study {
namespace {

namespace fs = std::filesystem;
using posthoc::testing::close;
using posthoc::testing::TemporaryFolder;

// 1000 coordinates; the gradient is concentrated and shared, the fitted coefficients are neither.
SensitivityResult network(std::uint64_t seed) {
  SensitivityResult result;
  result.key = {"adult-sex", "adult", "0123456789ab", Architecture(), seed, {}};
  result.coordinates = 1000;
  BiasResponse response;
  response.deviation = 0.02;
  response.least_norm = {1.0, 0.05};
  response.permuted = {1.0, -0.1};
  response.ridge = {0.9, 0.06};
  response.gradient_r2 = seed == 0 ? 0.7 : 0.9;
  result.decisions = response;
  response.gradient_r2 = 0.99;
  result.scores = response;
  result.isotropic = {124, 445};
  result.directions = {{"gradient", {4, 30}, {{1, 0.5}, {1000, 1e-5}}, {{"fc0", 900, 0.8, 60, 0.6}}},
                       {"least_norm", {120, 440}, {{1, 0.1}, {1000, 1e-4}}, {{"fc0", 900, 0.9, 60, 0.06}}},
                       {"permuted", {126, 446}, {{1, 0.1}, {1000, 1e-4}}, {{"fc0", 900, 0.9, 60, 0.06}}}};
  result.file = "none";
  return result;
}

class WeightReports : public ::testing::Test {
 protected:
  void SetUp() override {
    testing::FixtureOptions options;
    options.seeds = 2;
    options.more_architectures = {};
    const testing::Fixture fixture(folder_ / "store", options);
  }

  // Results with these lines beside the fixture's.
  std::unique_ptr<Results> with(const std::vector<Record>& records) {
    std::string text = read_file(folder_ / "store" / "cells.jsonl");
    for (const Record& record : records) text += to_line(record);
    write_file(folder_ / "store" / "cells.jsonl", text);
    const std::vector<fs::path> stores = {folder_ / "store"};
    return std::make_unique<Results>(stores);
  }

  std::unique_ptr<Results> with_sensitivity(double gradient_cosine) {
    SensitivityStack stack{"adult-sex", "adult", "0123456789ab", Architecture(), {}, {0, 1}, {}};
    stack.rows = {{"gradient", {1.2, 0.7}, gradient_cosine, gradient_cosine, gradient_cosine},
                  {"least_norm", {1.01, 0.99}, 0.02, 0.02, 0.02},
                  {"permuted", {1.01, 0.99}, -0.01, 0.01, 0.01}};
    return with({to_record(network(0)), to_record(network(1)), to_record(stack)});
  }

  TemporaryFolder folder_;
};

TEST_F(WeightReports, AStudyThatDidNotAskHasNothing) {
  const auto results = with({});
  EXPECT_TRUE(sensitivity_table(*results).rows.empty());
  EXPECT_TRUE(sensitivity_figures(*results).empty());
  EXPECT_TRUE(claims_on_weights(*results).empty());
  EXPECT_FALSE(classifier_sample(*results, "adult", "random forest", "auc", kCorrected));
}

TEST_F(WeightReports, TheTableHasMeansOverNetworksAndTheirLines) {
  const auto results = with_sensitivity(0.4);
  const report::Table table = sensitivity_table(*results);
  ASSERT_EQ(table.header, (std::vector<std::string>{"quantity", "adult-sex"}));
  const auto text = [&](const std::string& quantity) {
    for (const auto& row : table.rows) {
      if (row[0].text == quantity) return row[1].text;
    }
    return "no row " + quantity;
  };
  EXPECT_EQ(text("networks"), "2");
  EXPECT_EQ(text("R^2 of the mean gradient, decisions' SPD"), "0.80");
  EXPECT_EQ(text("R^2 of least squares on other trials"), "0.05");
  EXPECT_EQ(text("parameters with half of the squared mean gradient"), "0.40 %");
  EXPECT_EQ(text("of a direction drawn blindly"), "12.40 %");
  EXPECT_EQ(text("share of the normalisations in the squared mean gradient"), "60.00 %");
  EXPECT_EQ(text("mean cosine of two networks, mean gradient"), "0.40");
  EXPECT_NE(table.rows[0][1].source.find("cells.jsonl:"), std::string::npos);
  EXPECT_EQ(sensitivity_figures(*results).size(), 2U);
}

TEST_F(WeightReports, ClaimsAreJudgedByTheGradient) {
  const std::vector<Claim> found = claims_on_weights(*with_sensitivity(0.4));
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].verdict, kHolds);        // a linear law
  EXPECT_EQ(found[1].verdict, kHolds);        // few weights
  EXPECT_EQ(found[2].verdict, kDoesNotHold);  // they differ
  for (const Claim& claim : found) EXPECT_EQ(claim.evidence.size(), 1U);
  EXPECT_NE(found[0].evidence[0].find("0.80"), std::string::npos) << found[0].evidence[0];
}

TEST_F(WeightReports, NetworksThatAgreeInNothingDiffer) {
  EXPECT_EQ(claims_on_weights(*with_sensitivity(0.01))[2].verdict, kHolds);
}

TEST_F(WeightReports, AResponseThatIsUndefinedDoesNotCount) {
  SensitivityResult constant = network(1);
  constant.decisions = {};
  constant.decisions.undefined = "the bias is the same in every trial";
  const auto results = with({to_record(network(0)), to_record(constant)});
  const auto tasks = read_sensitivity(*results);
  const TaskSensitivity& task = tasks.at("adult-sex");
  EXPECT_TRUE(
      close(task.mean_response(&SensitivityResult::decisions, [](const BiasResponse& r) { return r.gradient_r2; }), 0.7,
            1e-12));
  EXPECT_EQ(task.agreement("gradient"), nullptr);
  EXPECT_EQ(claims_on_weights(*results)[2].verdict, kNotTested);
}

TEST_F(WeightReports, OtherClassifiersAreFoundByTheirPublishedNames) {
  std::vector<Record> records;
  for (const std::uint64_t seed : {0, 1}) {
    ClassifierResult result;
    result.key = {"adult", "0123456789ab", "random_forest", seed};
    result.test = {0.84, 0.85, 0.86, seed == 0 ? 0.88 : 0.9};
    records.push_back(to_record(result));
  }
  const auto results = with(records);
  const auto auc = classifier_sample(*results, "adult", "random forest", "auc", kPublished);
  ASSERT_TRUE(auc);
  EXPECT_TRUE(close(auc->moments()->mean, 0.89, 1e-12));
  const auto accuracy = classifier_sample(*results, "adult", "random forest", "accuracy", kPublished);
  EXPECT_TRUE(close(accuracy->moments()->mean, 0.85, 1e-12));
  const auto coarse = classifier_sample(*results, "adult", "random forest", kCoarseAccuracy, kPublished);
  EXPECT_TRUE(close(coarse->moments()->mean, 0.86, 1e-12));
  EXPECT_EQ(auc->seeds, (std::vector<std::uint64_t>{0, 1}));
  EXPECT_FALSE(classifier_sample(*results, "bank", "random forest", "auc", kPublished));
  EXPECT_FALSE(classifier_sample(*results, "adult", "logistic regression", "auc", kPublished));
}

}  // namespace
}  // namespace posthoc::study
