#include "tensor/allocator.h"

#include "base/error.h"

namespace posthoc {

void* CachingAllocator::allocate(std::size_t bytes) {
  if (bytes == 0) return nullptr;
  const std::size_t size = size_class(bytes);
  const std::lock_guard lock(mutex_);
  void* block = nullptr;
  std::vector<void*>& cached = free_[bin(size)];
  if (!cached.empty()) {
    block = cached.back();
    cached.pop_back();
    stats_.cached_bytes -= static_cast<std::int64_t>(size);
  } else {
    block = system_allocate(size);
    if (block == nullptr && stats_.cached_bytes > 0) {
      release_cache_locked();
      block = system_allocate(size);
    }
    require(block != nullptr, "out of memory: {} bytes were asked for on {}", bytes, memory());
    ++stats_.system_allocations;
  }
  ++stats_.requests;
  stats_.live_bytes += static_cast<std::int64_t>(size);
  return block;
}

void CachingAllocator::deallocate(void* block, std::size_t bytes) noexcept {
  if (block == nullptr) return;
  const std::size_t size = size_class(bytes);
  const std::lock_guard lock(mutex_);
  stats_.live_bytes -= static_cast<std::int64_t>(size);
  try {
    free_[bin(size)].push_back(block);
    stats_.cached_bytes += static_cast<std::int64_t>(size);
  } catch (...) {  // no memory even for the list: the block goes back to the system
    system_free(block);
  }
}

void CachingAllocator::release_cache() noexcept {
  const std::lock_guard lock(mutex_);
  release_cache_locked();
}

void CachingAllocator::release_cache_locked() noexcept {
  for (std::vector<void*>& blocks : free_) {
    for (void* block : blocks) system_free(block);
    blocks.clear();
  }
  stats_.cached_bytes = 0;
}

AllocatorStats CachingAllocator::stats() const {
  const std::lock_guard lock(mutex_);
  return stats_;
}

}  // namespace posthoc
