#pragma once

#include <atomic>
#include <cstdint>
#include <string_view>

#include "base/error.h"
#include "base/progress.h"

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

}  // namespace posthoc::debias
