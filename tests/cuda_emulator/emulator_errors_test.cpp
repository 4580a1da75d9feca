#include <functional>
#include <gtest/gtest.h>
#include <string>

#include "cuda_emulator/orders.h"
#include "tensor/cuda/gpu_compat.cuh"

// What a device leaves undefined, or hangs on, is an error in every order of threads, and the error says where.

namespace posthoc::GPU_NS {
namespace {

enum class Mistake {
  divergent_barrier,
  barrier_after_return,
  different_barriers,
  not_in_mask,
  full_mask_in_a_branch,
  returned_lane_in_mask,
  reads_absent_lane,
  too_much_dynamic,
  different_sizes,
  writes_behind_shared
};

__global__ void mistaken(Mistake mistake, int* out) {
  GPU_SMEM_ARENA(arena);
  GPU_SHARED(int, values, 64);
  const unsigned t = threadIdx.x;
  values[t] = 0;
  __syncthreads();
  switch (mistake) {
    case Mistake::divergent_barrier:
      if (t < 32) __syncthreads();
      if (t < 32) __syncwarp();
      break;
    case Mistake::barrier_after_return:
      if (t >= 40) return;
      __syncthreads();
      break;
    case Mistake::different_barriers:
      if (t < 32) {
        __syncthreads();
      } else {
        __syncthreads();
      }
      break;
    case Mistake::not_in_mask:
      out[t] = __shfl_sync(0x0000FFFFU, 1, 0);
      break;
    case Mistake::full_mask_in_a_branch:
      if (t % 32 < 16) out[t] = __shfl_sync(~0U, 1, 0);
      __syncthreads();
      break;
    case Mistake::returned_lane_in_mask:
      if (t % 32 == 5) return;
      __syncwarp();
      break;
    case Mistake::reads_absent_lane:
      if (t % 32 < 16) out[t] = __shfl_xor_sync(0x0000FFFFU, 1, 16);
      break;
    case Mistake::too_much_dynamic:
      out[t] = arena.take<int>(17)[0];
      break;
    case Mistake::different_sizes:
      out[t] = arena.take<int>(t == 9 ? 3 : 4)[0];
      break;
    case Mistake::writes_behind_shared:
      if (t == 0) *(static_cast<volatile int*>(values) + 64 + blockIdx.x) = 1;
      break;
  }
}

std::string error_of(Mistake mistake) {
  int out[64];
  try {
    GPU_LAUNCH(mistaken, dim3(1), dim3(64), 64, nullptr, mistake, out);
  } catch (const emulator::Error& error) {
    return error.what();
  }
  return "no error";
}

void expect_error(Mistake mistake, const std::vector<std::string>& words) {
  testing::in_all_orders([&] {
    const std::string error = error_of(mistake);
    EXPECT_TRUE(error.starts_with("mistaken: ")) << error;
    for (const std::string& word : words) EXPECT_NE(error.find(word), std::string::npos) << word << " in: " << error;
  });
}

TEST(EmulatorErrors, BarriersThatNotAllThreadsReach) {
  expect_error(Mistake::divergent_barrier, {"barrier", "emulator_errors_test.cpp"});
  expect_error(Mistake::barrier_after_return, {"after threads have returned", "24 threads have ended"});
  expect_error(Mistake::different_barriers, {"different barriers", "32 wait at the barrier"});
}

TEST(EmulatorErrors, MasksThatAreNotTheCallers) {
  expect_error(Mistake::not_in_mask, {"not in the mask", "lane"});
  expect_error(Mistake::full_mask_in_a_branch, {"mask ffffffff"});
  expect_error(Mistake::returned_lane_in_mask, {"lane 5"});
  expect_error(Mistake::reads_absent_lane, {"takes no part"});
}

TEST(EmulatorErrors, SharedMemoryThatIsNotThere) {
  expect_error(Mistake::too_much_dynamic, {"dynamic shared memory: 80 bytes", "there are 64"});
  expect_error(Mistake::different_sizes, {"bytes of shared memory", "another thread"});
}

#ifdef POSTHOC_EMULATED_plain  // the address sanitizer stops there, and at the line itself
TEST(EmulatorErrors, WritesBehindASharedArrayAreSeenWhenTheBlockEnds) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "the address sanitizer stops at the line itself";
#endif
  expect_error(Mistake::writes_behind_shared, {"past the end of the shared array", "0 bytes behind"});
}
#endif

TEST(EmulatorErrors, LaunchesThatNoDeviceTakes) {
  int out[64];
  const auto launched = [&](dim3 grid, dim3 block, std::size_t smem) {
    try {
      GPU_LAUNCH(mistaken, grid, block, smem, nullptr, Mistake::different_barriers, out);
    } catch (const emulator::Error& error) {
      return std::string(error.what()).find("no device takes this launch") == std::string::npos;
    }
    return true;
  };
  EXPECT_FALSE(launched(dim3(0), dim3(32), 0));
  EXPECT_FALSE(launched(dim3(1), dim3(1025), 0));
  EXPECT_FALSE(launched(dim3(1), dim3(0), 0));
  EXPECT_FALSE(launched(dim3(1, 65536), dim3(32), 0));
  EXPECT_FALSE(launched(dim3(1), dim3(32), 232449));
}

TEST(EmulatorErrors, TheNextLaunchRunsAsIfNothingHadHappened) {
  const std::string first = error_of(Mistake::not_in_mask);
  EXPECT_EQ(error_of(Mistake::not_in_mask), first);
}

}  // namespace
}  // namespace posthoc::GPU_NS
