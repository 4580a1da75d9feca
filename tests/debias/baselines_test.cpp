#include "debias/baselines.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <limits>

#include "debias/small_problem.h"
#include "support/close.h"
#include "support/expect_error.h"
#include "support/outcome_rows.h"

namespace posthoc::debias {
namespace {

using fairness::Rows;
using fairness::ThresholdSearch;
using testing::close;
using testing::fails_with;

const ThresholdSearch kSearches[] = {ThresholdSearch::exact(), ThresholdSearch::grid(501), ThresholdSearch::grid(1001)};

// A problem of scores alone.
Problem problem_of(const Rows& rows, const char* bias = "spd") {
  Problem problem;
  problem.validation = rows.outcomes();
  problem.objective = fairness::make_objective(bias);
  return problem;
}

fairness::GroupCounts decide(const char* name, const Problem& problem) {
  return count(method(name)->fit(problem).rule, problem.validation);
}

double objective(const Problem& problem, const fairness::GroupCounts& counts) {
  return fairness::BoundObjective(problem.objective, problem.validation)(counts);
}

TEST(Majority, DecidesForTheMoreFrequentLabelOnAnyScores) {
  const Rows mostly_not{{0.0, 0.2, 1.0, 1.0}, {0, 0, 0, 1}, {0, 1, 0, 1}};
  EXPECT_EQ(decide("majority", problem_of(mostly_not)).total().selected(), 0);
  const Rows mostly{{0.0, 0.0, 0.2, 1.0}, {1, 1, 1, 0}, {0, 1, 0, 1}};
  EXPECT_EQ(decide("majority", problem_of(mostly)).total().selected(), 4);
  const Rows even{{0.0, 1.0}, {0, 1}, {0, 1}};
  EXPECT_EQ(decide("majority", problem_of(even)).total().selected(), 2);

  // The decision is the validation labels' wherever the rule is used.
  const Debiased fitted = Majority().fit(problem_of(mostly_not));
  EXPECT_EQ(count(fitted.rule, mostly.outcomes()).total().selected(), 0);
}

TEST(Majority, IsWhatCountMajoritySays) {
  std::mt19937_64 random(1);
  for (int repeat = 0; repeat < 100; ++repeat) {
    const Rows rows = fairness::random_rows(random, 1 + random() % 40, 1 + random() % 8, 2);
    EXPECT_EQ(decide("majority", problem_of(rows)), fairness::count_majority(rows.outcomes()));
  }
}

TEST(Default, HasTheBestAccuracyOfAllThresholds) {
  std::mt19937_64 random(2);
  for (int repeat = 0; repeat < 100; ++repeat) {
    const Rows rows = fairness::random_rows(random, 1 + random() % 40, 1 + random() % 20, 2);
    const double reached = fairness::accuracy(decide("default", problem_of(rows))).number();
    double best = fairness::accuracy(fairness::count(rows.outcomes(), -1.0)).number();
    for (const double score : rows.scores) {
      best = std::max(best, fairness::accuracy(fairness::count(rows.outcomes(), score)).number());
    }
    EXPECT_EQ(reached, best);
  }
}

TEST(Default, DoesNotLookAtTheBias) {
  const SmallProblem small = small_problem();
  const Debiased spd = Default().fit(small.problem("spd"));
  const Debiased eod = Default().fit(small.problem("eod"));
  EXPECT_EQ(std::get<Threshold>(spd.rule).threshold, std::get<Threshold>(eod.rule).threshold);
}

TEST(ThresholdOnly, IsNeverWorseThanDefaultOrMajority) {
  std::mt19937_64 random(3);
  for (int repeat = 0; repeat < 100; ++repeat) {
    const Rows rows = fairness::random_rows(random, 1 + random() % 60, 2 + random() % 20, 2);
    for (const char* bias : {"spd", "eod", "aod"}) {
      for (const ThresholdSearch& search : kSearches) {
        Problem problem = problem_of(rows, bias);
        problem.threshold_search = search;
        const double best = objective(problem, decide("threshold", problem));
        EXPECT_LE(best, objective(problem, decide("default", problem)));
        if (search == ThresholdSearch::exact()) {
          EXPECT_LE(best, objective(problem, decide("majority", problem)));
        }
      }
    }
  }
}

TEST(Baselines, GiveTheOriginalNetworkBack) {
  const SmallProblem small = small_problem();
  for (const char* name : {"majority", "default", "threshold"}) {
    const Debiased fitted = method(name)->fit(small.problem());
    EXPECT_EQ(fitted.model.get(), small.model.get()) << name;
    EXPECT_TRUE(fitted.trace.empty()) << name;
  }
}

TEST(Methods, AreFoundByNameAndAnUnknownNameListsThem) {
  for (const MethodEntry& entry : methods()) {
    EXPECT_NE(method(entry.name), nullptr);
    EXPECT_TRUE(fails_with([] { method("magic"); }, {"magic", entry.name}));
    EXPECT_FALSE(entry.description.empty());
  }
  EXPECT_TRUE(fails_with([] { method(""); }, {"random"}));
}

TEST(Methods, RefuseABadProblem) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const Rows good{{0.1, 0.9}, {0, 1}, {0, 1}};
  for (const char* name :
       {"majority", "default", "threshold", "random", "equalized-odds", "calibrated-equalized-odds"}) {
    SCOPED_TRACE(name);
    const auto refuses = [&](const Rows& rows, std::initializer_list<std::string_view> parts) {
      return fails_with([&] { return method(name)->fit(problem_of(rows)); }, parts);
    };
    EXPECT_TRUE(refuses({{}, {}, {}}, {"row"}));
    EXPECT_TRUE(refuses({{0.1, nan}, {0, 1}, {0, 1}}, {"1", "nan"}));
    EXPECT_TRUE(refuses({{0.1, 0.2}, {0, 2}, {0, 1}}, {"2"}));
    EXPECT_TRUE(refuses({{0.1, 0.2}, {0, 1}, {0, -1}}, {"-1"}));
    EXPECT_TRUE(refuses({{0.1}, {0, 1}, {0, 1}}, {"1", "2"}));
    EXPECT_TRUE(refuses({{0.1, 1.5}, {0, 1}, {0, 1}}, {"row 1", "1.5", "[0, 1]"}));  // a logit, not a probability
    EXPECT_TRUE(refuses({{-0.1, 0.5}, {0, 1}, {0, 1}}, {"row 0", "-0.1"}));

    Problem problem = problem_of(good);
    problem.objective.lambda = 1.5;
    EXPECT_TRUE(fails_with([&] { return method(name)->fit(problem); }, {"1.5"}));
    problem.objective = {};
    EXPECT_TRUE(fails_with([&] { return method(name)->fit(problem); }, {"measure"}));
  }
}

}  // namespace
}  // namespace posthoc::debias
