#include <gtest/gtest.h>
#include <numeric>
#include <vector>

#include "cuda_emulator/orders.h"
#include "tensor/cuda/gpu_compat.cuh"

// What the emulator does with sound kernels. In the build with the thread sanitizer these are also the tests that it
// reports no race where there is none.

namespace posthoc::GPU_NS {
namespace {

// A sum over neighbours that goes through shared memory `rounds` times: each round reads what others wrote.
__global__ void neighbours(const int* in, int* out, int rounds) {
  GPU_SHARED(int, left, 96);
  GPU_SMEM_ARENA(arena);
  int* right = arena.take<int>(blockDim.x);
  const unsigned t = threadIdx.x;
  int value = in[blockIdx.x * blockDim.x + t];
  for (int round = 0; round < rounds; ++round) {
    left[t] = value;
    right[t] = value;
    __syncthreads();
    value = left[(t + blockDim.x - 1) % blockDim.x] + right[(t + 1) % blockDim.x];
    __syncthreads();
  }
  out[blockIdx.x * blockDim.x + t] = value;
}

__global__ void indices(unsigned* out) {
  const unsigned thread = (threadIdx.z * blockDim.y + threadIdx.y) * blockDim.x + threadIdx.x;
  const unsigned block = (blockIdx.z * gridDim.y + blockIdx.y) * gridDim.x + blockIdx.x;
  out[block * blockDim.x * blockDim.y * blockDim.z + thread] = block << 16 | thread;
}

struct WarpResults {
  int from_first, up, down, exclusive_or, segment;
  unsigned odd, same;
  int any, all;
  double wide;
};

__global__ void warp_operations(WarpResults* out) {
  const unsigned t = threadIdx.x;
  const unsigned lane = t % 32;
  const int value = static_cast<int>(t) * 10;
  WarpResults r{};
  r.from_first = __shfl_sync(~0U, value, 0);
  r.up = __shfl_up_sync(~0U, value, 3);
  r.down = __shfl_down_sync(~0U, value, 3);
  r.exclusive_or = __shfl_xor_sync(~0U, value, 5);
  r.segment = __shfl_sync(~0U, value, 1, 8);
  r.odd = __ballot_sync(~0U, static_cast<int>(lane & 1U));
  r.same = __match_any_sync(~0U, lane % 5);
  r.any = __any_sync(~0U, lane == 7);
  r.all = __all_sync(~0U, lane < 31);
  r.wide = __shfl_down_sync(~0U, static_cast<double>(t) + 0.5, 1);
  out[t] = r;
}

// Half warps that exchange by themselves: meetings with different masks order different lanes.
__global__ void half_warps(int* out) {
  GPU_SHARED(int, values, 64);
  const unsigned t = threadIdx.x;
  const unsigned half = t % 32 < 16 ? 0x0000FFFFU : 0xFFFF0000U;
  int value = static_cast<int>(t);
  for (int round = 0; round < 8; ++round) {
    values[t] = value;
    __syncwarp(half);
    const int next = values[(t & ~15U) | ((t + 1) & 15U)];
    __syncwarp(half);
    value += next + __shfl_xor_sync(half, value, 1);
  }
  out[t] = value;
}

__global__ void votes(int* out) {
  const int even = threadIdx.x % 2 == 0 ? 1 : 0;
  const int count = __syncthreads_count(even);
  const int some = __syncthreads_or(threadIdx.x == 3);
  const int every = __syncthreads_and(threadIdx.x < 1000);
  const int not_every = __syncthreads_and(even);
  out[threadIdx.x] = count * 1000 + some * 100 + every * 10 + not_every;
}

__global__ void atomics(unsigned* sum, unsigned* lowest, unsigned* highest, unsigned* tickets) {
  GPU_SHARED(unsigned, inside, 1);
  if (threadIdx.x == 0) inside[0] = 0;
  __syncthreads();
  const unsigned id = blockIdx.x * blockDim.x + threadIdx.x;
  atomicAdd(&inside[0], id);
  atomicMin(lowest, id);
  atomicMax(highest, id);
  tickets[atomicAdd(tickets + gridDim.x * blockDim.x, 1U)] = id;
  __syncthreads();
  if (threadIdx.x == 0) atomicAdd(sum, inside[0]);
}

using testing::in_all_orders;

TEST(Emulator, BarriersLetThreadsSeeWhatOthersWrote) {
  constexpr unsigned kThreads = 96;
  std::vector<int> in(3 * kThreads);
  std::iota(in.begin(), in.end(), 1);
  std::vector<int> expected = in;
  for (int round = 0; round < 4; ++round) {
    const std::vector<int> before = expected;
    for (unsigned i = 0; i < expected.size(); ++i) {
      const unsigned block = i / kThreads * kThreads;
      expected[i] = before[block + (i + kThreads - 1) % kThreads] + before[block + (i + 1) % kThreads];
    }
  }
  in_all_orders([&] {
    std::vector<int> out(in.size(), -1);
    GPU_LAUNCH(neighbours, dim3(3), dim3(kThreads), smem_bytes(kThreads, sizeof(int)), nullptr, in.data(), out.data(),
               4);
    EXPECT_EQ(out, expected);
  });
}

TEST(Emulator, EveryThreadOfEveryBlockRunsOnce) {
  in_all_orders([&] {
    std::vector<unsigned> out(2 * 3 * 2 * 4 * 3 * 2, ~0U);
    GPU_LAUNCH(indices, dim3(2, 3, 2), dim3(4, 3, 2), 0, nullptr, out.data());
    for (unsigned i = 0; i < out.size(); ++i) EXPECT_EQ(out[i], i / 24 << 16 | i % 24);
  });
}

TEST(Emulator, WarpOperationsAreWhatCudaSays) {
  in_all_orders([&] {
    std::vector<WarpResults> out(64);
    GPU_LAUNCH(warp_operations, dim3(1), dim3(64), 0, nullptr, out.data());
    for (unsigned t = 0; t < 64; ++t) {
      SCOPED_TRACE(t);
      const unsigned lane = t % 32;
      const unsigned first = t - lane;
      const auto value = [](unsigned thread) { return static_cast<int>(thread) * 10; };
      EXPECT_EQ(out[t].from_first, value(first));
      EXPECT_EQ(out[t].up, value(lane < 3 ? t : t - 3));
      EXPECT_EQ(out[t].down, value(lane + 3 > 31 ? t : t + 3));
      EXPECT_EQ(out[t].exclusive_or, value(first + (lane ^ 5U)));
      EXPECT_EQ(out[t].segment, value(t / 8 * 8 + 1));
      EXPECT_EQ(out[t].odd, 0xAAAAAAAAU);
      unsigned same = 0;
      for (unsigned other = lane % 5; other < 32; other += 5) same |= 1U << other;
      EXPECT_EQ(out[t].same, same);
      EXPECT_EQ(out[t].any, 1);
      EXPECT_EQ(out[t].all, 0);
      EXPECT_EQ(out[t].wide, (lane == 31 ? t : t + 1) + 0.5);
    }
  });
}

TEST(Emulator, PartsOfAWarpMeetByThemselves) {
  std::vector<int> value(64);
  std::iota(value.begin(), value.end(), 0);
  for (int round = 0; round < 8; ++round) {
    const std::vector<int> before = value;
    for (unsigned t = 0; t < 64; ++t) value[t] += before[(t & ~15U) | ((t + 1) & 15U)] + before[t ^ 1U];
  }
  in_all_orders([&] {
    std::vector<int> out(64, -1);
    GPU_LAUNCH(half_warps, dim3(1), dim3(64), 0, nullptr, out.data());
    EXPECT_EQ(out, value);
  });
}

TEST(Emulator, BarriersCountVotes) {
  in_all_orders([&] {
    std::vector<int> out(40, -1);
    GPU_LAUNCH(votes, dim3(1), dim3(40), 0, nullptr, out.data());
    EXPECT_EQ(out, std::vector<int>(40, 20 * 1000 + 100 + 10));
  });
}

TEST(Emulator, AtomicsLoseNothing) {
  in_all_orders([&] {
    constexpr unsigned kAll = 3 * 64;
    unsigned sum = 0;
    unsigned lowest = ~0U;
    unsigned highest = 0;
    std::vector<unsigned> tickets(kAll + 1, 0);
    GPU_LAUNCH(atomics, dim3(3), dim3(64), 0, nullptr, &sum, &lowest, &highest, tickets.data());
    EXPECT_EQ(sum, kAll * (kAll - 1) / 2);
    EXPECT_EQ(lowest, 0U);
    EXPECT_EQ(highest, kAll - 1);
    EXPECT_EQ(tickets.back(), kAll);
    std::vector<bool> drawn(kAll, false);
    for (unsigned i = 0; i < kAll; ++i) drawn[tickets[i]] = true;
    EXPECT_EQ(std::count(drawn.begin(), drawn.end(), true), kAll);
  });
}

}  // namespace
}  // namespace posthoc::GPU_NS
