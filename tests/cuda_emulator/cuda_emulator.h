#pragma once

// Runs CUDA kernels as ordinary C++ on the CPU, for tests without a GPU: each thread of a block is a fiber, and
// barriers and warp operations are meetings that fibers wait for. One block runs at a time, one fiber at a time, in an
// order that can be chosen. What a GPU would leave undefined is an `emulator::Error` here. docs/cuda.md, "The
// emulator", says what that finds and what it cannot; tensor/cuda/gpu_compat.cuh is what a kernel includes.

#include <algorithm>
#include <atomic>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <stdexcept>
#include <string>
#include <type_traits>

// ---- the language: what nvcc knows without a header ----

#define __global__
#define __device__
#define __host__
#define __forceinline__ inline __attribute__((always_inline))
#define __launch_bounds__(...)
// __shared__ is missing on purpose: an array that is not taken by GPU_SHARED or an arena does not compile.

struct uint2 {
  unsigned x, y;
};
struct uint3 {
  unsigned x, y, z;
};
struct alignas(16) uint4 {
  unsigned x, y, z, w;
};
struct alignas(8) int2 {
  int x, y;
};
struct alignas(16) int4 {
  int x, y, z, w;
};
struct alignas(8) float2 {
  float x, y;
};
struct alignas(16) float4 {
  float x, y, z, w;
};
struct alignas(16) double2 {
  double x, y;
};
struct dim3 {
  unsigned x, y, z;
  constexpr dim3(unsigned a = 1, unsigned b = 1, unsigned c = 1) : x(a), y(b), z(c) {}
};
inline uint2 make_uint2(unsigned x, unsigned y) { return {x, y}; }
inline uint4 make_uint4(unsigned x, unsigned y, unsigned z, unsigned w) { return {x, y, z, w}; }
inline int2 make_int2(int x, int y) { return {x, y}; }
inline int4 make_int4(int x, int y, int z, int w) { return {x, y, z, w}; }
inline float2 make_float2(float x, float y) { return {x, y}; }
inline float4 make_float4(float x, float y, float z, float w) { return {x, y, z, w}; }
inline double2 make_double2(double x, double y) { return {x, y}; }

namespace posthoc::emulator {

/// What a device would leave undefined or hang on: the kernel, the thread, the line, and what is wrong there.
struct Error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Options {
  /// The order of threads and blocks: 0 ascending, 1 descending, else pseudo-random.
  std::uint64_t seed = 0;
  std::size_t max_dynamic_shared = 232448;  ///< bytes a block may have in all, compute capability 9.0
  std::size_t max_static_shared = 49152;    ///< of them in arrays of fixed size
};
Options& options();

/// What ran since the program began.
struct Statistics {
  std::uint64_t launches = 0;
  std::uint64_t blocks = 0;
  std::uint64_t barriers = 0;
  std::uint64_t warp_operations = 0;
};
const Statistics& statistics();

/// A place in a kernel's source. std::source_location is not known to clang 14.
struct CallSite {
  const char* file;
  unsigned line;
  static constexpr CallSite here(const char* file = __builtin_FILE(), unsigned line = __builtin_LINE()) {
    return {file, line};
  }
};

/// The thread that runs, as its kernel sees it.
struct Thread {
  uint3 position;          // threadIdx
  unsigned lane;           // in its warp
  unsigned dynamic_taken;  // arrays of dynamic shared memory so far
};
extern Thread* current;
extern uint3 block_position;
extern dim3 block_size;
extern dim3 grid_size;

/// Runs a grid to its end. Throws `Error`, and leaves what the kernel had written by then.
void launch(dim3 grid, dim3 block, std::size_t dynamic_shared, const char* name, const std::function<void()>& body);

/// The array of static shared memory with this identity, or dynamic shared memory's next one: made by the first thread
/// that asks, full of NaN.
void* shared_static(const void* identity, std::size_t bytes, CallSite site);
void* shared_dynamic(std::size_t bytes, CallSite site);

void block_barrier(CallSite site);
/// What the threads say at a barrier, together: how many said something other than 0.
unsigned block_barrier_count(bool vote, CallSite site);

enum class WarpOp : std::uint8_t { sync, shuffle, ballot, match };
/// Waits for all lanes in `mask` to call the same operation at the same place. A shuffle gives the value of lane
/// `source`, a ballot the lanes with a value other than 0, a match the lanes with the same value.
std::uint64_t warp_operation(WarpOp op, unsigned mask, std::uint64_t value, unsigned source, CallSite site);

/// In a random order, perhaps lets other threads run first.
void maybe_yield();

template <typename T>
std::uint64_t to_bits(T value) {
  static_assert(sizeof(T) <= 8 && std::is_trivially_copyable_v<T>);
  std::uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof value);
  return bits;
}

