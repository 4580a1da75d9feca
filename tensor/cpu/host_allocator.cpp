#include "tensor/cpu/host_allocator.h"

#include <algorithm>
#include <atomic>
#include <cstdlib>

#include "tensor/cpu/host_memory.h"
#include "tensor/host_blocks.h"

namespace posthoc::cpu {
namespace {

constexpr std::size_t kLargestKept = 256 << 10;            // bytes of a block
constexpr std::int64_t kMostKept = std::int64_t{8} << 20;  // bytes of a thread's blocks together

// The blocks that one thread keeps: a list for each size class, linked through the blocks' first words.
class ThreadBlocks {
 public:
  ThreadBlocks();
  ThreadBlocks(const ThreadBlocks&) = delete;
  ThreadBlocks& operator=(const ThreadBlocks&) = delete;
  ~ThreadBlocks();

  /// nullptr where there is none of the size class.
  void* take(std::size_t size) {
    List& list = lists_[CachingAllocator::bin(size)];
    Link* const block = list.first;
    if (block == nullptr) return nullptr;
    list.first = block->next;
    add(bytes_, -static_cast<std::int64_t>(size));
    add(taken_, 1);
    return block;
  }
  /// False where there are enough already.
  bool keep(void* block, std::size_t size) noexcept {
    if (bytes() + static_cast<std::int64_t>(size) > kMostKept) return false;
    List& list = lists_[CachingAllocator::bin(size)];
    list = {::new (block) Link{list.first}, size};
    add(bytes_, static_cast<std::int64_t>(size));
    return true;
  }
  /// Calls give_back(block, size) for each and has none any more.
  template <typename GiveBack>
  void empty(GiveBack give_back) noexcept {
    for (List& list : lists_) {
      while (list.first != nullptr) {
        Link* const block = list.first;
        list.first = block->next;
        give_back(block, list.size);
      }
    }
    bytes_.store(0, std::memory_order_relaxed);
  }

  [[nodiscard]] std::int64_t bytes() const { return bytes_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::int64_t taken() const { return taken_.load(std::memory_order_relaxed); }

 private:
  struct Link {
    Link* next;
  };
  struct List {
    Link* first = nullptr;
    std::size_t size = 0;
  };

  // The owner alone writes the counts, so no locked instruction is needed; others read them.
  static void add(std::atomic<std::int64_t>& count, std::int64_t change) {
    count.store(count.load(std::memory_order_relaxed) + change, std::memory_order_relaxed);
  }

  std::array<List, 80> lists_;  // by the number of the size class
  std::atomic<std::int64_t> bytes_{0};
  std::atomic<std::int64_t> taken_{0};
};

// Whose counts the statistics add up.
struct Threads {
  std::mutex mutex;
  std::vector<const ThreadBlocks*> running;
  std::int64_t taken_by_ended = 0;
};

Threads& threads() {
  static auto* const all = new Threads;  // never destroyed, as the allocator
  return *all;
}

thread_local ThreadBlocks* mine = nullptr;  // of this thread, once it has asked
thread_local bool ending = false;           // a thread may drop its last tensors after its blocks are gone

ThreadBlocks* first_blocks_of_this_thread() {
  if (ending) return nullptr;
  static thread_local ThreadBlocks blocks;
  return mine = &blocks;
}

// nullptr when the thread ends.
ThreadBlocks* blocks_of_this_thread() { return mine != nullptr ? mine : first_blocks_of_this_thread(); }

ThreadBlocks::ThreadBlocks() {
  const std::lock_guard lock(threads().mutex);
  threads().running.push_back(this);
}

ThreadBlocks::~ThreadBlocks() {
  ending = true;
  mine = nullptr;
  empty([](void* block, std::size_t size) { host_allocator().deallocate(block, size); });
  const std::lock_guard lock(threads().mutex);
  std::erase(threads().running, this);
  threads().taken_by_ended += taken();
}

}  // namespace

HostAllocator& host_allocator() {
  static auto* const instance = new HostAllocator;
  return *instance;
}

void* HostAllocator::allocate(std::size_t bytes) {
  if (bytes > 0 && bytes <= kLargestKept) {
    ThreadBlocks* const blocks = blocks_of_this_thread();
    void* const block = blocks != nullptr ? blocks->take(size_class(bytes)) : nullptr;
    if (block != nullptr) return block;
  }
  return CachingAllocator::allocate(bytes);
}

void HostAllocator::deallocate(void* block, std::size_t bytes) noexcept {
  if (block != nullptr && bytes <= kLargestKept) {
    ThreadBlocks* const blocks = blocks_of_this_thread();
    if (blocks != nullptr && blocks->keep(block, size_class(bytes))) return;
  }
  CachingAllocator::deallocate(block, bytes);
}

void HostAllocator::release_cache() noexcept {
  if (ThreadBlocks* const blocks = blocks_of_this_thread(); blocks != nullptr) {
    blocks->empty([this](void* block, std::size_t size) { CachingAllocator::deallocate(block, size); });
  }
  CachingAllocator::release_cache();
}

AllocatorStats HostAllocator::stats() const {
  const std::lock_guard lock(threads().mutex);
  AllocatorStats all = CachingAllocator::stats();
  all.requests += threads().taken_by_ended;
  for (const ThreadBlocks* blocks : threads().running) {
    all.requests += blocks->taken();
    all.live_bytes -= blocks->bytes();  // to the shared cache they are handed out
    all.cached_bytes += blocks->bytes();
  }
  return all;
}

// Size classes are multiples of 64, as host_memory asks.
void* HostAllocator::system_allocate(std::size_t bytes) { return host_memory(bytes); }
void HostAllocator::system_free(void* block) noexcept { std::free(block); }

}  // namespace posthoc::cpu

namespace posthoc {

void* allocate_host_block(std::size_t bytes) { return cpu::host_allocator().allocate(bytes); }
void deallocate_host_block(void* block, std::size_t bytes) noexcept { cpu::host_allocator().deallocate(block, bytes); }

}  // namespace posthoc
