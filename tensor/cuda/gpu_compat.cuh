#pragma once

// The one door between a kernel's source and its two hosts: nvcc for a real device, and the emulator of
// tests/cuda_emulator, which runs the same source as ordinary C++ on the CPU. A kernel includes this header and nothing
// else of CUDA; docs/cuda.md has the rules that keep a source good for both.
//
// GPU_NS         the namespace of kernels and of their device functions, `namespace posthoc::GPU_NS {`: another one for
//                each host, so that both can be linked into one program and compared
// GPU_UNROLL     in front of a loop over registers, whose number of rounds is known to the compiler
// GPU_SHARED     GPU_SHARED(T, name, n): an array of n elements in shared memory, n a constant
// GPU_SMEM_ARENA GPU_SMEM_ARENA(arena): the launch's dynamic shared memory, dealt out by arena.take<T>(n)
// GPU_LAUNCH     GPU_LAUNCH(kernel, grid, block, smem, stream, arguments...) in place of <<< >>>
// GpuStream      what the launch's stream is
// allow_smem     allow_smem(kernel, bytes): before a launch with more than 48 KiB; max_smem() is the most a block may
// have
//
// Besides: threadIdx and its like, barriers, warp operations with masks, atomics, and the small intrinsics that the
// emulator's header lists. Shared memory has trivial types, is not initialised, and every thread of a block takes the
// same arrays in the same order.

#include <cstddef>
#include <cstdint>

#if defined(__CUDACC__)

#include <cuda_runtime.h>

#define GPU_NS gpu_cuda
#define GPU_UNROLL _Pragma("unroll")
#define GPU_SHARED(T, name, n) __shared__ T name[n]
#define GPU_SMEM_ARENA(name)                               \
  extern __shared__ uint4 posthoc_dynamic_shared_memory[]; \
  ::posthoc::GPU_NS::SmemArena name { reinterpret_cast<unsigned char*>(posthoc_dynamic_shared_memory) }
#define GPU_LAUNCH(kernel, grid, block, smem, stream, ...) (kernel)<<<(grid), (block), (smem), (stream)>>>(__VA_ARGS__)

namespace posthoc::GPU_NS {

using GpuStream = cudaStream_t;

/// Deals out dynamic shared memory in arrays that begin at multiples of 16 bytes. The launch asks for the sum of their
/// `smem_bytes`.
struct SmemArena {
  unsigned char* next;

  template <typename T>
  __device__ __forceinline__ T* take(std::size_t n) {
    T* array = reinterpret_cast<T*>(next);
    next += (n * sizeof(T) + 15) / 16 * 16;
    return array;
  }
};

/// Dynamic shared memory that a block may have on the device in use; 0 if there is no device.
inline std::size_t max_smem() {
  int device = 0;
  int bytes = 0;
  if (cudaGetDevice(&device) != cudaSuccess ||
      cudaDeviceGetAttribute(&bytes, cudaDevAttrMaxSharedMemoryPerBlockOptin, device) != cudaSuccess) {
    (void)cudaGetLastError();
    return 0;
  }
  return static_cast<std::size_t>(bytes);
}
/// What goes wrong here the launch reports.
template <typename Kernel>
void allow_smem(Kernel kernel, std::size_t bytes) {
  (void)cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, static_cast<int>(bytes));
}

}  // namespace posthoc::GPU_NS

#else

#include <cuda_emulator.h>

#define GPU_NS gpu_emulated
#define GPU_UNROLL
#define GPU_SHARED(T, name, n)           \
  static const char name##_identity = 0; \
  T(&name)                               \
  [n] = *static_cast<T(*)[n]>(           \
      ::posthoc::emulator::shared_static(&name##_identity, sizeof(T[n]), ::posthoc::emulator::CallSite::here()))
#define GPU_SMEM_ARENA(name) ::posthoc::GPU_NS::SmemArena name
#define GPU_LAUNCH(kernel, grid, block, smem, stream, ...) \
  (static_cast<void>(stream),                              \
   ::posthoc::emulator::launch((grid), (block), (smem), #kernel, [&] { (kernel)(__VA_ARGS__); }))

namespace posthoc::GPU_NS {

using GpuStream = void*;

struct SmemArena {
  template <typename T>
  T* take(std::size_t n, emulator::CallSite site = emulator::CallSite::here()) {
    return static_cast<T*>(emulator::shared_dynamic(n * sizeof(T), site));
  }
};

inline std::size_t max_smem() { return emulator::options().max_dynamic_shared; }
template <typename Kernel>
void allow_smem(Kernel /*kernel*/, std::size_t /*bytes*/) {}

}  // namespace posthoc::GPU_NS

#endif

namespace posthoc::GPU_NS {

/// What n elements of `size` bytes take of the dynamic shared memory.
constexpr std::size_t smem_bytes(std::size_t n, std::size_t size) { return (n * size + 15) / 16 * 16; }

}  // namespace posthoc::GPU_NS
