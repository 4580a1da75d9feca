#pragma once

#include "tensor/allocator.h"

namespace posthoc::cpu {

/// The host's memory. A step of training makes and drops some hundred small tensors, so a thread keeps the small blocks
/// that it gives back for its own next requests, without a lock. Larger blocks, and those of which a thread has enough,
/// go through the cache that all threads share; so do a thread's blocks when it ends.
class HostAllocator final : public CachingAllocator {
 public:
  void* allocate(std::size_t bytes) override;
  void deallocate(void* block, std::size_t bytes) noexcept override;
  /// What other threads keep stays with them.
  void release_cache() noexcept override;
  [[nodiscard]] AllocatorStats stats() const override;

 protected:
  void* system_allocate(std::size_t bytes) override;
  void system_free(void* block) noexcept override;
};

/// Never destroyed: tensors with static lifetime may give blocks back after the end of main.
HostAllocator& host_allocator();

}  // namespace posthoc::cpu
