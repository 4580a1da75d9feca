#include "tensor/cpu/simd/normals.h"

#include <algorithm>

#include "base/philox_block.h"
#include "tensor/random_formulas.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tensor/cpu/simd/normals.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

// The formulas of base/philox_block.h and tensor/random_formulas.h, lane by lane. Every operation is one of theirs, in
// their order and rounded as there, so that the bits are the same; tests/tensor/random_test.cpp compares them.

HWY_BEFORE_NAMESPACE();
namespace posthoc::cpu::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

#if HWY_NATIVE_FMA && !HWY_HAVE_SCALABLE

using F = hn::ScalableTag<float>;
using U = hn::RebindToUnsigned<F>;
using I = hn::RebindToSigned<F>;
using W = hn::RepartitionToWide<U>;
using Floats = hn::Vec<F>;
using Words = hn::Vec<U>;
using Ints = hn::Vec<I>;

constexpr F kF;
constexpr U kU;
constexpr I kI;
constexpr W kW;
constexpr std::size_t kBlocks = hn::MaxLanes(kF);  // one in each lane

HWY_INLINE Floats constant(float x) { return hn::Set(kF, x); }

// The words of some blocks, each in the even lanes; what stands in the odd ones is of no meaning.
struct Counters {
  Words v[4];
};

HWY_INLINE Words high_half(hn::Vec<W> product) { return hn::BitCast(kU, hn::ShiftRight<32>(product)); }

HWY_INLINE void philox_round(Counters& c, Words key0, Words key1) {
  const auto product0 = hn::MulEven(c.v[0], hn::Set(kU, 0xD2511F53U));
  const auto product1 = hn::MulEven(c.v[2], hn::Set(kU, 0xCD9E8D57U));
  c.v[0] = hn::Xor(hn::Xor(high_half(product1), c.v[1]), key0);
  c.v[1] = hn::BitCast(kU, product1);
  c.v[2] = hn::Xor(hn::Xor(high_half(product0), c.v[3]), key1);
  c.v[3] = hn::BitCast(kU, product0);
}

// Blocks `block` .. block + kBlocks - 1, in the order of the lanes: word k of all of them at to + k * kBlocks. Even and
// odd ones are computed apart, since a product of 32 bits by 32 takes two lanes.
HWY_INLINE void philox(const RandomStream& stream, std::uint64_t block, std::uint32_t* HWY_RESTRICT to) {
  const Words first = hn::Set(kU, static_cast<std::uint32_t>(block));
  const Words low = hn::Add(first, hn::Iota(kU, 0));
  const Words carry = hn::VecFromMask(kU, hn::Lt(low, first));  // -1 where the low word has run over
  const Words high = hn::Sub(hn::Set(kU, static_cast<std::uint32_t>(block >> 32)), carry);
  const Words number = hn::Set(kU, stream.number);
  const Words what = hn::Set(kU, stream.purpose);
  Counters even{{low, high, number, what}};
  Counters odd{{high_half(hn::BitCast(kW, low)), high_half(hn::BitCast(kW, high)), number, what}};
  auto key0 = static_cast<std::uint32_t>(stream.seed);
  auto key1 = static_cast<std::uint32_t>(stream.seed >> 32);
  for (int round = 0; round < 10; ++round) {
    philox_round(even, hn::Set(kU, key0), hn::Set(kU, key1));
    philox_round(odd, hn::Set(kU, key0), hn::Set(kU, key1));
    key0 += 0x9E3779B9U;
    key1 += 0xBB67AE85U;
  }
  for (std::size_t k = 0; k < 4; ++k) {
    const Words raised = hn::BitCast(kU, hn::ShiftLeft<32>(hn::BitCast(kW, odd.v[k])));
    hn::Store(hn::OddEven(raised, even.v[k]), kU, to + k * kBlocks);
  }
}

HWY_INLINE Floats to_float(Words below_2_31) { return hn::ConvertTo(kF, hn::BitCast(kI, below_2_31)); }

