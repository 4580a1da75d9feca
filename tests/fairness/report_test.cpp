#include "fairness/report.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <string_view>

#include "support/outcome_rows.h"

namespace posthoc::fairness {
namespace {

const Rows kRows{{0.2, 0.8, 0.7, 0.6}, {0, 1, 1, 1}, {0, 0, 1, 1}};

GroupCounts selecting(double of_hundred_0, double of_hundred_1) {
  GroupCounts counts(2);
  counts.add(0, {.fp = of_hundred_0, .tn = 100 - of_hundred_0});
  counts.add(1, {.fp = of_hundred_1, .tn = 100 - of_hundred_1});
  return counts;
}

TEST(Report, AuditHasEveryGroupAndEveryMeasure) {
  const Audit result = audit(kRows.outcomes(), 0.65);
  ASSERT_EQ(result.groups.size(), 2U);
  EXPECT_EQ(result.groups[1].group, 1);
  EXPECT_EQ(result.groups[1].cells, (CellCounts{.tp = 1, .fn = 1}));
  EXPECT_EQ(result.groups[1].tpr.number(), 0.5);
  EXPECT_EQ(result.groups[1].fpr.reason(), "group 1 has no negative labels");
  EXPECT_EQ(result.groups[1].selection_rate.number(), 0.5);
  EXPECT_EQ(result.groups[1].base_rate.number(), 1.0);
  ASSERT_EQ(result.measures.size(), measures().size());
  const auto value_of = [&](std::string_view name) {
    const auto same = [&](const MeasuredValue& one) { return one.measure->name == name; };
    return std::find_if(result.measures.begin(), result.measures.end(), same)->value;
  };
  EXPECT_EQ(value_of("accuracy").number(), 0.75);
  EXPECT_EQ(value_of("eod").number(), 0.5);
  EXPECT_EQ(value_of("aod").reason(), "group 1 has no negative labels");
  EXPECT_EQ(value_of("auc").number(), 1.0);
}

TEST(Report, NearConstantNeedsEveryGroup) {
  EXPECT_FALSE(near_constant(selecting(1, 0)));
  EXPECT_FALSE(near_constant(selecting(99, 100)));
  EXPECT_FALSE(near_constant(selecting(0, 50)));
  EXPECT_EQ(near_constant(selecting(0.5, 0)), "near-constant: every group's selection rate is below 1 %");
  EXPECT_EQ(near_constant(selecting(100, 99.5)), "near-constant: every group's selection rate is above 99 %");
  EXPECT_EQ(near_constant(selecting(0, 100)),
            "decided by group alone: every group's selection rate is below 1 % or above 99 %");
  GroupCounts one_empty(2);
  one_empty.add(1, {.tn = 10});
  EXPECT_TRUE(near_constant(one_empty));
  EXPECT_FALSE(near_constant(GroupCounts(2)));
}

TEST(Report, NoBetterThanTheMajorityIsDegenerate) {
  EXPECT_FALSE(degenerate(selecting(30, 40), 0.2, 0.3));
  EXPECT_EQ(degenerate(selecting(30, 40), 0.2, 0.2 + 0.9e-6),
            "no better than a constant: the objective 0.200000 is the majority baseline's to within "
            "1e-6");
  EXPECT_FALSE(degenerate(selecting(30, 40), 0.2, 0.2 - 1.1e-6));
  EXPECT_TRUE(degenerate(selecting(0, 0), 0.2, 0.3));

  const Objective objective = make_objective("spd");
  EXPECT_FALSE(degenerate(count(kRows.outcomes(), 0.5), kRows.outcomes(), objective));
  EXPECT_TRUE(degenerate(count(kRows.outcomes(), 1.0), kRows.outcomes(), objective));
}

}  // namespace
}  // namespace posthoc::fairness
