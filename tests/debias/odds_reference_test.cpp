// Equalized odds and calibrated equalized odds against AIF360, on frozen scores; skipped where these are not.
#include <gtest/gtest.h>

#include "debias/calibrated_equalized_odds.h"
#include "debias/equalized_odds.h"
#include "fairness/measure.h"
#include "support/close.h"
#include "support/json_file.h"
#include "support/reference_scores.h"

namespace posthoc::debias {
namespace {

using fairness::Rows;
using nlohmann::json;
using testing::close;
using testing::kReferenceFolder;

struct Task {
  std::string name;
  json block;
  Rows valid;
  Rows test;
  bool raw;  // labels and scores are those of the unfavourable outcome
};

std::vector<Task> tasks() {
  std::vector<Task> all;
  for (const char* file : {"aif360_postprocessing.json", "aif360_edge_cases.json"}) {
    const json in_file = testing::read_json(kReferenceFolder / file).at("tasks");
    for (const auto& [name, block] : in_file.items()) {
      const auto rows = [&files = block.at("score_files")](const char* split) {
        return testing::read_reference_scores(kReferenceFolder / files.at(split).get<std::string>());
      };
      all.push_back({name, block, rows("valid"), rows("test"), name == "compas_race_raw"});
    }
  }
  return all;
}

Problem problem_of(const Rows& rows) {
  Problem problem;
  problem.validation = rows.outcomes();
  problem.objective = fairness::make_objective("spd");
  return problem;
}

// Every number of a block of the reference.
void expect_counts(const fairness::GroupCounts& counts, const json& block) {
  std::size_t compared = 0;
  const auto expect = [&](double actual, const std::string& name) {
    if (!block.contains(name)) return;
    ++compared;
    EXPECT_TRUE(close(actual, block.at(name), 1e-9, 1e-9)) << name;
  };
  for (const char* name : {"accuracy", "balanced_accuracy", "statistical_parity_difference", "average_odds_difference",
                           "equal_opportunity_difference"}) {
    expect(fairness::find_measure(name).of_counts(counts).number(), name);
  }
  for (const auto& [group, title] :
       {std::pair<int, std::string>{kUnprivileged, "unprivileged"}, {kPrivileged, "privileged"}}) {
    expect(counts[group].selected(), "num_pred_positives_" + title);
    expect(counts[group].tp / counts[group].positives(), "TPR_" + title);
    expect(counts[group].fp / counts[group].negatives(), "FPR_" + title);
  }
  EXPECT_EQ(compared, block.size());
}

fairness::Value detail(const Debiased& result, const std::string& name) {
  for (const Detail& detail : result.details) {
    if (detail.name == name) return detail.value;
  }
  ADD_FAILURE() << "no detail " << name;
  return 0;
}

class OddsReference : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(kReferenceFolder / "aif360_postprocessing.json")) {
      GTEST_SKIP() << "the reference scores are not here: " << kReferenceFolder;
    }
    tasks_ = tasks();
    ASSERT_EQ(tasks_.size(), 9U);
  }
  std::vector<Task> tasks_;
};

