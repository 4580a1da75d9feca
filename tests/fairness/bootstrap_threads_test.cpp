#include <gtest/gtest.h>

#include "base/threads.h"
#include "fairness/bootstrap_difference.h"
#include "fairness/bootstrap_search.h"
#include "support/outcome_rows.h"

namespace posthoc::fairness {
namespace {

void add_ends(const Interval& interval, std::vector<double>& ends) {
  EXPECT_TRUE(interval.defined()) << interval.reason;
  ends.push_back(interval.low);
  ends.push_back(interval.high);
}

std::vector<double> all_ends(const Rows& rows, const Rows& other) {
  std::vector<double> ends;
  for (const auto method : {IntervalMethod::percentile, IntervalMethod::bca}) {
    const BootstrapOptions options{.resamples = 200, .method = method, .seed = 9};
    for (const auto& of : bootstrap(rows.outcomes(), 0.5, options)) add_ends(of.interval, ends);
    for (const auto& of : bootstrap_difference(rows.outcomes(), 0.5, rows.outcomes(), 0.4, options)) {
      add_ends(of.interval, ends);
      add_ends(of.distance_interval, ends);
    }
  }
  const BootstrapOptions options{.resamples = 200, .seed = 9};
  const auto search = bootstrap_search(other.outcomes(), rows.outcomes(), make_objective("spd"), {}, options);
  add_ends(search.threshold_interval, ends);
  for (const auto& of : search.measures) add_ends(of.interval, ends);
  return ends;
}

TEST(BootstrapThreads, IntervalsAreTheSameBitsForAnyNumberOfThreads) {
  std::mt19937_64 random(2);
  const Rows rows = mixed_rows(random, 300, 50, 2);
  const Rows other = mixed_rows(random, 250, 50, 2);
  const int before = threads();
  set_threads(1);
  const std::vector<double> expected = all_ends(rows, other);
  for (const int count : {2, 3, 8}) {
    set_threads(count);
    EXPECT_EQ(all_ends(rows, other), expected) << count << " threads";
  }
  set_threads(before);
}

}  // namespace
}  // namespace posthoc::fairness
