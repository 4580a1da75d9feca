#include "base/threads.h"

#include <atomic>
#include <gtest/gtest.h>
#include <thread>
#include <vector>

#include "base/error.h"
#include "support/restore_threads.h"

namespace posthoc {
namespace {

TEST(Threads, EveryIndexRunsOnceForAnyNumberOfThreads) {
  const posthoc::testing::RestoreThreads restore;
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
}

TEST(Threads, ATaskBesideOthersStartsNoMoreThreads) {
  const posthoc::testing::RestoreThreads restore;
  set_threads(3);
  std::atomic<int> inner{0};
  parallel_for(6, [&](std::int64_t, int) {
    const auto mine = std::this_thread::get_id();
    parallel_for(5, [&](std::int64_t, int worker) {
      EXPECT_EQ(worker, 0);
      EXPECT_EQ(std::this_thread::get_id(), mine);
      ++inner;
    });
  });
  EXPECT_EQ(inner.load(), 30);

  // A task that is alone has all threads for its own, and so has the caller afterwards.
  std::atomic<int> at_once{0};
  const auto until_three_meet = [&](std::int64_t, int) {
    ++at_once;
    while (at_once.load() < 3) std::this_thread::yield();
  };
  parallel_for(1, [&](std::int64_t, int) { parallel_for(3, until_three_meet); });
  EXPECT_EQ(at_once.load(), 3);
  at_once = 0;
  parallel_for(3, until_three_meet);
  EXPECT_EQ(at_once.load(), 3);
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
