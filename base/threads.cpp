#include "base/threads.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include "base/error.h"

namespace posthoc {
namespace {

std::atomic<int> g_threads{0};  // 0: not set, use every core

thread_local bool t_one_of_many = false;  // this thread runs a task, and others do beside it

// The number of threads for `count` tasks.
int workers_for(std::int64_t count) {
  return static_cast<int>(std::min<std::int64_t>(t_one_of_many ? 1 : threads(), count));
}

// For as long as a thread takes tasks.
class OneOfMany {
 public:
  explicit OneOfMany(int workers) : before_(t_one_of_many) { t_one_of_many = before_ || workers > 1; }
  OneOfMany(const OneOfMany&) = delete;
  OneOfMany& operator=(const OneOfMany&) = delete;
  ~OneOfMany() { t_one_of_many = before_; }

 private:
  bool before_;
};

}  // namespace

int threads() {
  const int set = g_threads.load();
  return set > 0 ? set : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

void set_threads(int count) {
  require(count >= 1, "set_threads: expected at least 1 thread, got {}", count);
  g_threads.store(count);
}

void parallel_for(std::int64_t count, const std::function<void(std::int64_t index, int worker)>& task) {
  const int workers = workers_for(count);
  std::atomic<std::int64_t> next{0};
  std::exception_ptr failure;
  std::mutex failure_mutex;
  const auto work = [&](int worker) {
    const OneOfMany one(workers);
    try {
      for (std::int64_t i = next.fetch_add(1); i < count; i = next.fetch_add(1)) task(i, worker);
    } catch (...) {
      next.store(count);
      const std::lock_guard lock(failure_mutex);
      if (!failure) failure = std::current_exception();
    }
  };
  {
    std::vector<std::jthread> helpers;
    for (int worker = 1; worker < workers; ++worker) helpers.emplace_back(work, worker);
    if (workers > 0) work(0);
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace posthoc