template <typename T>
T from_bits(std::uint64_t bits) {
  T value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

enum class Shuffle { index, up, down, exclusive_or };

// A lane that would read beyond its segment of `width` lanes gets its own value back.
template <typename T>
T shuffle(Shuffle kind, unsigned mask, T value, unsigned by, unsigned width, CallSite site) {
  const unsigned lane = current->lane;
  const unsigned segment = ~(width - 1) & 31U;
  const unsigned first = lane & segment;
  const unsigned last = first | (~segment & 31U);
  unsigned source = lane ^ by;
  if (kind == Shuffle::index) source = first | (by & ~segment & 31U);
  if (kind == Shuffle::up) source = lane - by;
  if (kind == Shuffle::down) source = lane + by;
  const bool within = kind == Shuffle::up ? static_cast<int>(source) >= static_cast<int>(first) : source <= last;
  return from_bits<T>(warp_operation(WarpOp::shuffle, mask, to_bits(value), within ? source : lane, site));
}

// Relaxed: as on a device, an atomic operation orders nothing but itself.
template <typename T, typename F>
T read_modify_write(T* at, F change) {
  maybe_yield();
  std::atomic_ref<T> word(*at);
  T old = word.load(std::memory_order_relaxed);
  while (!word.compare_exchange_weak(old, change(old), std::memory_order_relaxed)) {
  }
  return old;
}

}  // namespace posthoc::emulator

// ---- what kernels call ----

#define threadIdx (::posthoc::emulator::current->position)
#define blockIdx (::posthoc::emulator::block_position)
#define blockDim (::posthoc::emulator::block_size)
#define gridDim (::posthoc::emulator::grid_size)
inline constexpr int warpSize = 32;

using PosthocCallSite = ::posthoc::emulator::CallSite;

inline void __syncthreads(PosthocCallSite site = PosthocCallSite::here()) { ::posthoc::emulator::block_barrier(site); }
inline int __syncthreads_count(int vote, PosthocCallSite site = PosthocCallSite::here()) {
  return static_cast<int>(::posthoc::emulator::block_barrier_count(vote != 0, site));
}
inline int __syncthreads_or(int vote, PosthocCallSite site = PosthocCallSite::here()) {
  return ::posthoc::emulator::block_barrier_count(vote != 0, site) != 0 ? 1 : 0;
}
inline int __syncthreads_and(int vote, PosthocCallSite site = PosthocCallSite::here()) {
  return ::posthoc::emulator::block_barrier_count(vote == 0, site) == 0 ? 1 : 0;
}
inline void __syncwarp(unsigned mask = ~0U, PosthocCallSite site = PosthocCallSite::here()) {
  using namespace ::posthoc::emulator;
  warp_operation(WarpOp::sync, mask, 0, current->lane, site);
}

