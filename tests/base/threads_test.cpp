#include "base/threads.h"

#include <atomic>
#include <gtest/gtest.h>
#include <vector>

#include "base/error.h"

namespace posthoc {
namespace {

TEST(Threads, EveryIndexRunsOnceForAnyNumberOfThreads) {
  const int before = threads();
  for (const int workers : {1, 2, 3, 8}) {
    set_threads(workers);
    for (const std::int64_t count : {0, 1, 2, 7, 100}) {
      std::vector<std::atomic<int>> seen(static_cast<std::size_t>(count));
      parallel_for(count, [&](std::int64_t i, int worker) {
        EXPECT_GE(worker, 0);
        EXPECT_LT(worker, workers);
        ++seen[static_cast<std::size_t>(i)];
      });
      for (const auto& times : seen) EXPECT_EQ(times.load(), 1);
    }
  }
  set_threads(before);
}

TEST(Threads, RethrowsTheFirstExceptionAndStops) {
  EXPECT_THROW(parallel_for(1000,
                            [](std::int64_t i, int) {
                              if (i == 3) fail("task {} failed", i);
                            }),
               Error);
}

TEST(Threads, RejectsZeroThreads) { EXPECT_THROW(set_threads(0), Error); }

}  // namespace
}  // namespace posthoc
