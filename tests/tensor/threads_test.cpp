#include <filesystem>
#include <gtest/gtest.h>
#include <thread>
#include <vector>

#include "tensor/backend.h"
#include "tensor/cpu/blas_threads.h"
#include "tensor/ops.h"
#include "tensor/random.h"

namespace posthoc {
namespace {

constexpr int kThreads = 4;

template <typename Work>
void on_threads(Work work) {
  std::vector<std::jthread> threads;
  for (int t = 0; t < kThreads; ++t) threads.emplace_back(work, t);
}

TEST(TensorThreads, BlocksAreNeverHandedOutTwice) {
  const std::int64_t live = backend(Device::cpu()).allocator().stats().live_bytes;
  on_threads([](int t) {
    for (int round = 0; round < 500; ++round) {
      std::vector<Tensor> held;
      for (std::int64_t size = 1; size < 300; size += 37) held.push_back(Tensor::full({size}, t));
      for (const Tensor& tensor : held) {
        for (const float value : tensor.values<float>()) ASSERT_EQ(value, static_cast<float>(t));
      }
    }
  });
  EXPECT_EQ(backend(Device::cpu()).allocator().stats().live_bytes, live);
}

TEST(TensorThreads, ABlockMayEndOnAnotherThreadThanItsOwn) {
  const AllocatorStats before = backend(Device::cpu()).allocator().stats();
  std::vector<std::vector<Tensor>> made(kThreads);
  on_threads([&](int t) {
    for (int i = 0; i < 100; ++i) made[static_cast<std::size_t>(t)].push_back(Tensor::full({50 + i}, t));
  });
  on_threads([&](int t) {  // each drops its neighbour's, and makes more of what came
    made[static_cast<std::size_t>((t + 1) % kThreads)].clear();
    for (int i = 0; i < 100; ++i) EXPECT_EQ(Tensor::full({50 + i}, t).values<float>()[49], static_cast<float>(t));
  });
  const AllocatorStats after = backend(Device::cpu()).allocator().stats();
  EXPECT_EQ(after.live_bytes, before.live_bytes);
  EXPECT_EQ(after.requests, before.requests + 2 * 100 * kThreads);
}

TEST(TensorThreads, AThreadThatEndsLeavesItsBlocksToOthers) {
  const auto work = [](int) { static_cast<void>(Tensor::full({1000}, 1.0)); };
  on_threads(work);
  const std::int64_t before = backend(Device::cpu()).allocator().stats().system_allocations;
  for (int round = 0; round < 10; ++round) std::jthread(work, 0).join();
  EXPECT_EQ(backend(Device::cpu()).allocator().stats().system_allocations, before);
}

TEST(TensorThreads, ReleasingTheCacheReleasesTheThreadsOwnBlocks) {
  std::jthread([] {
    CachingAllocator& allocator = backend(Device::cpu()).allocator();
    allocator.release_cache();
    const std::int64_t of_others = allocator.stats().cached_bytes;
    {
      std::vector<Tensor> held;  // 16 MiB together: more than a thread keeps
      for (int i = 0; i < 1000; ++i) held.push_back(Tensor::full({4096}, 1.0));
    }
    EXPECT_GE(allocator.stats().cached_bytes, of_others + 1000 * 4 * 4096);
    allocator.release_cache();
    EXPECT_EQ(allocator.stats().cached_bytes, of_others);
  }).join();
}

TEST(TensorThreads, ProductsNeedNoneOfBlasOwn) {
  const auto product = [] {
    const Tensor a = random_normal({80, 90}, {1, 2, 3}, Dtype::float64);
    return matmul(a, random_normal({90, 70}, {4, 5, 6}, Dtype::float64)).to_vector();
  };
  const std::filesystem::path all = "/proc/self/task";
  const auto running = [&] {  // 0 on a system that does not list a process's threads
    return std::filesystem::exists(all) ? std::distance(std::filesystem::directory_iterator(all), {}) : 0;
  };
  const std::vector<double> expected = product();
  const auto before = running();
  cpu::end_blas_threads();
  const auto after = running();
  EXPECT_LE(after, before);
  cpu::end_blas_threads();
  EXPECT_EQ(product(), expected);
  EXPECT_EQ(running(), after) << "a product starts none";
}

TEST(TensorThreads, ProductsAndDrawsAreTheSameBitsOnEveryThread) {
  const auto compute = [] {
    const Tensor a = random_normal({64, 98}, {1, 2, 3});
    const Tensor b = random_normal({98, 32}, {4, 5, 6});
    return matmul(a, b).to_vector();
  };
  const std::vector<double> expected = compute();
  std::vector<std::vector<double>> results(kThreads);
  on_threads([&](int t) {
    for (int round = 0; round < 20; ++round) results[static_cast<std::size_t>(t)] = compute();
  });
  for (const auto& result : results) EXPECT_EQ(result, expected);
}

}  // namespace
}  // namespace posthoc
