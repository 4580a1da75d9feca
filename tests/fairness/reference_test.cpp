// Against AIF360, scikit-learn and the published code's objective, on frozen scores.
#include <cmath>
#include <filesystem>
#include <fmt/core.h>
#include <gtest/gtest.h>
#include <string>

#include "fairness/report.h"
#include "fairness/threshold.h"
#include "support/close.h"
#include "support/json_file.h"
#include "support/outcome_rows.h"
#include "support/reference_scores.h"

namespace posthoc::fairness {
namespace {

using nlohmann::json;
using testing::close;
using testing::kHalfIncluded;
using testing::read_json;

const std::filesystem::path& kReference = testing::kReferenceFolder;
const std::filesystem::path kGolden = "tests/golden/fairness_edge_cases.json";

// Every number that AIF360 gives for one group: as ours, with an empty denominator counted as 0.
void expect_group(const GroupAudit& group, const json& block, int scores_of_label) {
  ASSERT_EQ(block.size(), 24U);
  for (const auto& [name, expected] : block.items()) {
    const auto index = &find_statistic(name) - statistics().data();
    const Value& value = group.statistics[static_cast<std::size_t>(index)];
    const bool of_other_score = scores_of_label == 0 && name.starts_with('G');
    const double actual = of_other_score ? 1 - value.with_empty_as_zero() : value.with_empty_as_zero();
    EXPECT_TRUE(close(actual, expected, 1e-12, 1e-15)) << name << " of group " << group.group;
    EXPECT_EQ(std::isnan(value.number()), !value.defined());
  }
}

// `scores_of_label` is 0 where AIF360 was given the probability of the unfavourable label as score; it then computes
// its generalised rates from that.
void expect_metrics(const Rows& rows, double threshold, const json& block, int scores_of_label = 1) {
  const Audit result = audit(rows.outcomes(), threshold);
  int compared = 0;
  for (const auto& [name, expected] : block.items()) {
    if (expected.is_object()) continue;
    const auto index = &find_measure(name) - measures().data();
    const Value& value = result.measures[static_cast<std::size_t>(index)].value;
    EXPECT_TRUE(close(value.with_empty_as_zero(), expected, 1e-12, 1e-15)) << name;
    ++compared;
  }
  EXPECT_EQ(compared, 18);
  expect_group(result.all, block["all"], scores_of_label);
  expect_group(result.groups[0], block["unprivileged"], scores_of_label);
  expect_group(result.groups[1], block["privileged"], scores_of_label);
}

void expect_evaluation(const Objective& objective, const Rows& rows, double threshold, const json& block) {
  const Outcomes outcomes = rows.outcomes();
  const GroupCounts counts = count(outcomes, threshold);
  EXPECT_TRUE(close(evaluate(objective, outcomes, threshold), block["objective"], 1e-12, 1e-15));
  EXPECT_TRUE(close(objective.bias->of_counts(counts).with_empty_as_zero(), block["bias"], 1e-12, 1e-15));
  EXPECT_TRUE(close(accuracy(counts).number(), block["performance"], 1e-12));
}

// The published code's searches, with NumPy's double thresholds on double scores.
void expect_objective(const Rows& valid, const Rows& test, const json& block) {
  constexpr auto kDouble = ThresholdSearch::Precision::float64;
  const ScoreSweep sweep(valid.outcomes());
  for (const char* name : {"spd", "eod", "aod"}) {
    SCOPED_TRACE(name);
    const Objective objective = make_objective(name, "accuracy", 0.75, EmptyCell::zero);
    expect_evaluation(objective, valid, 0.5, block["valid"][name]["hard_at_0.5"]);
    expect_evaluation(objective, test, 0.5, block["test"][name]["hard_at_0.5"]);
    for (const auto& [points, key] :
         {std::pair{501, "random_search_grid_501"}, std::pair{1001, "adversarial_grid_1001"}}) {
      SCOPED_TRACE(key);
      const json& expected = block[key][name];
      const ThresholdResult result = sweep.find(objective, ThresholdSearch::grid(points, kDouble));
      EXPECT_EQ(result.threshold, expected["threshold"].get<double>());
      expect_evaluation(objective, valid, result.threshold, expected["valid"]);
      expect_evaluation(objective, test, result.threshold, expected["test"]);
      EXPECT_LE(sweep.find(objective).objective, result.objective);
    }
  }
  const json& accurate = block["best_accuracy_threshold"];
  const double threshold = find_accuracy_threshold(valid.outcomes(), ThresholdSearch::grid(1001, kDouble)).threshold;
  EXPECT_EQ(threshold, accurate["threshold"].get<double>());
  const auto accuracy_of = [&](const Rows& rows) { return accuracy(count(rows.outcomes(), threshold)).number(); };
  EXPECT_TRUE(close(accuracy_of(valid), accurate["valid_accuracy"], 1e-12));
  EXPECT_TRUE(close(accuracy_of(test), accurate["test_accuracy"], 1e-12));
}

TEST(Reference, EdgeCases) {
  const json tasks = read_json(kGolden)["tasks"];
  ASSERT_EQ(tasks.size(), 3U);
  for (const auto& [task, block] : tasks.items()) {
    SCOPED_TRACE(task);
    Rows rows[2];
    int split_index = 0;
    for (const char* split : {"valid", "test"}) {
      SCOPED_TRACE(split);
      Rows& current = rows[split_index++];
      current.scores = block[split]["scores"].get<std::vector<double>>();
      current.labels = block[split]["labels"].get<std::vector<std::uint8_t>>();
      current.groups = block[split]["groups"].get<std::vector<std::int32_t>>();
      expect_metrics(current, kHalfIncluded, block["threshold_metrics_at_0.5"][split]);
      EXPECT_TRUE(close(auc(current.outcomes()).number(), block[split]["roc_auc"], 1e-12));
    }
    expect_objective(rows[0], rows[1], block["posthoc_objective"]);
  }
}

TEST(Reference, FrozenScoresOfTheDataSets) {
  if (!std::filesystem::exists(kReference / "aif360_postprocessing.json")) {
    GTEST_SKIP() << "the reference scores are not here: " << kReference;
  }
  const json tasks = read_json(kReference / "aif360_postprocessing.json")["tasks"];
  const json aucs = read_json(kGolden)["roc_auc_of_reference_scores"];
  ASSERT_EQ(tasks.size(), 6U);
  for (const auto& [task, block] : tasks.items()) {
    SCOPED_TRACE(task);
    Rows rows[2];
    int split_index = 0;
    for (const std::string split : {"valid", "test"}) {
      SCOPED_TRACE(split);
      Rows& current = rows[split_index++];
      current = testing::read_reference_scores(kReference / block["score_files"][split].get<std::string>());
      EXPECT_TRUE(close(auc(current.outcomes()).number(), aucs[fmt::format("{}_{}", task, split)], 1e-12));
      const json& metrics = block["threshold_metrics_at_0.5"][split];
      if (task != "compas_race_raw") {
        expect_metrics(current, kHalfIncluded, metrics);
      } else {  // labels and scores of the unfavourable outcome: favourable is a score < 0.5
        const Rows turned = testing::with_turned_scores(testing::with_turned_labels(current));
        expect_metrics(turned, 0.5, metrics, 0);
      }
    }
    expect_objective(rows[0], rows[1], block["posthoc_objective"]);
  }
}

}  // namespace
}  // namespace posthoc::fairness
