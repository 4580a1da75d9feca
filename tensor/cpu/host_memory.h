#pragma once

#include <cstddef>
#include <cstdlib>
#include <sys/mman.h>

namespace posthoc::cpu {

/// Memory of the system, aligned to 64 bytes at least; nullptr when there is no more. `bytes` is a multiple of 64. To
/// be given back by std::free.
///
/// Blocks of 16 MiB and more ask for pages of 2 MiB, where the system has them: a fraction of the page faults, and of
/// the misses where rows are taken in a random order.
inline void* host_memory(std::size_t bytes) {
  constexpr std::size_t kPage = std::size_t{1} << 21;
  if (bytes < 8 * kPage) return std::aligned_alloc(64, bytes);
  const std::size_t whole = (bytes + kPage - 1) / kPage * kPage;
  void* block = std::aligned_alloc(kPage, whole);
#ifdef MADV_HUGEPAGE
  if (block != nullptr) static_cast<void>(madvise(block, whole, MADV_HUGEPAGE));  // small pages serve as well
#endif
  return block;
}

}  // namespace posthoc::cpu
