// The twelve EqOdds bars of the paper's Figure 1 from loader, split and objective alone. The published code handed the
// true labels to AIF360's EqOdds, whose linear program took each group's share of the rows for its base rate; what came
// out are the true labels with a fixed number of favourable ones of each group taken away. No network is involved.
// On COMPAS, AIF360 knew that label 0 is the favourable one, and the measures of the bars are of label 1.

#include <algorithm>
#include <gtest/gtest.h>

#include "data/named.h"
#include "data/prepared.h"
#include "fairness/equalized_odds.h"
#include "fairness/objective.h"
#include "study/published.h"
#include "support/close.h"
#include "support/data_files.h"
#include "support/json_tensor.h"

namespace posthoc {
namespace {

using nlohmann::json;
using testing::close;

constexpr int kUnprivileged = 0;
constexpr int kPrivileged = 1;

struct Setting {
  std::string title;  // in the golden file
  std::string dataset;
  std::string attribute;
  bool favourable_is_label_1 = true;
};

void PrintTo(const Setting& setting, std::ostream* out) { *out << setting.title; }

// Counts of the true labels taken for decisions.
fairness::GroupCounts perfect_decisions(const data::Part& part) {
  return fairness::count(part.labels, part.labels, part.groups);
}

class EqOddsBars : public ::testing::TestWithParam<Setting> {
 protected:
  void SetUp() override {
    const Setting& setting = GetParam();
    if (!testing::data_files_found(setting.dataset)) GTEST_SKIP() << "no data files of " << setting.dataset;
    data::LoadOptions options;
    options.protected_attribute = setting.attribute;
    prepared_ = data::prepare(data::load(setting.dataset, options));
    golden_ = testing::read_json("tests/golden/paper_eqodds_check.json").at("cases").at(setting.title);
  }

  // What the published measures are taken of.
  static fairness::GroupCounts of_label_1(const fairness::GroupCounts& counts) {
    return GetParam().favourable_is_label_1 ? counts : study::turned_round(counts);
  }

  data::Prepared prepared_;
  json golden_;
};

TEST_P(EqOddsBars, AreReproducedFromTheDataAlone) {
  const fairness::GroupCounts valid = perfect_decisions(prepared_.valid);
  const fairness::GroupCounts truth = perfect_decisions(prepared_.test);
  const std::array<double, 2> kept = study::odds_on_labels(valid);
  fairness::GroupCounts decided = study::decide_on_labels(truth, kept);
  for (const auto& [group, name, key] :
       {std::tuple{kUnprivileged, "unprivileged", "op2p"}, std::tuple{kPrivileged, "privileged", "sp2p"}}) {
    EXPECT_TRUE(close(kept[static_cast<std::size_t>(group)], golden_.at(key), 1e-12));
    EXPECT_EQ(truth[group].positives(), golden_.at(std::string("test_favorable_") + name).get<double>());
    EXPECT_EQ(truth[group].positives() - decided[group].tp, golden_.at(std::string("flipped_") + name).get<double>());
  }
  decided = of_label_1(decided);

  for (const char* measure : {"spd", "eod", "aod"}) {
    SCOPED_TRACE(measure);
    const json& bar = golden_.at(measure);
    const fairness::BoundObjective phi(fairness::make_objective(measure, "accuracy", 0.75), {});
    EXPECT_TRUE(close(phi(decided), bar.at("published_objective"), 0, 1e-6));
    EXPECT_TRUE(close(phi(decided), bar.at("objective"), 1e-12));
    EXPECT_TRUE(close(phi.bias_of(decided).number(), bar.at("bias"), 1e-12, 1e-15));
    EXPECT_TRUE(close(phi.performance_of(decided).number(), bar.at("accuracy"), 1e-12));
  }
}

// The true labels are fair already in the sense of equalized odds: the right program leaves them as they are.
TEST_P(EqOddsBars, TheRightProgramTakesNothingAway) {
  const auto program = fairness::solve_equalized_odds(perfect_decisions(prepared_.valid));
  EXPECT_EQ(program.best.probabilities.sp2p, 1.0);
  EXPECT_EQ(program.best.probabilities.sn2p, 0.0);
  EXPECT_EQ(program.best.probabilities.op2p, 1.0);
  EXPECT_EQ(program.best.probabilities.on2p, 0.0);
}

TEST_P(EqOddsBars, ConstantPrediction) {
  const data::Part& test = prepared_.test;
  const std::vector<double> unused(test.labels.size(), 0.0);
  const fairness::GroupCounts constant = of_label_1(fairness::count_majority({unused, test.labels, test.groups}));
  const json& expected = golden_.at("constant_prediction");
  EXPECT_EQ(constant.total().selected() > 0 ? 1 : 0, expected.at("predict_label").get<int>());
  EXPECT_TRUE(close(fairness::accuracy(constant).number(), expected.at("accuracy"), 1e-12));
  for (const char* measure : {"spd", "eod", "aod"}) {
    SCOPED_TRACE(measure);
    const fairness::BoundObjective phi(fairness::make_objective(measure, "accuracy", 0.75), {});
    EXPECT_TRUE(close(phi(constant), expected.at("objective_any_measure"), 1e-12));
  }
}

INSTANTIATE_TEST_SUITE_P(Published, EqOddsBars,
                         ::testing::Values(Setting{"ACI (sex)", "adult", "sex"}, Setting{"BM (age)", "bank", "age"},
                                           Setting{"COMPAS (sex)", "compas", "sex", false},
                                           Setting{"COMPAS (race)", "compas", "race", false}),
                         [](const auto& test) { return test.param.dataset + "_" + test.param.attribute; });

}  // namespace
}  // namespace posthoc
