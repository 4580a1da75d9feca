#include "tensor/allocator.h"

#include <cstdlib>
#include <gtest/gtest.h>

#include "support/expect_error.h"

namespace posthoc {
namespace {

using testing::fails_with;

// A system with a limited amount of memory.
class SmallSystem final : public CachingAllocator {
 public:
  explicit SmallSystem(std::size_t capacity) : free_(capacity) {}
  SmallSystem(const SmallSystem&) = delete;
  SmallSystem& operator=(const SmallSystem&) = delete;
  ~SmallSystem() override { release_cache(); }

  std::int64_t held = 0;  // blocks that the system has given out

 protected:
  void* system_allocate(std::size_t bytes) override {
    if (bytes > free_) return nullptr;
    auto* block = static_cast<std::size_t*>(std::aligned_alloc(64, bytes));
    block[0] = bytes;
    free_ -= bytes;
    ++held;
    return block;
  }
  void system_free(void* block) noexcept override {
    free_ += *static_cast<std::size_t*>(block);
    --held;
    std::free(block);
  }

 private:
  std::size_t free_;
};

TEST(Allocator, SizeClassesWasteAtMostAnEighth) {
  std::size_t before = 0;
  for (std::size_t bytes = 1; bytes < 200000; bytes += 1 + bytes / 100) {
    const std::size_t size = CachingAllocator::size_class(bytes);
    EXPECT_GE(size, bytes);
    EXPECT_LE(size, std::max(bytes + 64, bytes + bytes / 8)) << bytes;
    EXPECT_EQ(size % 64, 0U);
    EXPECT_EQ(CachingAllocator::size_class(size), size) << "a class contains its own bound";
    EXPECT_GE(size, before);
    before = size;
  }
}

TEST(Allocator, HandsAReturnedBlockOutAgain) {
  SmallSystem system(1 << 20);
  void* first = system.allocate(1000);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(first) % 64, 0U);
  EXPECT_EQ(system.stats().live_bytes, 1024);
  system.deallocate(first, 1000);
  EXPECT_EQ(system.stats().live_bytes, 0);
  EXPECT_EQ(system.stats().cached_bytes, 1024);
  void* second = system.allocate(1010);
  EXPECT_EQ(second, first);
  EXPECT_EQ(system.stats().system_allocations, 1);
  EXPECT_EQ(system.stats().requests, 2);
  EXPECT_EQ(system.stats().cached_bytes, 0);
  void* other = system.allocate(1010);
  EXPECT_NE(other, second);
  system.deallocate(second, 1010);
  system.deallocate(other, 1010);
  system.release_cache();
  EXPECT_EQ(system.held, 0);
  EXPECT_EQ(system.stats().cached_bytes, 0);
}

TEST(Allocator, NothingIsANullPointer) {
  SmallSystem system(1 << 20);
  EXPECT_EQ(system.allocate(0), nullptr);
  system.deallocate(nullptr, 0);
  EXPECT_EQ(system.stats().requests, 0);
}

TEST(Allocator, GivesItsCacheBackBeforeItSaysThatMemoryIsOut) {
  SmallSystem system(4096);
  system.deallocate(system.allocate(2048), 2048);
  void* large = system.allocate(4096);  // fits only once the cached block is gone
  EXPECT_EQ(system.held, 1);
  EXPECT_TRUE(fails_with([&] { system.allocate(64); }, {"out of memory: 64 bytes were asked for"}));
  EXPECT_EQ(system.stats().live_bytes, 4096);
  system.deallocate(large, 4096);
}

}  // namespace
}  // namespace posthoc