template <typename T>
T __shfl_sync(unsigned mask, T value, unsigned lane, unsigned width = 32,
              PosthocCallSite site = PosthocCallSite::here()) {
  return ::posthoc::emulator::shuffle(::posthoc::emulator::Shuffle::index, mask, value, lane, width, site);
}
template <typename T>
T __shfl_up_sync(unsigned mask, T value, unsigned by, unsigned width = 32,
                 PosthocCallSite site = PosthocCallSite::here()) {
  return ::posthoc::emulator::shuffle(::posthoc::emulator::Shuffle::up, mask, value, by, width, site);
}
template <typename T>
T __shfl_down_sync(unsigned mask, T value, unsigned by, unsigned width = 32,
                   PosthocCallSite site = PosthocCallSite::here()) {
  return ::posthoc::emulator::shuffle(::posthoc::emulator::Shuffle::down, mask, value, by, width, site);
}
template <typename T>
T __shfl_xor_sync(unsigned mask, T value, unsigned by, unsigned width = 32,
                  PosthocCallSite site = PosthocCallSite::here()) {
  return ::posthoc::emulator::shuffle(::posthoc::emulator::Shuffle::exclusive_or, mask, value, by, width, site);
}

inline unsigned __ballot_sync(unsigned mask, int vote, PosthocCallSite site = PosthocCallSite::here()) {
  using namespace ::posthoc::emulator;
  return static_cast<unsigned>(warp_operation(WarpOp::ballot, mask, vote != 0 ? 1 : 0, 0, site));
}
inline int __any_sync(unsigned mask, int vote, PosthocCallSite site = PosthocCallSite::here()) {
  return __ballot_sync(mask, vote, site) != 0 ? 1 : 0;
}
inline int __all_sync(unsigned mask, int vote, PosthocCallSite site = PosthocCallSite::here()) {
  return __ballot_sync(mask, vote == 0, site) == 0 ? 1 : 0;
}
template <typename T>
unsigned __match_any_sync(unsigned mask, T value, PosthocCallSite site = PosthocCallSite::here()) {
  using namespace ::posthoc::emulator;
  return static_cast<unsigned>(warp_operation(WarpOp::match, mask, to_bits(value), 0, site));
}

// Every write of one thread is seen by all others as soon as they look; whether they may look is up to barriers.
inline void __threadfence() {}
inline void __threadfence_block() {}

template <typename T>
T atomicAdd(T* at, std::type_identity_t<T> value) {
  return ::posthoc::emulator::read_modify_write(at, [&](T old) { return static_cast<T>(old + value); });
}
template <typename T>
T atomicMin(T* at, std::type_identity_t<T> value) {
  return ::posthoc::emulator::read_modify_write(at, [&](T old) { return std::min(old, value); });
}
template <typename T>
T atomicMax(T* at, std::type_identity_t<T> value) {
  return ::posthoc::emulator::read_modify_write(at, [&](T old) { return std::max(old, value); });
}
template <typename T>
T atomicOr(T* at, std::type_identity_t<T> value) {
  return ::posthoc::emulator::read_modify_write(at, [&](T old) { return static_cast<T>(old | value); });
}
template <typename T>
T atomicExch(T* at, std::type_identity_t<T> value) {
  return ::posthoc::emulator::read_modify_write(at, [&](T) { return value; });
}
template <typename T>
T atomicCAS(T* at, std::type_identity_t<T> expected, std::type_identity_t<T> value) {
  return ::posthoc::emulator::read_modify_write(at, [&](T old) { return old == expected ? value : old; });
}

template <typename T>
T __ldg(const T* at) {
  return *at;
}
inline unsigned __umulhi(unsigned a, unsigned b) { return static_cast<unsigned>((std::uint64_t{a} * b) >> 32); }
inline int __popc(unsigned bits) { return std::popcount(bits); }
inline int __popcll(unsigned long long bits) { return std::popcount(bits); }
inline int __clz(unsigned bits) { return std::countl_zero(bits); }
inline int __ffs(unsigned bits) { return bits != 0 ? std::countr_zero(bits) + 1 : 0; }
inline float __uint_as_float(unsigned bits) { return std::bit_cast<float>(bits); }
inline float __int_as_float(int bits) { return std::bit_cast<float>(bits); }
inline unsigned __float_as_uint(float value) { return std::bit_cast<unsigned>(value); }
inline int __float_as_int(float value) { return std::bit_cast<int>(value); }
inline long long __double_as_longlong(double value) { return std::bit_cast<long long>(value); }
inline double __longlong_as_double(long long bits) { return std::bit_cast<double>(bits); }
using std::max;
using std::min;
