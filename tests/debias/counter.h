#pragma once

#include <atomic>
#include <cstdint>
#include <gtest/gtest.h>
#include <string_view>

#include "base/error.h"
#include "base/progress.h"
#include "debias/method.h"

namespace posthoc::debias {

/// Counts steps and says stop at one of them and all after it, so that each worker takes at most one more. Never stops
/// for `stop_at` 0.
class Counter final : public Progress {
 public:
  explicit Counter(std::int64_t stop_at) : stop_at_(stop_at) {}
  void begin(std::string_view /*stage*/, std::int64_t total) override { total_ = total; }
  void advance(std::int64_t steps, std::string_view /*note*/) override {
    if ((done_ += steps) >= stop_at_ && stop_at_ > 0) throw Cancelled();
  }
  void end() override {}

  [[nodiscard]] std::int64_t done() const { return done_; }
  [[nodiscard]] std::int64_t total() const { return total_; }

 private:
  std::int64_t stop_at_;
  std::int64_t total_ = 0;
  std::atomic<std::int64_t> done_ = 0;
};

/// A method that runs on `workers` threads reports `total` steps, and stops when it is told to.
inline void expect_reports_and_stops(const Method& method, Problem problem, std::int64_t total, int workers) {
  Counter counter(0);
  problem.progress = &counter;
  EXPECT_EQ(method.fit(problem).trace.size(), static_cast<std::size_t>(total));
  EXPECT_EQ(counter.total(), total);
  EXPECT_EQ(counter.done(), total);

  Counter cancelling(4);
  problem.progress = &cancelling;
  EXPECT_THROW(static_cast<void>(method.fit(problem)), Cancelled);
  EXPECT_LT(cancelling.done(), 4 + workers);
}

}  // namespace posthoc::debias
