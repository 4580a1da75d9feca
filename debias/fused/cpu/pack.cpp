#include "debias/fused/cpu/pack.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "debias/fused/cpu/pack.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "debias/fused/cpu/transpose-inl.h"

HWY_BEFORE_NAMESPACE();
namespace posthoc::cpu::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// Where the weights of some outputs, from `out` on, go.
struct Places {
  float* weights;
  float* steps;

  Places(const PackedLayer& to, std::size_t out)
      : weights(to.weights + out / to.block * to.block * to.inputs + out % to.block),
        steps(to.steps == nullptr ? nullptr : to.steps + out) {}
  [[nodiscard]] float* of(const PackedInput& input) const { return (input.apart ? steps : weights) + input.at; }
};

// One output: what the vectors below do for several.
void pack_one(const LayerWeights& from, std::span<const PackedInput> inputs, const PackedLayer& to, std::size_t out) {
  const float* weights = from.weights + out * from.inputs;
  const Places places(to, out);
  double sum = from.biases[out];
  for (const PackedInput& input : inputs) {
    const double weight = *weights++;
    *places.of(input) = static_cast<float>(weight * input.scale);
    if (input.shifted) sum += weight * input.shift;
  }
  to.sums[out] = static_cast<float>(sum);
}

#if HWY_NATIVE_FMA && !HWY_HAVE_SCALABLE  // where there is a fused pass

using Doubles = hn::ScalableTag<double>;
using Floats = hn::Rebind<float, Doubles>;

constexpr Doubles kDoubles;
constexpr Floats kFloats;
constexpr std::size_t kLanes = hn::MaxLanes(kDoubles);

// As many outputs as a vector has doubles. Weights are read along the inputs, squares of them turned in registers.
HWY_INLINE void pack_some(const LayerWeights& from, std::span<const PackedInput> inputs, const PackedLayer& to,
                          std::size_t out) {
  const float* const weights = from.weights + out * from.inputs;
  const Places places(to, out);
  auto sums = hn::PromoteTo(kDoubles, hn::LoadU(kFloats, from.biases + out));
  const auto put = [&](const PackedInput& input, hn::Vec<Floats> column) HWY_ATTR {
    const auto weight = hn::PromoteTo(kDoubles, column);
    const auto scaled = hn::Mul(weight, hn::Set(kDoubles, input.scale));
    hn::StoreU(hn::DemoteTo(kFloats, scaled), kFloats, places.of(input));
    if (input.shifted) sums = hn::Add(sums, hn::Mul(weight, hn::Set(kDoubles, input.shift)));
  };
  std::size_t in = 0;
  for (; in + kLanes <= from.inputs; in += kLanes) {
    hn::Vec<Floats> columns[kLanes];
#pragma GCC unroll 8
    for (std::size_t i = 0; i < kLanes; ++i) columns[i] = hn::LoadU(kFloats, weights + i * from.inputs + in);
    transpose(kFloats, columns);
#pragma GCC unroll 8
    for (std::size_t i = 0; i < kLanes; ++i) put(inputs[in + i], columns[i]);
  }
  for (; in < from.inputs; ++in) {
    HWY_ALIGN float column[kLanes];
    for (std::size_t i = 0; i < kLanes; ++i) column[i] = weights[i * from.inputs + in];
    put(inputs[in], hn::Load(kFloats, column));
  }
  hn::StoreU(hn::DemoteTo(kFloats, sums), kFloats, to.sums + out);
}

void pack(const LayerWeights& from, std::span<const PackedInput> inputs, const PackedLayer& to) {
  std::size_t out = 0;
  if (to.block % kLanes == 0) {
    for (; out + kLanes <= from.outputs; out += kLanes) pack_some(from, inputs, to, out);
  }
  for (; out < from.outputs; ++out) pack_one(from, inputs, to, out);
}

#else

void pack(const LayerWeights& from, std::span<const PackedInput> inputs, const PackedLayer& to) {
  for (std::size_t out = 0; out < from.outputs; ++out) pack_one(from, inputs, to, out);
}

#endif

}  // namespace posthoc::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace posthoc::cpu {

HWY_EXPORT(pack);

void fused_pack(const LayerWeights& from, std::span<const PackedInput> inputs, const PackedLayer& to) {
  HWY_DYNAMIC_DISPATCH(pack)(from, inputs, to);
}

}  // namespace posthoc::cpu
#endif