HWY_INLINE Floats log_unit(Floats x) {
  const Words bits = hn::BitCast(kU, x);
  Ints exponent = hn::Sub(hn::BitCast(kI, hn::ShiftRight<23>(bits)), hn::Set(kI, 127));
  const Words mantissa_bits = hn::Or(hn::And(bits, hn::Set(kU, 0x007FFFFFU)), hn::Set(kU, 0x3F800000U));
  Floats mantissa = hn::BitCast(kF, mantissa_bits);
  const auto large = hn::Gt(mantissa, constant(1.41421356F));
  mantissa = hn::IfThenElse(large, hn::Mul(mantissa, constant(0.5F)), mantissa);
  exponent = hn::Sub(exponent, hn::VecFromMask(kI, hn::RebindMask(kI, large)));  // a mask is -1
  const Floats f = hn::Sub(mantissa, constant(1.0F));
  const Floats s = hn::Div(f, hn::Add(constant(2.0F), f));
  const Floats z = hn::Mul(s, s);
  Floats p = hn::MulAdd(z, constant(0.22222222F), constant(0.28571429F));
  p = hn::MulAdd(z, p, constant(0.4F));
  p = hn::MulAdd(z, p, constant(0.66666667F));
  const Floats rest = hn::MulAdd(hn::Mul(s, z), p, hn::Mul(constant(2.0F), s));
  return hn::MulAdd(hn::ConvertTo(kF, exponent), constant(0.693147181F), rest);
}

HWY_INLINE void sincos_turn(Floats u, Floats& sine, Floats& cosine) {
  const Floats quarter = hn::Floor(hn::MulAdd(u, constant(4.0F), constant(0.5F)));
  const Floats x = hn::Mul(hn::MulAdd(constant(-0.25F), quarter, u), constant(2.0F));
  const Floats z = hn::Mul(x, x);
  Floats s = hn::MulAdd(z, constant(0.0821458866F), constant(-0.599264529F));
  s = hn::MulAdd(z, s, constant(2.55016404F));
  s = hn::MulAdd(z, s, constant(-5.16771278F));
  s = hn::Mul(hn::MulAdd(z, s, constant(3.14159265F)), x);
  Floats c = hn::MulAdd(z, constant(0.235330630F), constant(-1.33526277F));
  c = hn::MulAdd(z, c, constant(4.05871213F));
  c = hn::MulAdd(z, c, constant(-4.93480220F));
  c = hn::MulAdd(z, c, constant(1.0F));
  const Words k = hn::BitCast(kU, hn::ConvertTo(kI, quarter));
  const auto swap = hn::RebindMask(kF, hn::TestBit(k, hn::Set(kU, 1)));
  // Bit 1 of k and of k + 1, moved to where the sign stands.
  const Words sine_sign = hn::ShiftLeft<30>(hn::And(k, hn::Set(kU, 2)));
  const Words cosine_sign = hn::ShiftLeft<30>(hn::And(hn::Add(k, hn::Set(kU, 1)), hn::Set(kU, 2)));
  sine = hn::Xor(hn::IfThenElse(swap, c, s), hn::BitCast(kF, sine_sign));
  cosine = hn::Xor(hn::IfThenElse(swap, s, c), hn::BitCast(kF, cosine_sign));
}

HWY_INLINE void box_muller(Words first, Words second, Floats& a, Floats& b) {
  const Floats scale = constant(1.0F / 16777216.0F);
  const Floats u = hn::Mul(to_float(hn::Add(hn::ShiftRight<8>(first), hn::Set(kU, 1))), scale);
  const Floats radius = hn::Sqrt(hn::Mul(constant(-2.0F), log_unit(u)));
  Floats sine;
  Floats cosine;
  sincos_turn(hn::Mul(to_float(hn::ShiftRight<8>(second)), scale), sine, cosine);
  a = hn::Mul(radius, cosine);
  b = hn::Mul(radius, sine);
}

// Makes the words of some blocks into draws.
using Formula = void(const std::uint32_t* HWY_RESTRICT words, float* HWY_RESTRICT to);

HWY_INLINE void uniforms(const std::uint32_t* HWY_RESTRICT words, float* HWY_RESTRICT to) {
  Floats draws[4];
  for (std::size_t k = 0; k < 4; ++k) {
    const Words word = hn::Load(kU, words + k * kBlocks);
    draws[k] = hn::Mul(to_float(hn::ShiftRight<8>(word)), constant(1.0F / 16777216.0F));
  }
  hn::StoreInterleaved4(draws[0], draws[1], draws[2], draws[3], kF, to);
}

HWY_INLINE void normals(const std::uint32_t* HWY_RESTRICT words, float* HWY_RESTRICT to) {
  Floats draws[4];
  for (std::size_t k = 0; k < 4; k += 2) {
    box_muller(hn::Load(kU, words + k * kBlocks), hn::Load(kU, words + (k + 1) * kBlocks), draws[k], draws[k + 1]);
  }
  hn::StoreInterleaved4(draws[0], draws[1], draws[2], draws[3], kF, to);
}

