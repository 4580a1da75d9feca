#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

namespace posthoc {

/// What an allocator has done so far.
struct AllocatorStats {
  std::int64_t system_allocations = 0;  ///< times memory was asked of the system
  std::int64_t requests = 0;            ///< times a block was handed out
  std::int64_t live_bytes = 0;          ///< handed out and not yet returned, rounded up to size classes
  std::int64_t cached_bytes = 0;        ///< returned and kept for reuse
};

/// Keeps returned blocks by size class and hands them out again, so that a loop in its steady state asks the system
/// for nothing. Thread-safe. A backend derives the two calls to its system.
class CachingAllocator {
 public:
  CachingAllocator() = default;
  CachingAllocator(const CachingAllocator&) = delete;
  CachingAllocator& operator=(const CachingAllocator&) = delete;
  virtual ~CachingAllocator() = default;

  /// A block of at least `bytes` bytes, aligned to 64; nullptr for 0. Throws `Error` when the system has no more,
  /// not even after the cached blocks were given back.
  virtual void* allocate(std::size_t bytes);

  /// Takes back a block of `allocate(bytes)`; nullptr is ignored.
  virtual void deallocate(void* block, std::size_t bytes) noexcept;

  /// Gives the cached blocks back to the system. A derived allocator calls it in its destructor, if it has an end.
  virtual void release_cache() noexcept;

  [[nodiscard]] virtual AllocatorStats stats() const;

  /// The size class of a request, so that near sizes share blocks: larger by at most 64 bytes or an eighth.
  static std::size_t size_class(std::size_t bytes) {
    constexpr std::size_t kSmallest = 64;
    if (bytes <= kSmallest) return kSmallest;
    const std::size_t step = std::max(kSmallest, std::bit_floor(bytes - 1) / 8);  // a power of two
    return (bytes + step - 1) & ~(step - 1);
  }
  /// The number of a size class, from 0 up.
  static std::size_t bin(std::size_t size) {
    // Up to 512 the classes are 64 apart; above, those of (2^b, 2^(b + 1)] are 2^b / 8 apart, 9/8 to 16/8 times 2^b.
    if (size <= 512) return size / 64 - 1;
    const auto b = static_cast<std::size_t>(std::bit_width(size - 1)) - 1;
    return 8 * (b - 8) + (size >> (b - 3)) - 9;
  }

 protected:
  virtual void* system_allocate(std::size_t bytes) = 0;  // nullptr when there is no more
  virtual void system_free(void* block) noexcept = 0;
  [[nodiscard]] virtual std::string memory() const { return "the host"; }  // whose memory it is, for messages

 private:
  void release_cache_locked() noexcept;

  mutable std::mutex mutex_;
  std::array<std::vector<void*>, 8 * 64> free_;  // by the number of their size class
  AllocatorStats stats_;
};

}  // namespace posthoc
