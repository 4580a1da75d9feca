// Included once for each set of instructions, by sources that Highway compiles so.
#if defined(POSTHOC_FUSED_TRANSPOSE_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef POSTHOC_FUSED_TRANSPOSE_INL_H
#undef POSTHOC_FUSED_TRANSPOSE_INL_H
#else
#define POSTHOC_FUSED_TRANSPOSE_INL_H
#endif

#include <cstddef>
#include <hwy/highway.h>

#if HWY_NATIVE_FMA && !HWY_HAVE_SCALABLE  // where there is a fused pass
HWY_BEFORE_NAMESPACE();
namespace posthoc::cpu::HWY_NAMESPACE {

/// Rows become columns: lane k of v[i] becomes lane i of v[k]. As many vectors as a vector has lanes: 2, 4, 8 or 16.
template <class Floats, std::size_t N>
HWY_INLINE void transpose(Floats floats, hwy::HWY_NAMESPACE::Vec<Floats> (&v)[N]) {
  namespace hn = hwy::HWY_NAMESPACE;
  using V = hn::Vec<Floats>;
  if constexpr (N == 2) {
    const V low = v[0];
    v[0] = hn::InterleaveLower(floats, low, v[1]);
    v[1] = hn::InterleaveUpper(floats, low, v[1]);
  } else {
    const hn::RepartitionToWide<Floats> pairs;
#pragma GCC unroll 4
    for (std::size_t i = 0; i < N; i += 4) {  // squares of four, within blocks of four lanes
      const auto a = hn::BitCast(pairs, hn::InterleaveLower(floats, v[i], v[i + 1]));
      const auto b = hn::BitCast(pairs, hn::InterleaveUpper(floats, v[i], v[i + 1]));
      const auto c = hn::BitCast(pairs, hn::InterleaveLower(floats, v[i + 2], v[i + 3]));
      const auto d = hn::BitCast(pairs, hn::InterleaveUpper(floats, v[i + 2], v[i + 3]));
      v[i] = hn::BitCast(floats, hn::InterleaveLower(pairs, a, c));
      v[i + 1] = hn::BitCast(floats, hn::InterleaveUpper(pairs, a, c));
      v[i + 2] = hn::BitCast(floats, hn::InterleaveLower(pairs, b, d));
      v[i + 3] = hn::BitCast(floats, hn::InterleaveUpper(pairs, b, d));
    }
#pragma GCC unroll 4
    for (std::size_t k = 0; k < 4; ++k) {  // then the blocks
      if constexpr (N == 8) {
        const V low = v[k];
        v[k] = hn::ConcatLowerLower(floats, v[k + 4], low);
        v[k + 4] = hn::ConcatUpperUpper(floats, v[k + 4], low);
      } else if constexpr (N == 16) {
        const V even_low = hn::OddEvenBlocks(hn::SwapAdjacentBlocks(v[k + 4]), v[k]);
        const V odd_low = hn::OddEvenBlocks(v[k + 4], hn::SwapAdjacentBlocks(v[k]));
        const V even_high = hn::OddEvenBlocks(hn::SwapAdjacentBlocks(v[k + 12]), v[k + 8]);
        const V odd_high = hn::OddEvenBlocks(v[k + 12], hn::SwapAdjacentBlocks(v[k + 8]));
        v[k] = hn::ConcatLowerLower(floats, even_high, even_low);
        v[k + 4] = hn::ConcatLowerLower(floats, odd_high, odd_low);
        v[k + 8] = hn::ConcatUpperUpper(floats, even_high, even_low);
        v[k + 12] = hn::ConcatUpperUpper(floats, odd_high, odd_low);
      } else {
        static_assert(N == 4);
      }
    }
  }
}

}  // namespace posthoc::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif

#endif
