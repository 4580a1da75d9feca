#include "cuda_emulator/fibers.h"

#include <algorithm>
#include <new>
#include <sys/mman.h>

#ifdef POSTHOC_EMULATOR_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#define ADDRESS_SANITIZER(...) __VA_ARGS__
// A fiber that is abandoned after an error never frees what its frames hold.
extern "C" const char* __asan_default_options() { return "detect_leaks=0"; }
#else
#define ADDRESS_SANITIZER(...)
#endif

// This file and emulator.cpp are compiled without -fsanitize=thread also where the kernels are compiled with it: they
// are the machine, whose own accesses are no threads' accesses, and tell the sanitizer what threads there are.
#ifdef POSTHOC_EMULATOR_TSAN
extern "C" {
void* __tsan_get_current_fiber();
void* __tsan_create_fiber(unsigned flags);
void __tsan_destroy_fiber(void* fiber);
void __tsan_switch_to_fiber(void* fiber, unsigned flags);
void __tsan_acquire(void* tag);
void __tsan_release(void* tag);
void AnnotateIgnoreWritesBegin(const char* file, int line);
void AnnotateIgnoreWritesEnd(const char* file, int line);
}
#define THREAD_SANITIZER(...) __VA_ARGS__
// Its fibers make it wait for a second at the end, for threads that there are not.
extern "C" const char* __tsan_default_options() { return "halt_on_error=1 atexit_sleep_ms=0"; }
#else
#define THREAD_SANITIZER(...)
#endif

#ifndef __x86_64__
#error "the emulator switches stacks by hand; write switch_stacks for this processor"
#endif

// Saves the registers that a called function has to keep, changes stacks, and goes on where that stack was left.
extern "C" void posthoc_switch_stacks(void** save, void* load);
asm(R"(
.text
.globl posthoc_switch_stacks
.type posthoc_switch_stacks,@function
posthoc_switch_stacks:
  push %rbp
  push %rbx
  push %r12
  push %r13
  push %r14
  push %r15
  mov %rsp,(%rdi)
  mov %rsi,%rsp
  pop %r15
  pop %r14
  pop %r13
  pop %r12
  pop %rbx
  pop %rbp
  ret
.size posthoc_switch_stacks,.-posthoc_switch_stacks
)");

namespace posthoc::emulator {
namespace {

constexpr std::size_t kStack = 128 * 1024;
constexpr std::size_t kGuard = 4096;
constexpr unsigned kSets = 2;
[[maybe_unused]] constexpr unsigned kOrdersNothing = 1;  // __tsan_switch_to_fiber_no_sync

}  // namespace

void Fibers::reserve(unsigned count) {
  if (count <= reserved_) return;
  if (stacks_ != nullptr) munmap(stacks_, std::size_t{reserved_} * kSets * (kStack + kGuard));
  const std::size_t bytes = std::size_t{count} * kSets * (kStack + kGuard);
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  stacks_ = static_cast<char*>(memory);
  for (unsigned i = 0; i < count * kSets; ++i) mprotect(stacks_ + i * (kStack + kGuard), kGuard, PROT_NONE);
  reserved_ = count;
  fibers_.resize(count);
}

void Fibers::prepare(unsigned index, unsigned set, void (*entry)()) {
  Fiber& fiber = fibers_[index];
  // Each set has stacks of its own, too: what two threads keep on one stack would look like a race.
  fiber.stack = stacks_ + (std::size_t{index} * kSets + set) * (kStack + kGuard) + kGuard;
  fiber.fake_stack = nullptr;
  void** top = reinterpret_cast<void**>(fiber.stack + kStack);
  top[-1] = nullptr;  // where `entry` would return to
  top[-2] = reinterpret_cast<void*>(entry);
  std::fill(top - 8, top - 2, nullptr);  // the six registers
  fiber.stack_pointer = top - 8;
  THREAD_SANITIZER({
    std::vector<void*>& pool = threads_[set];
    if (pool.size() <= index) pool.resize(index + 1, nullptr);
    if (pool[index] == nullptr) pool[index] = __tsan_create_fiber(0);
    fiber.thread = pool[index];
    host_.thread = __tsan_get_current_fiber();
  })
}

void Fibers::resume(unsigned index) {
  Fiber& fiber = fibers_[index];
  running_ = index;
  ADDRESS_SANITIZER(__sanitizer_start_switch_fiber(&host_.fake_stack, fiber.stack, kStack);)
  THREAD_SANITIZER(__tsan_switch_to_fiber(fiber.thread, kOrdersNothing);)
  posthoc_switch_stacks(&host_.stack_pointer, fiber.stack_pointer);
  ADDRESS_SANITIZER(__sanitizer_finish_switch_fiber(host_.fake_stack, nullptr, nullptr);)
}

void Fibers::entered() { ADDRESS_SANITIZER(__sanitizer_finish_switch_fiber(nullptr, &host_stack_, &host_stack_size_);) }

void Fibers::leave([[maybe_unused]] bool last) {
  Fiber& fiber = fibers_[running_];
  THREAD_SANITIZER(__tsan_switch_to_fiber(host_.thread, kOrdersNothing);)
  ADDRESS_SANITIZER(__sanitizer_start_switch_fiber(last ? nullptr : &fiber.fake_stack, host_stack_, host_stack_size_);)
  posthoc_switch_stacks(&fiber.stack_pointer, host_.stack_pointer);
  ADDRESS_SANITIZER(__sanitizer_finish_switch_fiber(fiber.fake_stack, &host_stack_, &host_stack_size_);)
}

void Fibers::abandon() {
  ADDRESS_SANITIZER(for (Fiber& fiber
                         : fibers_) {
    if (fiber.stack != nullptr) __asan_unpoison_memory_region(fiber.stack, kStack);
  })
  THREAD_SANITIZER({
    for (std::vector<void*>& pool : threads_) {
      for (void* thread : pool) {
        if (thread == nullptr) continue;
        __tsan_switch_to_fiber(thread, 0);  // ordered after all that it did, so that its memory may be used again
        __tsan_switch_to_fiber(host_.thread, 0);
        __tsan_destroy_fiber(thread);
      }
      pool.clear();
    }
  })
}

void happens_before([[maybe_unused]] void* tag) { THREAD_SANITIZER(__tsan_release(tag);) }
void happens_after([[maybe_unused]] void* tag) { THREAD_SANITIZER(__tsan_acquire(tag);) }

IgnoreWrites::IgnoreWrites() { THREAD_SANITIZER(AnnotateIgnoreWritesBegin(__FILE__, __LINE__);) }
IgnoreWrites::~IgnoreWrites() { THREAD_SANITIZER(AnnotateIgnoreWritesEnd(__FILE__, __LINE__);) }

void forbid([[maybe_unused]] void* begin, [[maybe_unused]] std::size_t bytes) {
  ADDRESS_SANITIZER(__asan_poison_memory_region(begin, bytes);)
}
void permit([[maybe_unused]] void* begin, [[maybe_unused]] std::size_t bytes) {
  ADDRESS_SANITIZER(__asan_unpoison_memory_region(begin, bytes);)
}

}  // namespace posthoc::emulator
