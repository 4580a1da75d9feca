#include "fairness/intersection.h"

#include <gtest/gtest.h>

#include "fairness/threshold.h"
#include "support/outcome_rows.h"

namespace posthoc::fairness {
namespace {

const std::vector<std::int32_t> kSex{0, 0, 1, 1, 1, 0, 1};
const std::vector<std::int32_t> kRace{0, 1, 1, 1, 0, 1, 1};
const std::vector<GroupColumn> kColumns{{"sex", {"Female", "Male"}, kSex, 1}, {"race", {"Black", "White"}, kRace, 1}};

TEST(Intersection, CombinesNamesAndCountsRows) {
  const Intersection all = intersect(kColumns);
  ASSERT_EQ(all.cells.size(), 4U);
  EXPECT_EQ(all.cells[0].name, "sex=Female & race=Black");
  EXPECT_EQ(all.cells[1].name, "sex=Male & race=White");  // the privileged one
  EXPECT_EQ(all.cells[2].name, "sex=Female & race=White");
  EXPECT_EQ(all.cells[3].name, "sex=Male & race=Black");
  EXPECT_EQ(all.cells[1].rows, 3U);
  EXPECT_EQ(all.cells[3].rows, 1U);
  EXPECT_EQ(all.cell_of_row, (std::vector<std::int32_t>{0, 2, 1, 1, 3, 2, 1}));
  EXPECT_EQ(all.groups, 4);
}

TEST(Intersection, SmallCellsAreReportedButDoNotCount) {
  const Intersection large = intersect(kColumns, 2);
  EXPECT_EQ(large.groups, 2);
  EXPECT_EQ(large.cells[0].group, -1);
  EXPECT_EQ(large.cells[1].group, 1);  // privileged stays group 1, so that signs keep their meaning
  EXPECT_EQ(large.cells[2].group, 0);
  EXPECT_EQ(large.cells[3].group, -1);
  const std::vector<double> scores{0.9, 0.4, 0.8, 0.7, 0.1, 0.6, 0.2};
  const std::vector<std::uint8_t> labels{1, 0, 1, 1, 0, 1, 0};
  const CountedRows counted = rows_that_count(large, scores, labels);
  EXPECT_EQ(counted.scores, (std::vector<double>{0.4, 0.8, 0.7, 0.6, 0.2}));
  EXPECT_EQ(counted.groups, (std::vector<std::int32_t>{0, 1, 1, 0, 1}));
  const ThresholdResult found = find_threshold(counted.outcomes(), make_objective("spd", "accuracy", 0.1));
  EXPECT_EQ(found.counts.groups(), 2);
  EXPECT_EQ(found.counts.total().n(), 5.0);
  const GroupCounts reported = count(Outcomes{scores, labels, large.cell_of_row}, found.threshold);
  EXPECT_EQ(reported.groups(), 4);
  EXPECT_EQ(reported.total().n(), 7.0);
}

TEST(Intersection, RefusesBadColumns) {
  EXPECT_THROW(intersect({}), Error);
  const std::vector<std::int32_t> bad{0, 2};
  EXPECT_EQ(error_of([&] {
              intersect(std::vector<GroupColumn>{{"sex", {"F", "M"}, bad, 1}});
            }),
            "intersection: column sex, row 1: the value is 2; expected one of 0 to 1");
  EXPECT_EQ(error_of([&] {
              intersect(std::vector<GroupColumn>{{"sex", {"F", "M"}, kSex, 2}});
            }),
            "intersection: column sex: the privileged value is 2; expected one of 0 to 1");
  EXPECT_EQ(error_of([] { intersect(kColumns, 4); }),
            "intersection: 0 of 4 combinations have at least 4 rows; expected two or more");
  const std::vector<std::int32_t> shorter{0, 1};
  EXPECT_EQ(error_of([&] {
              intersect(std::vector<GroupColumn>{kColumns[0], {"race", {"B", "W"}, shorter, 1}});
            }),
            "intersection: column race has 2 rows, column sex has 7");
  const std::vector<std::int32_t> zeros{0, 0};
  EXPECT_THROW(intersect(std::vector<GroupColumn>{{"one", {"only"}, zeros, 0}}), Error);
  const std::vector<std::string> many(40, "v");
  EXPECT_EQ(error_of([&] {
              intersect(std::vector<GroupColumn>{{"a", many, zeros, 1}, {"b", many, zeros, 1}});
            }),
            "intersection: more than 1000 combinations of values");
  EXPECT_THROW(rows_that_count(intersect(kColumns), std::vector<double>{0.1}, std::vector<std::uint8_t>{1}), Error);
}

}  // namespace
}  // namespace posthoc::fairness
