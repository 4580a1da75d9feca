// Networks that the published recipe trained in PyTorch, put through the methods that need no random numbers, against
// what the published code's steps gave for them (../shared/reference/rerun/README.md).

#include <cmath>
#include <filesystem>
#include <fmt/format.h>
#include <functional>
#include <gtest/gtest.h>
#include <iostream>

#include "data/named.h"
#include "data/prepared.h"
#include "debias/evaluation.h"
#include "debias/method.h"
#include "nn/model_file.h"
#include "support/data_files.h"
#include "support/json_tensor.h"
#include "support/outcome_rows.h"

namespace posthoc::debias {
namespace {

using fairness::Rows;
using nlohmann::json;

const std::filesystem::path kRerun = "../shared/reference/rerun";

// A network's scores come out of some ten thousand float32 products, summed here in another order than in PyTorch: a
// decision on a score this near to the threshold may differ.
constexpr double kRounding = 1e-6;
constexpr std::size_t kMostNearRows = 10;

struct Case {
  std::string name;
  std::optional<std::string> favorable;  // COMPAS: the published code takes label 1 for the favourable one
  int comparisons;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

bool agrees(const fairness::GroupCounts& counts, const fairness::BoundObjective& phi, const json& recorded) {
  return testing::close(phi(counts), recorded.at("objective"), 0, 1e-9) &&
         testing::close(phi.bias_of(counts).number(), recorded.at("bias"), 0, 1e-9) &&
         testing::close(phi.performance_of(counts).number(), recorded.at("accuracy"), 0, 1e-9);
}

// The threshold of a group's decisions.
double threshold_for(const DecisionRule& rule, std::int32_t group) {
  if (const auto* threshold = std::get_if<Threshold>(&rule)) return threshold->threshold;
  const auto& option = std::get<RejectOption>(rule);
  return group == kPrivileged ? option.upper : option.lower;
}

std::vector<std::size_t> rows_near(const Rows& rows, const DecisionRule& rule) {
  std::vector<std::size_t> near;
  for (std::size_t i = 0; i < rows.scores.size(); ++i) {
    if (std::abs(rows.scores[i] - threshold_for(rule, rows.groups[i])) <= kRounding) near.push_back(i);
  }
  return near;
}

using View = std::function<fairness::GroupCounts(const fairness::GroupCounts&)>;

// True iff the recorded numbers are those of the rule, in the view of the record, with another decision for some of the
// rows near its threshold.
bool agrees_but_for_rounding(const Rows& rows, const DecisionRule& rule, const View& view,
                             const fairness::BoundObjective& phi, const json& recorded) {
  const std::vector<std::size_t> near = rows_near(rows, rule);
  if (near.size() > kMostNearRows) return false;
  for (std::size_t subset = 0; subset < std::size_t{1} << near.size(); ++subset) {
    Rows turned = rows;
    for (std::size_t k = 0; k < near.size(); ++k) {
      double& score = turned.scores[near[k]];
      const double threshold = threshold_for(rule, rows.groups[near[k]]);
      if ((subset >> k & 1U) != 0) score = score > threshold ? threshold : std::nextafter(threshold, 2.0);
    }
    if (agrees(view(count(rule, turned.outcomes())), phi, recorded)) return true;
  }
  return false;
}

class Rerun : public ::testing::TestWithParam<Case> {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(kRerun)) GTEST_SKIP() << "no rerun of the published code at " << kRerun;
    if (!testing::data_files_found(GetParam().name)) GTEST_SKIP() << "no data files of " << GetParam().name;
    data::LoadOptions options;
    options.favorable = GetParam().favorable;
    if (GetParam().name == "bank") options.protected_attribute = "age";
    dataset_ = data::load(GetParam().name, options);
    prepared_ = data::prepare(dataset_);
  }

  [[nodiscard]] Rows scored_rows(nn::Classifier& model, const data::Part& part) const {
    return {nn::scores(model, part.features), part.labels, {}};
  }

  [[nodiscard]] std::vector<std::int32_t> groups(const data::Part& part, const std::string& attribute) const {
    const std::vector<std::int32_t>& all = dataset_.attribute(attribute).groups;
    std::vector<std::int32_t> groups;
    for (const std::int64_t row : part.rows) groups.push_back(all[static_cast<std::size_t>(row)]);
    return groups;
  }

  void compare_model(const std::shared_ptr<nn::Mlp>& model, const json& tasks, const std::string& weights) {
    valid_ = scored_rows(*model, prepared_.valid);
    test_ = scored_rows(*model, prepared_.test);
    for (const auto& [attribute, recorded] : tasks.items()) {
      valid_.groups = groups(prepared_.valid, attribute);
      test_.groups = groups(prepared_.test, attribute);
      expect_no_empty_cell(valid_);
      expect_no_empty_cell(test_);
      for (const char* measure : {"spd", "eod", "aod"}) {
        SCOPED_TRACE(attribute + " " + measure);
        const json& methods = recorded.at(weights).at(measure);
        Problem problem;
        problem.model = model;
        problem.features = prepared_.valid.features;
        problem.validation = valid_.outcomes();
        problem.objective = fairness::make_objective(measure);
        problem.threshold_search = fairness::ThresholdSearch::grid(1001);
        compare("default", problem, methods.at("default"));
        problem.threshold_search = fairness::ThresholdSearch::grid(501);
        compare("threshold", problem, methods.at("threshold_grid501"));
        compare("reject-option", problem, methods.at("reject_option_published"), Scores::of_label_1);
        compare("reject-option", problem, methods.at("reject_option_corrected"), Scores::of_favourable_label);
      }
    }
  }

