#include <bit>
#include <cstdint>
#include <gtest/gtest.h>

#include "base/threads.h"
#include "fairness/bootstrap_difference.h"
#include "fairness/bootstrap_search.h"
#include "support/outcome_rows.h"
#include "support/restore_threads.h"

namespace posthoc::fairness {
namespace {

// An end as its bits, so that the absent ends of an undefined interval are equal too.
using Ends = std::vector<std::uint64_t>;

void add_ends(const Interval& interval, Ends& ends) {
  ends.push_back(std::bit_cast<std::uint64_t>(interval.low));
  ends.push_back(std::bit_cast<std::uint64_t>(interval.high));
  ends.push_back(static_cast<std::uint64_t>(interval.undefined));
}

Ends all_ends(const Rows& rows, const Rows& other) {
  Ends ends;
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
  const posthoc::testing::RestoreThreads restore;
  set_threads(1);
  std::size_t defined = 0;
  const auto intervals = bootstrap(rows.outcomes(), 0.5, {.resamples = 200});
  for (const auto& of : intervals) defined += of.interval.defined() ? 1 : 0;
  ASSERT_GT(defined, intervals.size() / 2);  // there is something to compare
  const Ends expected = all_ends(rows, other);
  for (const int count : {2, 3, 8}) {
    set_threads(count);
    EXPECT_EQ(all_ends(rows, other), expected) << count << " threads";
  }
}

}  // namespace
}  // namespace posthoc::fairness
