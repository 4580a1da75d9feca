#include "debias/reject_option.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <gtest/gtest.h>
#include <limits>

#include "debias/small_problem.h"
#include "fairness/reject_option.h"
#include "support/expect_error.h"
#include "support/json_tensor.h"
#include "support/outcome_rows.h"
#include "support/reference_scores.h"

namespace posthoc::debias {
namespace {

using fairness::Rows;
using nlohmann::json;
using testing::close;
using testing::fails_with;

using Mode = RejectOptionOptions::Mode;
constexpr Mode kBothModes[] = {Mode::exact, Mode::grid};

const std::filesystem::path kReference = "../shared/reference";

Problem problem_of(const Rows& rows, std::string_view bias) {
  Problem problem;
  problem.validation = rows.outcomes();
  problem.objective = fairness::make_objective(bias);
  return problem;
}

double detail(const Debiased& debiased, std::string_view name) {
  const auto found = std::find_if(debiased.details.begin(), debiased.details.end(),
                                  [&](const Detail& detail) { return detail.name == name; });
  return found == debiased.details.end() ? std::numeric_limits<double>::quiet_NaN() : found->value.number();
}

// --- Against AIF360 ---

void expect_metrics(const DecisionRule& rule, const Rows& rows, const json& expected) {
  const fairness::GroupCounts counts = count(rule, rows.outcomes());
  for (const char* name : {"accuracy", "balanced_accuracy", "statistical_parity_difference", "average_odds_difference",
                           "equal_opportunity_difference"}) {
    EXPECT_TRUE(close(fairness::find_measure(name).of_counts(counts).number(), expected.at(name), 0, 1e-12)) << name;
  }
  EXPECT_EQ(counts[kPrivileged].selected(), expected.at("num_pred_positives_privileged"));
  EXPECT_EQ(counts[kUnprivileged].selected(), expected.at("num_pred_positives_unprivileged"));
  EXPECT_EQ(expected.size(), 7U);
}

// The exact search has the same rule and more to choose from.
void expect_exact_is_no_worse(const Rows& valid, const std::string& measure, const json& expected) {
  const Debiased exact = RejectOptionClassification().fit(problem_of(valid, measure));
  EXPECT_TRUE(exact.notes.empty());  // to select everybody is without bias, so there is always something
  EXPECT_LE(std::abs(detail(exact, "constraint_value")), 0.05);
  if (!expected.at("constraint_satisfiable").get<bool>()) return;
  EXPECT_GE(detail(exact, "balanced_accuracy"), expected.at("objective_balanced_accuracy").get<double>() - 1e-15);
}

// `blocks`: by AIF360's name of the measure.
void expect_aif360(const Rows& valid, const Rows& test, const json& blocks) {
  ASSERT_EQ(blocks.size(), 3U);
  for (const auto& [title, expected] : blocks.items()) {
    SCOPED_TRACE(title);
    std::string measure = title;
    for (char& c : measure) c = c == ' ' ? '_' : static_cast<char>(std::tolower(c));
    const Debiased fitted = RejectOptionClassification({.mode = Mode::grid}).fit(problem_of(valid, measure));
    const auto& rule = std::get<RejectOption>(fitted.rule);
    EXPECT_EQ(rule.threshold, expected.at("classification_threshold").get<double>());
    EXPECT_EQ(rule.margin, expected.at("ROC_margin").get<double>());
    EXPECT_EQ(detail(fitted, "grid_index"), expected.at("grid_index"));
    EXPECT_EQ(detail(fitted, "feasible_points"), expected.at("num_feasible_grid_points"));
    EXPECT_EQ(detail(fitted, "num_tied_optima"), expected.at("num_tied_optima"));
    EXPECT_EQ(detail(fitted, "balanced_accuracy"), expected.at("objective_balanced_accuracy").get<double>());
    EXPECT_TRUE(close(detail(fitted, "constraint_value"), expected.at("constraint_metric_value"), 0, 1e-12));
    EXPECT_EQ(fitted.notes.empty(), expected.at("constraint_satisfiable").get<bool>());
    expect_metrics(fitted.rule, valid, expected.at("valid"));
    expect_metrics(fitted.rule, test, expected.at("test"));
    expect_exact_is_no_worse(valid, measure, expected);
  }
}

TEST(RejectOptionAif360, EdgeCases) {
  const json scores = testing::read_json("tests/golden/fairness_edge_cases.json").at("tasks");
  const json tasks = testing::read_json("tests/golden/reject_option_edge_cases.json").at("tasks");
  ASSERT_EQ(tasks.size(), 3U);
  for (const auto& [task, blocks] : tasks.items()) {
    SCOPED_TRACE(task);
    const auto rows = [&, &task = task](const char* split) -> Rows {
      const json& block = scores.at(task).at(split);
      return {block.at("scores"), block.at("labels"), block.at("groups")};
    };
    expect_aif360(rows("valid"), rows("test"), blocks);
  }
}

TEST(RejectOptionAif360, FrozenScoresOfTheDataSets) {
  if (!std::filesystem::exists(kReference)) GTEST_SKIP() << "the reference scores are not here: " << kReference;
  int tasks = 0;
  for (const char* file : {"aif360_postprocessing.json", "aif360_edge_cases.json"}) {
    const json blocks = testing::read_json(kReference / file).at("tasks");
    for (const auto& [task, block] : blocks.items()) {
      SCOPED_TRACE(task);
      std::array<Rows, 2> rows = {
          testing::read_reference_scores(kReference / block.at("score_files").at("valid").get<std::string>()),
          testing::read_reference_scores(kReference / block.at("score_files").at("test").get<std::string>())};
      if (task == "compas_race_raw") {  // label 1 is the unfavourable one there, and its score taken as it is
        for (Rows& part : rows) {
          for (std::uint8_t& label : part.labels) label = static_cast<std::uint8_t>(1 - label);
        }
      }
      expect_aif360(rows[0], rows[1], block.at("reject_option"));
      ++tasks;
    }
  }
  EXPECT_EQ(tasks, 9);
}

// --- What it gives ---

TEST(RejectOptionMethod, KeepsTheModelAndMeetsTheBoundInItsOwnRule) {
  const SmallProblem small = small_problem();
  for (const Mode mode : kBothModes) {
    for (const double bound : {0.0, 0.05, 0.3}) {
      const Problem problem = small.problem("eod");
      const Debiased fitted = RejectOptionClassification({.mode = mode, .metric_bound = bound}).fit(problem);
      EXPECT_EQ(fitted.model, small.model);
      EXPECT_TRUE(fitted.trace.empty());
      EXPECT_NO_THROW(validate(fitted.rule, 2));
      const fairness::GroupCounts counts = count(fitted.rule, small.outcomes());
      const double bias = fairness::equal_opportunity_difference(counts).number();
      EXPECT_EQ(detail(fitted, "constraint_value"), bias);
      EXPECT_EQ(detail(fitted, "balanced_accuracy"), fairness::balanced_accuracy(counts).number());
      EXPECT_EQ(fitted.notes.empty(), std::abs(bias) <= bound);
      EXPECT_EQ(fitted.notes.empty(), detail(fitted, "feasible_points") > 0);
      EXPECT_EQ(fitted.details.size(), mode == Mode::grid ? 5U : 3U);
    }
  }
}

TEST(RejectOptionMethod, MaximisesBalancedAccuracyWhateverTheObjectiveSays) {
  const SmallProblem small = small_problem();
  for (const Mode mode : kBothModes) {
    const RejectOptionClassification method({.mode = mode});
    Problem problem = small.problem("spd");
    const auto rule = std::get<RejectOption>(method.fit(problem).rule);
    problem.objective = fairness::make_constrained_objective("spd", "f1", 0.3);
    const auto same = std::get<RejectOption>(method.fit(problem).rule);
    EXPECT_EQ(rule.lower, same.lower);
    EXPECT_EQ(rule.upper, same.upper);
  }
}

TEST(RejectOptionMethod, TakesEveryBiasMeasure) {
  const SmallProblem small = small_problem();
  int measures = 0;
  for (const fairness::Measure& measure : fairness::measures()) {
    if (measure.kind != fairness::Measure::Kind::bias) continue;
    SCOPED_TRACE(measure.name);
    Problem problem = small.problem();
    problem.objective.bias = &measure;
    std::vector<double> reached;
    for (const Mode mode : kBothModes) {
      const Debiased fitted = RejectOptionClassification({.mode = mode, .metric_bound = 0.1}).fit(problem);
      const double unfairness = measure.unfairness(detail(fitted, "constraint_value"));
      EXPECT_EQ(fitted.notes.empty(), unfairness <= 0.1);
      reached.push_back(fitted.notes.empty() ? detail(fitted, "balanced_accuracy") : -unfairness);
    }
    EXPECT_GE(reached[0], reached[1] - 1e-15);
    ++measures;
  }
  EXPECT_GE(measures, 19);
}

TEST(RejectOptionMethod, IsInTheTableWithItsOptions) {
  const SmallProblem small = small_problem();
  const Debiased exact = method("reject-option")->fit(small.problem());
  const Debiased grid = method("reject-option", {.reject_option = {.mode = Mode::grid}})->fit(small.problem());
  EXPECT_TRUE(std::isnan(detail(exact, "grid_index")));
  EXPECT_FALSE(std::isnan(detail(grid, "grid_index")));
}

TEST(RejectOptionMethod, NeedsNoModel) {
  const Rows rows{{0.9, 0.6, 0.4, 0.7, 0.35, 0.1}, {1, 1, 0, 1, 1, 0}, {1, 1, 1, 0, 0, 0}};
  for (const Mode mode : kBothModes) {
    const Debiased fitted = RejectOptionClassification({.mode = mode}).fit(problem_of(rows, "spd"));
    EXPECT_EQ(fitted.model, nullptr);
    EXPECT_EQ(detail(fitted, "balanced_accuracy"), 1.0);
  }
}

// --- What it is not made for ---

TEST(RejectOptionMethod, SaysWhenNothingIsWithinTheBound) {
  // The groups' scores are what they are: no threshold changes the bias.
  const Rows rows{{0.9, 0.6, 0.4, 0.7, 0.35, 0.1}, {1, 1, 0, 1, 1, 0}, {1, 1, 1, 0, 0, 0}};
  for (const Mode mode : kBothModes) {
    const Debiased fitted = RejectOptionClassification({.mode = mode}).fit(problem_of(rows, "gtprd"));
    ASSERT_EQ(fitted.notes.size(), 1U);
    EXPECT_NE(fitted.notes[0].find("gtprd within 0.05 of 0"), std::string::npos) << fitted.notes[0];
    EXPECT_EQ(detail(fitted, "feasible_points"), 0.0);
  }
}

TEST(RejectOptionMethod, SaysWhatIsUndefined) {
  Rows rows{{0.9, 0.6, 0.4, 0.7, 0.35, 0.1}, {1, 1, 0, 0, 0, 0}, {1, 1, 1, 0, 0, 0}};
  for (const Mode mode : kBothModes) {
    const Debiased fitted = RejectOptionClassification({.mode = mode}).fit(problem_of(rows, "eod"));
    ASSERT_EQ(fitted.notes.size(), 1U);
    EXPECT_NE(fitted.notes[0].find("group 0 has no positive labels"), std::string::npos) << fitted.notes[0];
  }
  rows.labels.assign(6, 1);
  for (const Mode mode : kBothModes) {
    const Debiased fitted = RejectOptionClassification({.mode = mode}).fit(problem_of(rows, "spd"));
    ASSERT_EQ(fitted.notes.size(), 1U);
    EXPECT_NE(fitted.notes[0].find("balanced accuracy is undefined"), std::string::npos) << fitted.notes[0];
    EXPECT_NO_THROW(validate(fitted.rule, 2));
  }
}

TEST(RejectOptionMethod, RefusesWhatItCannotFit) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const double bound : {-0.01, 1.5, nan}) {
    EXPECT_TRUE(fails_with([&] { RejectOptionClassification({.metric_bound = bound}); }, {"reject-option", "[0, 1]"}));
  }
  const Rows good{{0.9, 0.6, 0.4}, {1, 1, 0}, {1, 0, 1}};
  for (const Mode mode : kBothModes) {
    const RejectOptionClassification method({.mode = mode});
    const auto refuses = [&](const Rows& rows, std::initializer_list<std::string_view> parts) {
      return fails_with([&] { return method.fit(problem_of(rows, "spd")); }, parts);
    };
    Rows bad = good;
    bad.groups = {1, 2, 0};
    EXPECT_TRUE(refuses(bad, {"two groups", "group 2"}));
    bad.groups = {1, 1, 1};
    EXPECT_TRUE(refuses(bad, {"both groups", "group 0"}));
    bad = good;
    bad.scores[1] = nan;
    EXPECT_TRUE(refuses(bad, {"1", "nan"}));
    bad.scores[1] = 1.5;
    EXPECT_TRUE(refuses(bad, {"1.5", "[0, 1]"}));
    bad = good;
    bad.labels.pop_back();
    EXPECT_TRUE(refuses(bad, {"3", "2"}));
    EXPECT_TRUE(refuses(Rows{}, {}));
  }
}

}  // namespace
}  // namespace posthoc::debias