  // What AIF360 was given as the probability of its favourable label, which on COMPAS is 0: the published code gave it
  // the network's scores as they are, which there are those of label 1.
  enum class Scores { of_label_1, of_favourable_label };

  [[nodiscard]] Rows for_aif360(Rows rows, Scores scores) const {
    if (GetParam().name != "compas") return rows;
    for (std::uint8_t& label : rows.labels) label = static_cast<std::uint8_t>(1 - label);
    if (scores == Scores::of_favourable_label) {
      for (double& score : rows.scores) score = 1 - score;
    }
    return rows;
  }

  // The record counts label 1.
  [[nodiscard]] fairness::GroupCounts of_label_1(const fairness::GroupCounts& counts) const {
    if (GetParam().name != "compas") return counts;
    fairness::GroupCounts turned(2);
    for (const int group : {0, 1}) {
      const fairness::CellCounts& cells = counts[group];
      turned.add(group, {.tp = cells.tn, .fp = cells.fn, .tn = cells.tp, .fn = cells.fp});
    }
    return turned;
  }

  // An empty cell counts 0 in the published code and as the worst value here: there is none.
  static void expect_no_empty_cell(const Rows& rows) {
    const fairness::GroupCounts counts = fairness::count(rows.outcomes(), 0.5);
    ASSERT_EQ(counts.groups(), 2);
    for (const int group : {0, 1}) {
      EXPECT_GT(counts[group].positives(), 0);
      EXPECT_GT(counts[group].negatives(), 0);
    }
  }

  void compare(const char* name, const Problem& problem, const json& recorded) {
    const Debiased fitted = method(name)->fit(problem);
    const fairness::BoundObjective phi(problem.objective, problem.validation);
    const View as_it_is = [](const fairness::GroupCounts& counts) { return counts; };
    compare(name, fitted.rule, Threshold{recorded.at("threshold")}, valid_, test_, as_it_is, phi, recorded);
  }

  void compare(const char* name, Problem problem, const json& recorded, Scores scores) {
    const fairness::BoundObjective phi(problem.objective, problem.validation);
    const Rows valid = for_aif360(valid_, scores);
    const Rows test = for_aif360(test_, scores);
    problem.validation = valid.outcomes();
    const Debiased fitted = method(name, {.reject_option = {.mode = RejectOptionOptions::Mode::grid}})->fit(problem);
    const RejectOption expected = RejectOption::around(recorded.at("threshold"), recorded.at("margin"));
    const View view = [&](const fairness::GroupCounts& counts) { return of_label_1(counts); };
    compare(name, fitted.rule, expected, valid, test, view, phi, recorded);
  }

  void compare(const char* name, const DecisionRule& found, const DecisionRule& expected, const Rows& valid,
               const Rows& test, const View& view, const fairness::BoundObjective& phi, const json& recorded) {
    ++comparisons_;
    const bool same = threshold_for(found, kUnprivileged) == threshold_for(expected, kUnprivileged) &&
                      threshold_for(found, kPrivileged) == threshold_for(expected, kPrivileged);
    if (same && agrees(view(count(found, valid.outcomes())), phi, recorded.at("valid")) &&
        agrees(view(count(found, test.outcomes())), phi, recorded.at("test"))) {
      return;
    }
    ++ties_;
    const std::size_t near = rows_near(valid, found).size() + rows_near(valid, expected).size();
    std::cout << fmt::format("{}: {} where {} is recorded, {} validation rows near them\n", name, to_string(found),
                             to_string(expected), near);
    EXPECT_TRUE(same || near > 0) << name << ": " << to_string(found) << ", recorded " << to_string(expected);
    EXPECT_TRUE(agrees_but_for_rounding(valid, expected, view, phi, recorded.at("valid"))) << name << ", valid";
    EXPECT_TRUE(agrees_but_for_rounding(test, expected, view, phi, recorded.at("test"))) << name << ", test";
  }

  data::Dataset dataset_;
  data::Prepared prepared_;
  Rows valid_;
  Rows test_;
  int comparisons_ = 0;
  int ties_ = 0;  // comparisons with a difference that rounding explains
};

TEST_P(Rerun, DefaultThresholdAndRejectOptionGiveTheRecordedResults) {
  for (const auto& entry : std::filesystem::directory_iterator(kRerun)) {
    const std::string stem = entry.path().stem().string();
    if (entry.path().extension() != ".json" || !stem.starts_with(GetParam().name + "_")) continue;
    const json tasks = testing::read_json(entry.path()).at("tasks");
    for (const auto& [weights, suffix] : {std::pair{"best", ""}, std::pair{"last", "_last"}}) {
      const std::string file = stem + suffix + ".safetensors";
      SCOPED_TRACE(file);
      compare_model(nn::load_mlp(kRerun / file).model, tasks, weights);
    }
  }
  std::cout << fmt::format("{} comparisons, {} with a difference by float32 rounding\n", comparisons_, ties_);
  EXPECT_GE(comparisons_, GetParam().comparisons);
  EXPECT_LE(ties_, comparisons_ / 20);
}

INSTANTIATE_TEST_SUITE_P(Published, Rerun,
                         ::testing::Values(Case{"adult", std::nullopt, 168}, Case{"bank", std::nullopt, 168},
                                           Case{"compas", "1", 336}),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace posthoc::debias
