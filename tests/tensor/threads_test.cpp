#include <gtest/gtest.h>
#include <thread>
#include <vector>

#include "tensor/backend.h"
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
