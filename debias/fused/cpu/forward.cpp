#include "debias/fused/cpu/forward.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "debias/fused/cpu/forward.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "debias/fused/cpu/transpose-inl.h"

HWY_BEFORE_NAMESPACE();
namespace posthoc::cpu::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

#if HWY_NATIVE_FMA && !HWY_HAVE_SCALABLE

using D = hn::ScalableTag<float>;
using V = hn::Vec<D>;

constexpr D kFloats;
constexpr std::size_t kLanes = hn::MaxLanes(kFloats);
constexpr std::size_t kVectors = 3;
constexpr std::size_t kTile = kVectors * kLanes;
// 3 x 4 sums, 3 vectors of activations and a weight are 16 registers; with 32 of them, 3 x 8 sums.
constexpr std::size_t kBlock = HWY_TARGET == HWY_AVX2 ? 4 : 8;
// Inputs taken at once: their part of a tile stays in the first-level cache while all blocks of outputs use it.
constexpr std::size_t kInputs = 12288 / (kTile * sizeof(float));

// Of one turn of the loop over the inputs.
constexpr std::size_t kSteps = 8;

// A part of a layer's inputs for some of its outputs.
struct Part {
  std::size_t inputs;
  const float* in;       // [input][kTile]
  const float* weights;  // [input][output]
  bool goes_on;          // sums go on from those that stand in `out`; otherwise from zero
  const float* bias;     // added at the end; null: not in this part, or not at all
  bool relu;
  float* out;
};

// Sums that start from a bias, or from any register but zero, hold up the end of the block before: with 24 of them each
// block takes some 30 cycles longer. So the bias comes last.
template <std::size_t J>
HWY_INLINE void block(const Part& part) {
  const float* HWY_RESTRICT in = part.in;
  const float* HWY_RESTRICT weights = part.weights;
  float* HWY_RESTRICT out = part.out;
  V sum[J][kVectors];
  if (part.goes_on) {
#pragma GCC unroll 8
    for (std::size_t j = 0; j < J; ++j) {
#pragma GCC unroll 3
      for (std::size_t v = 0; v < kVectors; ++v) sum[j][v] = hn::Load(kFloats, out + j * kTile + v * kLanes);
    }
  } else {
#pragma GCC unroll 8
    for (std::size_t j = 0; j < J; ++j) {
#pragma GCC unroll 3
      for (std::size_t v = 0; v < kVectors; ++v) sum[j][v] = hn::Zero(kFloats);
    }
  }
  const auto step = [&]() HWY_ATTR {
    V x[kVectors];
#pragma GCC unroll 3
    for (std::size_t v = 0; v < kVectors; ++v) x[v] = hn::Load(kFloats, in + v * kLanes);
#pragma GCC unroll 8
    for (std::size_t j = 0; j < J; ++j) {
      const V w = hn::Set(kFloats, weights[j]);
#pragma GCC unroll 3
      for (std::size_t v = 0; v < kVectors; ++v) sum[j][v] = hn::MulAdd(w, x[v], sum[j][v]);
    }
    in += kTile;
    weights += J;
  };
  std::size_t k = 0;
  for (; k + kSteps <= part.inputs; k += kSteps) {
#pragma GCC unroll 8
    for (std::size_t i = 0; i < kSteps; ++i) step();
  }
  for (; k < part.inputs; ++k) step();
  const V zero = hn::Zero(kFloats);
#pragma GCC unroll 8
  for (std::size_t j = 0; j < J; ++j) {
    const V bias = part.bias != nullptr ? hn::Set(kFloats, part.bias[j]) : zero;
#pragma GCC unroll 3
    for (std::size_t v = 0; v < kVectors; ++v) {
      const V y = part.bias != nullptr ? hn::Add(sum[j][v], bias) : sum[j][v];
      // In this order a NaN stays one.
      hn::Store(part.relu ? hn::Max(zero, y) : y, kFloats, out + j * kTile + v * kLanes);
    }
  }
}

template <std::size_t J>
void layer(const FusedLayer& layer, const float* in, float* out) {
  const std::size_t inputs = layer.inputs;
  std::size_t begin = 0;
  do {
    const std::size_t some = std::min(kInputs, inputs - begin);
    const bool last = begin + some == inputs;
    const bool goes_on = begin > 0 || layer.bias == nullptr;
    for (std::size_t j = 0; j < layer.outputs; j += J) {
      const float* bias = last && layer.bias != nullptr ? layer.bias + j : nullptr;
      block<J>({some, in + begin * kTile, layer.weights + j * inputs + begin * J, goes_on, bias, layer.relu && last,
                out + j * kTile});
    }
    begin += some;
  } while (begin < inputs);
}

