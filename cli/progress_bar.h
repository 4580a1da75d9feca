#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <ostream>
#include <string>

#include "base/progress.h"

namespace posthoc::cli {

/// Draws progress: on a terminal one line that is redrawn, with the time left; elsewhere a plain line at most every 10
/// seconds.
class ProgressBar final : public Progress {
 public:
  ProgressBar(std::ostream& out, bool terminal) : out_(out), terminal_(terminal) {}

  void begin(std::string_view stage, std::int64_t total) override;
  void advance(std::int64_t steps, std::string_view note) override;
  void end() override;

  /// Seconds that the stage still takes, by who knows better than the share that is done; until the next call.
  void estimate(double seconds_left);

 private:
  using Clock = std::chrono::steady_clock;

  void draw(Clock::time_point now);

  std::ostream& out_;
  const bool terminal_;
  std::mutex mutex_;
  std::string stage_;
  std::string note_;
  std::int64_t total_ = 0;
  std::int64_t done_ = 0;
  std::optional<double> estimate_;
  Clock::time_point start_;
  Clock::time_point drawn_;
  bool line_open_ = false;
};

/// True iff standard error is a terminal.
bool stderr_is_terminal();

}  // namespace posthoc::cli
