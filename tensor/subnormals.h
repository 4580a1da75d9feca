#pragma once

#include <cstdint>

#if defined(__SSE2__)
#include <xmmintrin.h>
#endif

namespace posthoc {

/// While one lives, its thread takes numbers below the normal range (1e-38 in float32) for 0, as operands and as
/// results.
///
/// For moving averages: what is averaged may be 0 for good, as all is that has to do with a unit that died. Then the
/// average halves its way below the normal range and stays at its lowest numbers, on which a processor takes a hundred
/// times as long. Where the processor has no such mode nothing changes but the time.
class FlushSubnormals {
 public:
#if defined(__SSE2__)
  FlushSubnormals() : before_(_mm_getcsr()) { _mm_setcsr(before_ | 0x8040U); }  // DAZ and FTZ of Intel's manual
  ~FlushSubnormals() { _mm_setcsr(before_); }
#elif defined(__aarch64__)
  FlushSubnormals() : before_(get()) { set(before_ | std::uint64_t{1} << 24); }  // FZ of Arm's manual
  ~FlushSubnormals() { set(before_); }
#else
  FlushSubnormals() = default;
  ~FlushSubnormals() = default;
#endif
  FlushSubnormals(const FlushSubnormals&) = delete;
  FlushSubnormals& operator=(const FlushSubnormals&) = delete;

 private:
#if defined(__SSE2__)
  std::uint32_t before_;
#elif defined(__aarch64__)
  static std::uint64_t get() {
    std::uint64_t bits = 0;
    asm volatile("mrs %0, fpcr" : "=r"(bits));
    return bits;
  }
  static void set(std::uint64_t bits) { asm volatile("msr fpcr, %0" : : "r"(bits)); }

  std::uint64_t before_;
#endif
};

}  // namespace posthoc
