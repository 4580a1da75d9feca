#pragma once

#include "base/threads.h"

namespace posthoc::testing {

/// Sets the number of threads back when it goes, however its test ends.
class RestoreThreads {
 public:
  RestoreThreads() = default;
  RestoreThreads(const RestoreThreads&) = delete;
  RestoreThreads& operator=(const RestoreThreads&) = delete;
  ~RestoreThreads() { set_threads(before_); }

 private:
  int before_ = threads();
};

}  // namespace posthoc::testing