// Gives the number of blocks made: all.
template <Formula* formula>
HWY_INLINE std::int64_t make_blocks(const RandomStream& stream, std::uint64_t block, std::int64_t blocks,
                                    float* HWY_RESTRICT to) {
  // Words and draws by turns, some vectors each: both are long chains of operations that depend on each other, and
  // short loops let the processor work on several at once.
  constexpr std::size_t kVectors = 16;
  HWY_ALIGN std::uint32_t words[kVectors * 4 * kBlocks];
  const std::size_t vectors = static_cast<std::size_t>(blocks) / kBlocks;
  for (std::size_t begin = 0; begin < vectors; begin += kVectors) {
    const std::size_t some = HWY_MIN(kVectors, vectors - begin);
    for (std::size_t i = 0; i < some; ++i) philox(stream, block + (begin + i) * kBlocks, words + i * 4 * kBlocks);
    for (std::size_t i = 0; i < some; ++i) formula(words + i * 4 * kBlocks, to + (begin + i) * 4 * kBlocks);
  }
  // Of the last vector only some blocks are wanted: still less work than these one by one, and a network has many
  // tensors of 32 weights, 8 blocks.
  const std::size_t rest = static_cast<std::size_t>(blocks) - vectors * kBlocks;
  if (rest > 0) {
    HWY_ALIGN float draws[4 * kBlocks];
    philox(stream, block + vectors * kBlocks, words);
    formula(words, draws);
    std::copy_n(draws, 4 * rest, to + vectors * 4 * kBlocks);
  }
  return blocks;
}

std::int64_t some_blocks(const RandomStream& stream, std::uint64_t block, std::int64_t blocks, float* HWY_RESTRICT to) {
  return make_blocks<normals>(stream, block, blocks, to);
}
std::int64_t some_uniforms(const RandomStream& stream, std::uint64_t block, std::int64_t blocks,
                           float* HWY_RESTRICT to) {
  return make_blocks<uniforms>(stream, block, blocks, to);
}

std::int64_t some_perturbed(const float* HWY_RESTRICT w, const float* HWY_RESTRICT draws, float sigma, std::int64_t n,
                            float* HWY_RESTRICT to) {
  constexpr auto kStep = static_cast<std::int64_t>(kBlocks);
  std::int64_t i = 0;
  for (; i + kStep <= n; i += kStep) {
    const Floats weight = hn::LoadU(kF, w + i);
    hn::StoreU(hn::MulAdd(hn::Mul(weight, constant(sigma)), hn::LoadU(kF, draws + i), weight), kF, to + i);
  }
  return i;
}

#else  // A multiplication and an addition would round twice: the scalar formulas do it all.

std::int64_t some_blocks(const RandomStream& /*stream*/, std::uint64_t /*block*/, std::int64_t /*blocks*/,
                         float* /*to*/) {
  return 0;
}
std::int64_t some_uniforms(const RandomStream& /*stream*/, std::uint64_t /*block*/, std::int64_t /*blocks*/,
                           float* /*to*/) {
  return 0;
}
std::int64_t some_perturbed(const float* /*w*/, const float* /*draws*/, float /*sigma*/, std::int64_t /*n*/,
                            float* /*to*/) {
  return 0;
}

#endif

}  // namespace posthoc::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace posthoc::cpu {

HWY_EXPORT(some_blocks);
HWY_EXPORT(some_perturbed);
HWY_EXPORT(some_uniforms);

void normal_blocks(const RandomStream& stream, std::uint64_t block, std::int64_t blocks, float* to) {
  for (std::int64_t i = HWY_DYNAMIC_DISPATCH(some_blocks)(stream, block, blocks, to); i < blocks; ++i) {
    const auto draws = random_formulas::normals(philox_block(stream, block + static_cast<std::uint64_t>(i)));
    for (int lane = 0; lane < 4; ++lane) to[4 * i + lane] = draws.v[lane];
  }
}

void uniform_blocks(const RandomStream& stream, std::uint64_t block, std::int64_t blocks, float* to) {
  for (std::int64_t i = HWY_DYNAMIC_DISPATCH(some_uniforms)(stream, block, blocks, to); i < blocks; ++i) {
    const RandomWords words = philox_block(stream, block + static_cast<std::uint64_t>(i));
    for (int lane = 0; lane < 4; ++lane) to[4 * i + lane] = random_formulas::unit(words.v[lane]);
  }
}

void perturb_floats(const float* w, const float* draws, float sigma, std::int64_t n, float* to) {
  for (std::int64_t i = HWY_DYNAMIC_DISPATCH(some_perturbed)(w, draws, sigma, n, to); i < n; ++i) {
    to[i] = random_formulas::perturbed(w[i], sigma, draws[i]);
  }
}

}  // namespace posthoc::cpu
#endif
