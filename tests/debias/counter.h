#pragma once

#include <atomic>
#include <cstdint>
#include <string_view>

#include "base/error.h"
#include "base/progress.h"

namespace posthoc::debias {

/// Counts steps and, at one of them, says stop.
class Counter final : public Progress {
 public:
  explicit Counter(std::int64_t stop_at) : stop_at_(stop_at) {}
  void begin(std::string_view /*stage*/, std::int64_t total) override { total_ = total; }
  void advance(std::int64_t steps, std::string_view /*note*/) override {
    if ((done_ += steps) == stop_at_) throw Cancelled();
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
