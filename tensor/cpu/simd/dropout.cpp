#include "base/philox_block.h"
#include "tensor/cpu/simd/kernels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tensor/cpu/simd/dropout.cpp"
#include <hwy/foreach_target.h>  // compiles what follows once for each set of instructions
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace posthoc::cpu::simd::HWY_NAMESPACE {

#if HWY_TARGET == HWY_SCALAR  // no vectors: the plain loop makes all

std::int64_t DropoutMask(const RandomStream&, std::uint64_t, std::uint32_t, float, std::int64_t, float*) { return 0; }

#else
namespace {

namespace hn = hwy::HWY_NAMESPACE;

using D64 = hn::ScalableTag<std::uint64_t>;
using D32 = hn::Repartition<std::uint32_t, D64>;
using DF = hn::Repartition<float, D64>;
using V64 = hn::Vec<D64>;

// Philox4x32-10 (Salmon et al. 2011) of as many blocks as there are 64-bit lanes. A word of a block stands in the lower
// half of its lane; the upper half holds what the last product left there, which no multiplication reads.
struct Blocks {
  V64 word[4];
};

// So many at a time, as registers allow: the products of one are made while the others wait for theirs.
#if HWY_TARGET <= HWY_AVX3
constexpr int kTogether = 4;
#else
constexpr int kTogether = 2;
#endif

HWY_INLINE V64 product(V64 word, V64 multiplier) {
  const D32 d;
  return hn::MulEven(hn::BitCast(d, word), hn::BitCast(d, multiplier));
}

HWY_INLINE void philox_round(Blocks& blocks, V64 multiplier0, V64 multiplier1, V64 key0, V64 key1) {
  const V64 p0 = product(blocks.word[0], multiplier0);
  const V64 p1 = product(blocks.word[2], multiplier1);
  blocks.word[0] = hn::Xor3(hn::ShiftRight<32>(p1), blocks.word[1], key0);
  blocks.word[2] = hn::Xor3(hn::ShiftRight<32>(p0), blocks.word[3], key1);
  blocks.word[1] = p1;
  blocks.word[3] = p0;
}

HWY_INLINE Blocks counters(V64 quads, V64 number, V64 purpose) {
  return {{quads, hn::ShiftRight<32>(quads), number, purpose}};
}

// Two words side by side in each lane, as bits of the mask.
HWY_INLINE V64 mask_bits(V64 first, V64 second, std::uint32_t threshold, float value) {
  const D64 d64;
  const D32 d;
  const auto words = hn::OddEven(hn::BitCast(d, hn::ShiftLeft<32>(second)), hn::BitCast(d, first));
  // Below 2^24 the comparison of signed numbers, which every processor has, is that of unsigned ones.
  const hn::RebindToSigned<D32> di;
  const auto kept =
      hn::Gt(hn::BitCast(di, hn::ShiftRight<8>(words)), hn::Set(di, static_cast<std::int32_t>(threshold) - 1));
  const DF df;
  return hn::BitCast(d64, hn::IfThenElseZero(hn::RebindMask(df, kept), hn::Set(df, value)));
}

HWY_INLINE void store(const Blocks& blocks, std::uint32_t threshold, float value, float* mask) {
  const D64 d;
  hn::StoreInterleaved2(mask_bits(blocks.word[0], blocks.word[1], threshold, value),
                        mask_bits(blocks.word[2], blocks.word[3], threshold, value), d,
                        reinterpret_cast<std::uint64_t*>(mask));
}

}  // namespace

// The draws of whole blocks from `quad` on; returns how many were made, the rest being less than a vector of blocks.
std::int64_t DropoutMask(const RandomStream& stream, std::uint64_t quad, std::uint32_t threshold, float value,
                         std::int64_t n, float* mask) {
  const D64 d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  const V64 multiplier0 = hn::Set(d, 0xD2511F53U);
  const V64 multiplier1 = hn::Set(d, 0xCD9E8D57U);
  V64 key0[10];
  V64 key1[10];
  for (std::uint32_t round = 0; round < 10; ++round) {
    key0[round] = hn::Set(d, static_cast<std::uint32_t>(stream.seed) + round * 0x9E3779B9U);
    key1[round] = hn::Set(d, static_cast<std::uint32_t>(stream.seed >> 32) + round * 0xBB67AE85U);
  }
  std::int64_t done = 0;
  const V64 number = hn::Set(d, stream.number);
  const V64 purpose = hn::Set(d, stream.purpose);
  const V64 step = hn::Set(d, static_cast<std::uint64_t>(lanes));
  V64 quads = hn::Iota(d, quad);
  for (; done + kTogether * 4 * lanes <= n; done += kTogether * 4 * lanes) {
    Blocks blocks[kTogether];
#pragma GCC unroll 4
    for (int b = 0; b < kTogether; ++b) {
      blocks[b] = counters(quads, number, purpose);
      quads = hn::Add(quads, step);
    }
#pragma GCC unroll 10
    for (int round = 0; round < 10; ++round) {
#pragma GCC unroll 4
      for (int b = 0; b < kTogether; ++b) {
        philox_round(blocks[b], multiplier0, multiplier1, key0[round], key1[round]);
      }
    }
#pragma GCC unroll 4
    for (int b = 0; b < kTogether; ++b) store(blocks[b], threshold, value, mask + done + b * 4 * lanes);
  }
  for (; done + 4 * lanes <= n; done += 4 * lanes, quads = hn::Add(quads, step)) {
    Blocks blocks = counters(quads, number, purpose);
    for (int round = 0; round < 10; ++round) philox_round(blocks, multiplier0, multiplier1, key0[round], key1[round]);
    store(blocks, threshold, value, mask + done);
  }
  return done;
}

#endif

}  // namespace posthoc::cpu::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace posthoc::cpu::simd {

HWY_EXPORT(DropoutMask);

void dropout_mask(const RandomStream& stream, std::uint64_t first, std::uint32_t threshold, float value, std::int64_t n,
                  float* mask) {
  const auto plain = [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      const std::uint64_t index = first + static_cast<std::uint64_t>(i);
      mask[i] = (philox_block(stream, index / 4).v[index % 4] >> 8) >= threshold ? value : 0.0F;
    }
  };
  const std::int64_t head = std::min<std::int64_t>(n, static_cast<std::int64_t>((4 - first % 4) % 4));
  plain(0, head);
  const std::uint64_t quad = (first + static_cast<std::uint64_t>(head)) / 4;
  const std::int64_t done = HWY_DYNAMIC_DISPATCH(DropoutMask)(stream, quad, threshold, value, n - head, mask + head);
  plain(head + done, n);
}

}  // namespace posthoc::cpu::simd
#endif
