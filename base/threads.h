#pragma once

#include <cstdint>
#include <functional>

namespace posthoc {

/// Number of threads that `parallel_for` may use; all cores until `set_threads` is called.
int threads();

/// Sets the number of threads, at least 1 (throws `Error` otherwise). It never changes a result,
/// only its time.
void set_threads(int count);

/// Calls `task(index, worker)` once for each index in [0, count), each worker in [0, min(threads(),
/// count)) running one task at a time; indices are handed out in ascending order. A task must not
/// depend on the worker it runs on, which only names scratch space that no other running task uses.
/// Called from a task while other threads run tasks beside it, it runs its own on that thread alone, so
/// that there are never more threads than asked for. The first exception stops the hand-out and is rethrown.
void parallel_for(std::int64_t count, const std::function<void(std::int64_t index, int worker)>& task);

}  // namespace posthoc
