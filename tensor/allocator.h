#pragma once

#include <array>
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
  void* allocate(std::size_t bytes);

  /// Takes back a block of `allocate(bytes)`; nullptr is ignored.
  void deallocate(void* block, std::size_t bytes) noexcept;

  /// Gives the cached blocks back to the system. A derived allocator calls it in its destructor, if it has an end.
  void release_cache() noexcept;

  [[nodiscard]] AllocatorStats stats() const;

  /// The size class of a request, so that near sizes share blocks: larger by at most 64 bytes or an eighth.
  static std::size_t size_class(std::size_t bytes);

 protected:
  virtual void* system_allocate(std::size_t bytes) = 0;  // nullptr when there is no more
  virtual void system_free(void* block) noexcept = 0;
  [[nodiscard]] virtual std::string memory() const { return "the host"; }  // whose memory it is, for messages

 private:
  void release_cache_locked() noexcept;

  mutable std::mutex mutex_;
  // Which of the lists below holds the blocks of a size class.
  static std::size_t bin(std::size_t size);

  std::array<std::vector<void*>, 8 * 64> free_;  // eight classes to a power of two
  AllocatorStats stats_;
};

}  // namespace posthoc
