#include "cli/progress_bar.h"

#include <algorithm>
#include <fmt/core.h>
#include <unistd.h>

namespace posthoc::cli {
namespace {

constexpr auto kRedraw = std::chrono::milliseconds(100);
constexpr auto kPlainLine = std::chrono::seconds(10);

}  // namespace

void ProgressBar::begin(std::string_view stage, std::int64_t total) {
  const std::lock_guard lock(mutex_);
  stage_ = stage;
  note_.clear();
  total_ = std::max<std::int64_t>(total, 1);
  done_ = 0;
  estimate_.reset();
  start_ = drawn_ = Clock::now();
}

void ProgressBar::advance(std::int64_t steps, std::string_view note) {
  const std::lock_guard lock(mutex_);
  done_ += steps;
  note_ = note;
  const auto now = Clock::now();
  if (now - drawn_ >= (terminal_ ? Clock::duration(kRedraw) : Clock::duration(kPlainLine))) draw(now);
}

void ProgressBar::estimate(double seconds_left) {
  const std::lock_guard lock(mutex_);
  estimate_ = seconds_left;
}

void ProgressBar::draw(Clock::time_point now) {
  drawn_ = now;
  const double seconds = std::chrono::duration<double>(now - start_).count();
  const double left =
      seconds / static_cast<double>(std::max<std::int64_t>(done_, 1)) * static_cast<double>(total_ - done_);
  std::string line = estimate_ ? fmt::format("{} {}/{}, about {:.0f} s left", stage_, done_, total_, *estimate_)
                               : fmt::format("{} {}/{}, at most {:.0f} s left", stage_, done_, total_, left);
  if (!note_.empty()) line += ", " + note_;
  if (terminal_) {
    constexpr std::int64_t kWidth = 24;
    const auto filled = static_cast<std::size_t>(std::min(done_, total_) * kWidth / total_);
    const std::string bar = std::string(filled, '#') + std::string(static_cast<std::size_t>(kWidth) - filled, '.');
    out_ << "\r\x1b[K[" << bar << "] " << line << std::flush;
    line_open_ = true;
  } else {
    out_ << line << std::endl;
  }
}

void ProgressBar::end() {
  const std::lock_guard lock(mutex_);
  if (line_open_) out_ << "\r\x1b[K" << std::flush;
  line_open_ = false;
}

bool stderr_is_terminal() { return isatty(STDERR_FILENO) == 1; }

}  // namespace posthoc::cli
