// Networks that the published recipe trained in PyTorch, put through the methods that need no random numbers, against
// what the published code's steps gave for them (../shared/reference/rerun/README.md).

#include <cmath>
#include <filesystem>
#include <fmt/format.h>
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

std::vector<std::size_t> rows_near(const Rows& rows, double threshold) {
  std::vector<std::size_t> near;
  for (std::size_t i = 0; i < rows.scores.size(); ++i) {
    if (std::abs(rows.scores[i] - threshold) <= kRounding) near.push_back(i);
  }
  return near;
}

// True iff the recorded numbers are those of the threshold with another decision for some of the rows near it.
bool agrees_but_for_rounding(const Rows& rows, double threshold, const fairness::BoundObjective& phi,
                             const json& recorded) {
  const std::vector<std::size_t> near = rows_near(rows, threshold);
  if (near.size() > kMostNearRows) return false;
  for (std::size_t subset = 0; subset < std::size_t{1} << near.size(); ++subset) {
    Rows turned = rows;
    for (std::size_t k = 0; k < near.size(); ++k) {
      double& score = turned.scores[near[k]];
      if ((subset >> k & 1U) != 0) score = score > threshold ? threshold : std::nextafter(threshold, 2.0);
    }
    if (agrees(fairness::count(turned.outcomes(), threshold), phi, recorded)) return true;
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
      }
    }
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
    const double found = std::get<Threshold>(fitted.rule).threshold;
    const double expected = recorded.at("threshold");
    const fairness::BoundObjective phi(problem.objective, problem.validation);
    ++comparisons_;
    if (found == expected && agrees(count(fitted.rule, valid_.outcomes()), phi, recorded.at("valid")) &&
        agrees(count(fitted.rule, test_.outcomes()), phi, recorded.at("test"))) {
      return;
    }
    ++ties_;
    const std::size_t near = rows_near(valid_, found).size() + rows_near(valid_, expected).size();
    std::cout << fmt::format("{}: threshold {} where {} is recorded, {} validation rows near them\n", name, found,
                             expected, near);
    EXPECT_TRUE(found == expected || near > 0) << name << ": threshold " << found << ", recorded " << expected;
    EXPECT_TRUE(agrees_but_for_rounding(valid_, expected, phi, recorded.at("valid"))) << name << ", valid";
    EXPECT_TRUE(agrees_but_for_rounding(test_, expected, phi, recorded.at("test"))) << name << ", test";
  }

  data::Dataset dataset_;
  data::Prepared prepared_;
  Rows valid_;
  Rows test_;
  int comparisons_ = 0;
  int ties_ = 0;  // comparisons with a difference that rounding explains
};

TEST_P(Rerun, DefaultAndThresholdGiveTheRecordedResults) {
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
                         ::testing::Values(Case{"adult", std::nullopt, 84}, Case{"bank", std::nullopt, 84},
                                           Case{"compas", "1", 168}),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace posthoc::debias
