#pragma once

#include <cstddef>

namespace posthoc {

/// A block of the host's memory from where tensors get theirs, which costs a few nanoseconds (CachingAllocator).
void* allocate_host_block(std::size_t bytes);
void deallocate_host_block(void* block, std::size_t bytes) noexcept;

/// The same for std::allocate_shared and for containers of what is made and dropped as often as tensors are.
template <typename T>
struct HostBlocks {
  using value_type = T;

  HostBlocks() = default;
  template <typename U>
  explicit(false) HostBlocks(const HostBlocks<U>& /*other*/) {}

  T* allocate(std::size_t n) { return static_cast<T*>(allocate_host_block(n * sizeof(T))); }
  void deallocate(T* block, std::size_t n) noexcept { deallocate_host_block(block, n * sizeof(T)); }

  friend bool operator==(const HostBlocks&, const HostBlocks&) { return true; }
};

}  // namespace posthoc