// The sums that the first layer of split rows goes on from. Outputs are in lanes while steps are added up, a vector of
// rows at a time, so that there are as many sums as a transposition takes; all of them have lists of one length.
HWY_INLINE void start(const FusedInput& input, const FirstSums& first, std::size_t tile, float* HWY_RESTRICT out) {
  for (std::size_t v = 0; v < kVectors; ++v) {
    const std::size_t group = tile * kVectors + v;
    const std::uint32_t* const end = input.entries + input.lists[group + 1];
    for (std::size_t j = 0; j < first.stride; j += kLanes) {
      V sum[kLanes];
      const V base = hn::Load(kFloats, first.base + j);
#pragma GCC unroll 16
      for (std::size_t i = 0; i < kLanes; ++i) sum[i] = base;
      const float* const steps = first.steps + j;
      for (const std::uint32_t* entry = input.entries + input.lists[group]; entry != end; entry += kLanes) {
#pragma GCC unroll 16
        for (std::size_t i = 0; i < kLanes; ++i) sum[i] = hn::Add(sum[i], hn::Load(kFloats, steps + entry[i]));
      }
      transpose(kFloats, sum);
#pragma GCC unroll 16
      for (std::size_t i = 0; i < kLanes; ++i) hn::Store(sum[i], kFloats, out + (j + i) * kTile + v * kLanes);
    }
  }
}

// score_of_logit of debias/fused/score.h, operation for operation.
HWY_INLINE V score_of(V logit) {
  const auto constant = [](float c) HWY_ATTR { return hn::Set(kFloats, c); };
  const auto times_plus = [](V a, V b, V c) HWY_ATTR { return hn::Add(hn::Mul(a, b), c); };
  const V one = constant(1.0F);
  // In this order a NaN stays one.
  const V x = hn::Max(constant(-87.0F), hn::Min(constant(88.0F), hn::Neg(logit)));
  const V round = constant(12582912.0F);  // 1.5 * 2^23: adding it leaves the nearest integer in the lowest bits
  const V shifted = times_plus(x, constant(1.44269504F), round);
  const V k = hn::Sub(shifted, round);
  const V r = hn::Sub(hn::Sub(x, hn::Mul(k, constant(0.693359375F))), hn::Mul(k, constant(-0.000212194442F)));
  V p = constant(0.0013926184F);
  for (const float c : {0.00836317893F, 0.0416665561F, 0.166665763F, 0.5F}) p = times_plus(p, r, constant(c));
  const V power = hn::Add(times_plus(hn::Mul(r, r), p, r), one);
  const hn::RebindToUnsigned<D> bits;
  const auto exponent = hn::Add(hn::BitCast(bits, shifted), hn::Set(bits, 127U - 0x4B400000U));  // of 2^k
  const V scale = hn::BitCast(kFloats, hn::ShiftLeft<23>(exponent));
  return hn::Div(one, hn::Add(one, hn::Mul(power, scale)));
}

FusedShape shape() { return {kTile, kBlock, kLanes}; }

void forward(std::span<const FusedLayer> layers, const FusedInput& input, const FirstSums& first, float* scratch,
             std::size_t scratch_tile, float* scores) {
  const std::size_t features = layers.front().inputs;
  for (std::size_t tile = 0; tile < input.tiles; ++tile) {
    const float* in = input.features + tile * features * kTile;
    float* out = scratch;
    if (input.lists != nullptr) start(input, first, tile, out);
    for (const FusedLayer& one : layers.first(layers.size() - 1)) {
      layer<kBlock>(one, in, out);
      in = out;
      out = out == scratch ? scratch + scratch_tile : scratch;
    }
    layer<1>(layers.back(), in, out);
    for (std::size_t v = 0; v < kVectors; ++v) {
      hn::StoreU(score_of(hn::Load(kFloats, out + v * kLanes)), kFloats, scores + tile * kTile + v * kLanes);
    }
  }
}

#else  // Without a fused multiply-add in hardware, or with vectors of unknown length: the caller takes another way.

FusedShape shape() { return {}; }
void forward(std::span<const FusedLayer> /*layers*/, const FusedInput& /*input*/, const FirstSums& /*first*/,
             float* /*scratch*/, std::size_t /*scratch_tile*/, float* /*scores*/) {}

#endif

}  // namespace posthoc::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace posthoc::cpu {

HWY_EXPORT(shape);
HWY_EXPORT(forward);

FusedShape fused_shape() { return HWY_DYNAMIC_DISPATCH(shape)(); }

void fused_forward(std::span<const FusedLayer> layers, const FusedInput& input, const FirstSums& first, float* scratch,
                   std::size_t scratch_tile, float* scores) {
  HWY_DYNAMIC_DISPATCH(forward)(layers, input, first, scratch, scratch_tile, scores);
}

}  // namespace posthoc::cpu
#endif
