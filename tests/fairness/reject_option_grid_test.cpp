// Every point of AIF360's grid, on frozen scores.
#include <array>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "fairness/bias_measures.h"
#include "fairness/performance_measures.h"
#include "fairness/reject_option.h"
#include "support/close.h"
#include "support/reference_scores.h"

namespace posthoc::fairness {
namespace {

using testing::close;

const std::filesystem::path kReference = "../shared/reference";

using GridRow = std::array<double, 6>;  // threshold, margin, spd, aod, eod, balanced accuracy

std::vector<GridRow> read_grid(const std::filesystem::path& path) {
  std::ifstream in(path);
  std::string line;
  std::getline(in, line);
  if (line != "class_thresh,roc_margin,spd,aod,eod,balanced_accuracy") throw Error("not a grid: " + path.string());
  std::vector<GridRow> rows;
  while (std::getline(in, line)) {
    GridRow& row = rows.emplace_back();
    std::istringstream fields(line);
    char comma = 0;
    for (double& value : row) fields >> value >> comma;
  }
  return rows;
}

TEST(RejectOptionReference, EveryPointOfTheGrid) {
  if (!std::filesystem::exists(kReference)) GTEST_SKIP() << "the reference scores are not here: " << kReference;
  const std::vector<RejectOptionPoint> points = reject_option_grid();
  for (const std::string task :
       {"adult_sex", "bank_age", "bank_age_legacy", "compas_race", "compas_race_raw", "compas_sex"}) {
    SCOPED_TRACE(task);
    Rows rows = testing::read_reference_scores(kReference / ("scores_" + task + "_valid.csv"));
    if (task == "compas_race_raw") {  // label 1 is the unfavourable one there, and its score taken as it is
      for (std::uint8_t& label : rows.labels) label = static_cast<std::uint8_t>(1 - label);
    }
    const std::vector<GridRow> grid = read_grid(kReference / ("roc_grid_" + task + ".csv"));
    ASSERT_EQ(grid.size(), points.size());
    const RejectOptionSweep sweep(rows.outcomes());
    for (std::size_t k = 0; k < points.size(); ++k) {
      const auto [threshold, margin] = points[k];
      EXPECT_EQ(threshold, grid[k][0]);
      EXPECT_EQ(margin, grid[k][1]);
      const GroupCounts counts = sweep.count(threshold - margin, threshold + margin);
      EXPECT_TRUE(close(statistical_parity_difference(counts).number(), grid[k][2], 0, 1e-12));
      EXPECT_TRUE(close(average_odds_difference(counts).number(), grid[k][3], 0, 1e-12));
      EXPECT_TRUE(close(equal_opportunity_difference(counts).number(), grid[k][4], 0, 1e-12));
      EXPECT_TRUE(close(balanced_accuracy(counts).number(), grid[k][5], 0, 1e-12));
      ASSERT_FALSE(HasFailure()) << "point " << k;
    }
  }
}

}  // namespace
}  // namespace posthoc::fairness