TEST_F(OddsReference, EqualizedOdds) {
  for (Task& task : tasks_) {
    SCOPED_TRACE(task.name);
    EqualizedOddsOptions options{kHalfOrAbove};
    if (task.raw) {  // favourable is the other label, and a score below 0.5
      task.valid = testing::with_turned_scores(testing::with_turned_labels(task.valid));
      task.test = testing::with_turned_scores(testing::with_turned_labels(task.test));
      options.threshold = 0.5;
    }
    const json& expected = task.block.at("eq_odds");
    const Debiased result = EqualizedOddsMethod(options).fit(problem_of(task.valid));
    EXPECT_TRUE(close(detail(result, "lp_objective").number(), expected.at("objective"), 1e-12));
    EXPECT_TRUE(close(detail(result, "gap").number(), expected.at("gap_to_second_best_vertex"), 1e-12));
    const auto& rule = std::get<EqualizedOdds>(result.rule);
    EXPECT_TRUE(close(rule.sp2p, expected.at("sp2p"), 0, 1e-9));
    EXPECT_TRUE(close(rule.sn2p, expected.at("sn2p"), 0, 1e-9));
    EXPECT_TRUE(close(rule.op2p, expected.at("op2p"), 0, 1e-9));
    EXPECT_TRUE(close(rule.on2p, expected.at("on2p"), 0, 1e-9));
    EXPECT_TRUE(result.notes.empty());
    for (const auto& [rows, split] :
         {std::pair<const Rows*, const char*>{&task.valid, "valid"}, {&task.test, "test"}}) {
      SCOPED_TRACE(split);
      const json& block = expected.at(split);
      expect_counts(fairness::count(rows->outcomes(), *options.threshold), block.at("before"));
      expect_counts(count(result.rule, rows->outcomes()), block.at("expected_from_mixing_rates"));
    }
  }
}

TEST_F(OddsReference, CalibratedEqualizedOdds) {
  using Cost = CalibratedOptions::Cost;
  for (Task& task : tasks_) {
    if (task.raw) {  // the scores stay those of the unfavourable label, as the published code had it
      task.valid = testing::with_turned_labels(task.valid);
      task.test = testing::with_turned_labels(task.test);
    }
    for (const auto& [name, cost] :
         {std::pair<std::string, Cost>{"fpr", Cost::fpr}, {"fnr", Cost::fnr}, {"weighted", Cost::weighted}}) {
      SCOPED_TRACE(task.name + " " + name);
      const json& expected = task.block.at("calibrated_eq_odds").at(name);
      const Debiased result = CalibratedEqualizedOdds({cost}).fit(problem_of(task.valid));
      const bool privileged_mixed = expected.at("unprivileged_costs_more");
      const char* mixed = privileged_mixed ? "priv_mix_rate" : "unpriv_mix_rate";
      const double wanted = expected.at(mixed);
      EXPECT_TRUE(close(detail(result, "mix_rate_unclamped").number(), wanted, 1e-9));
      EXPECT_EQ(result.notes.size(), wanted < 0 || wanted > 1 ? 2U : 1U);
      const auto& rule = std::get<CalibratedMix>(result.rule);
      EXPECT_TRUE(close(privileged_mixed ? rule.privileged_mix_rate : rule.unprivileged_mix_rate,
                        std::clamp(wanted, 0.0, 1.0), 0, 1e-9));
      EXPECT_EQ(privileged_mixed ? rule.unprivileged_mix_rate : rule.privileged_mix_rate, 0.0);
      EXPECT_TRUE(close(rule.privileged_base_rate, expected.at("base_rate_priv"), 1e-12));
      EXPECT_TRUE(close(rule.unprivileged_base_rate, expected.at("base_rate_unpriv"), 1e-12));
      for (const std::string group : {"unprivileged", "privileged"}) {
        const json& costs = expected.at("costs").at(group);
        EXPECT_TRUE(close(detail(result, "gfpr_" + group).number(), costs.at("generalized_fpr"), 1e-9));
        EXPECT_TRUE(close(detail(result, "gfnr_" + group).number(), costs.at("generalized_fnr"), 1e-9));
        EXPECT_TRUE(close(detail(result, "cost_" + group).number(), costs.at("cost"), 1e-9));
        EXPECT_TRUE(close(detail(result, "trivial_cost_" + group).number(), costs.at("trivial_cost"), 1e-9));
      }
      for (const auto& [rows, split] :
           {std::pair<const Rows*, const char*>{&task.valid, "valid"}, {&task.test, "test"}}) {
        SCOPED_TRACE(split);
        expect_counts(count(result.rule, rows->outcomes()), expected.at(split).at("expected_from_mixing_rates"));
      }
    }
  }
}

}  // namespace
}  // namespace posthoc::debias
