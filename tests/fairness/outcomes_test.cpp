#include "fairness/outcomes.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>

#include "fairness/counts.h"
#include "fairness/measure.h"
#include "fairness/threshold.h"
#include "support/outcome_rows.h"

namespace posthoc::fairness {
namespace {

const Rows kGood{{0.1, 0.9, 0.5}, {0, 1, 1}, {0, 1, 2}};

TEST(Outcomes, AcceptsGoodRows) {
  validate(kGood.outcomes());
  EXPECT_EQ(group_count(kGood.groups), 3);
}

TEST(Outcomes, HasAtLeastTwoGroups) {
  const std::vector<std::int32_t> only_unprivileged{0, 0};
  EXPECT_EQ(group_count(only_unprivileged), 2);
  EXPECT_EQ(group_count({}), 2);
}

TEST(Outcomes, ErrorsNameTheRow) {
  Rows rows = kGood;
  rows.labels[2] = 2;
  EXPECT_EQ(error_of([&] { validate(rows.outcomes()); }),
            "outcomes: row 2: label is 2; expected 0 or 1 (1 = favourable)");
  rows = kGood;
  rows.groups[1] = -1;
  EXPECT_EQ(error_of([&] { validate(rows.outcomes()); }),
            "outcomes: row 1: group is -1; expected 0 (unprivileged), 1 (privileged) or a further "
            "group below 1000");
  rows.groups[1] = std::numeric_limits<std::int32_t>::max();
  EXPECT_NE(error_of([&] { validate(rows.outcomes()); }).find("row 1: group"), std::string::npos);
  rows = kGood;
  rows.scores[0] = std::nan("");
  EXPECT_EQ(error_of([&] { validate(rows.outcomes()); }), "outcomes: row 0: score is nan; expected a finite number");
  rows.scores[0] = std::numeric_limits<double>::infinity();
  EXPECT_NE(error_of([&] { validate(rows.outcomes()); }).find("score is inf"), std::string::npos);
  const std::vector<std::uint8_t> decisions{0, 1, 3};
  EXPECT_EQ(error_of([&] { validate(decisions, kGood.labels, kGood.groups); }),
            "outcomes: row 2: decision is 3; expected 0 or 1");
}

TEST(Outcomes, ErrorsOnUnequalOrNoRows) {
  Rows rows = kGood;
  rows.labels.pop_back();
  EXPECT_EQ(error_of([&] { validate(rows.outcomes()); }),
            "outcomes: columns differ in length: 3 scores, 2 labels, 3 groups");
  EXPECT_EQ(error_of([] { validate(Outcomes{}); }), "outcomes: expected at least one row, got none");
}

TEST(Outcomes, EveryDoorValidates) {
  Rows rows = kGood;
  rows.scores[1] = std::nan("");
  const Outcomes bad = rows.outcomes();
  EXPECT_THROW(count(bad, 0.5), Error);
  EXPECT_THROW(count_majority(bad), Error);
  EXPECT_THROW(auc(bad), Error);
  EXPECT_THROW(ScoreSweep{bad}, Error);
  EXPECT_THROW(count(kGood.outcomes(), std::nan("")), Error);
}

}  // namespace
}  // namespace posthoc::fairness
