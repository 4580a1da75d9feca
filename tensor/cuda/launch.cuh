#pragma once

#include <algorithm>
#include <cstdint>

#include "tensor/cuda/gpu_compat.cuh"
#include "tensor/cuda/runtime.h"

// How the kernels of tensor/cuda are launched: blocks of kThreads threads, which take elements in turn until all are
// done, so that any number of elements fits any grid.

namespace posthoc::cuda {

constexpr int kThreads = 256;
// How many blocks must fit a multiprocessor: 64 registers a thread are then free to use. Without a word ptxas aims at
// 32 and rather spills some.
constexpr int kBlocks = 4;

// The most blocks of a launch whose blocks take their work in turn: on a device as many as keep the largest busy
// several times over, on the emulator few, since what goes wrong between two pieces of a block's work shows only where
// it has two.
#if defined(__CUDACC__)
constexpr std::int64_t kMostBlocks = 8192;
#else
constexpr std::int64_t kMostBlocks = 3;
#endif

/// Blocks for pieces of work that a block takes whole, one after the other.
inline unsigned blocks_in_turn(std::int64_t pieces) { return static_cast<unsigned>(std::min(pieces, kMostBlocks)); }

/// Blocks for n pieces of work, one a thread.
inline unsigned blocks_for(std::int64_t n) { return blocks_in_turn((n + kThreads - 1) / kThreads); }

/// This thread's first piece of work, and how far on its next is.
__device__ __forceinline__ std::int64_t first_piece() {
  return static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
}
__device__ __forceinline__ std::int64_t next_piece() { return static_cast<std::int64_t>(gridDim.x) * blockDim.x; }

}  // namespace posthoc::cuda

/// Launches a kernel with kThreads threads a block and throws `Error` with its name if CUDA refuses. No work, no
/// launch.
#define POSTHOC_LAUNCH(kernel, blocks, stream, ...)                                                        \
  do {                                                                                                     \
    const auto posthoc_kernel = kernel;                                                                    \
    const unsigned posthoc_blocks = (blocks);                                                              \
    const ::posthoc::cuda::StreamHandle posthoc_stream = (stream);                                         \
    static_cast<void>(posthoc_stream); /* the emulator has none */                                         \
    if (posthoc_blocks == 0) break;                                                                        \
    const ::posthoc::cuda::Launch posthoc_launch;                                                          \
    GPU_LAUNCH(posthoc_kernel, posthoc_blocks, ::posthoc::cuda::kThreads, 0, posthoc_stream, __VA_ARGS__); \
    posthoc_launch.check(#kernel);                                                                         \
  } while (false)
