#pragma once

// Fibers that run by turns on one thread of the host, and what the sanitizers have to be told of them.

#include <cstddef>
#include <functional>
#include <vector>

namespace posthoc::emulator {

/// Up to 1024 fibers, each with a stack of its own above a guard page, and the host that resumes them.
///
/// There are two sets, for blocks with an even and an odd number. To the thread sanitizer every fiber is a thread, and
/// switching between fibers orders nothing: memory is ordered only where `happens_before` and `happens_after` meet on
/// one tag. Within a launch the sets never meet, so a race between neighbouring blocks is seen as one.
class Fibers {
 public:
  /// Stacks for `count` fibers; those of before must have ended.
  void reserve(unsigned count);

  /// Makes fiber `index` ready to call `entry` from the beginning, in the given set.
  void prepare(unsigned index, unsigned set, void (*entry)());

  /// From the host: runs the fiber until it leaves.
  void resume(unsigned index);

  /// The first thing that a fiber calls.
  void entered();
  /// From the fiber that runs: back to the host; for the last time, if it will not be resumed.
  void leave(bool last);

  /// After an error: forgets fibers in the middle of what they do.
  void abandon();

 private:
  struct Fiber {
    void* stack_pointer = nullptr;
    char* stack = nullptr;
    void* thread = nullptr;      // the thread sanitizer's
    void* fake_stack = nullptr;  // the address sanitizer's
  };
  std::vector<Fiber> fibers_;
  std::vector<void*> threads_[2];  // the thread sanitizer's fibers are kept: making one takes a millisecond
  unsigned running_ = 0;
  char* stacks_ = nullptr;
  unsigned reserved_ = 0;
  Fiber host_;
  const void* host_stack_ = nullptr;
  std::size_t host_stack_size_ = 0;
};

// What the thread sanitizer is told; nothing in other builds.

/// All that this fiber or the host did until now comes before what others do after `happens_after` on this tag.
void happens_before(void* tag);
void happens_after(void* tag);

/// While it lives, writes are of no interest: memory is made or thrown away between blocks.
class IgnoreWrites {
 public:
  IgnoreWrites();
  ~IgnoreWrites();
  IgnoreWrites(const IgnoreWrites&) = delete;
  IgnoreWrites& operator=(const IgnoreWrites&) = delete;
};

/// For the address sanitizer: nobody may touch these bytes until they are released again.
void forbid(void* begin, std::size_t bytes);
void permit(void* begin, std::size_t bytes);

}  // namespace posthoc::emulator
