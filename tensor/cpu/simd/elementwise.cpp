#include "tensor/cpu/simd/kernels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tensor/cpu/simd/elementwise.cpp"
#include <hwy/foreach_target.h>  // compiles what follows once for each set of instructions
#include <hwy/highway.h>

// Element by element, in the operations and the order of the plain loops: the same bits.

HWY_BEFORE_NAMESPACE();
namespace posthoc::cpu::simd::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

// Calls element(tag, i) for vectors of elements and then for the single ones that are left.
template <typename Element>
HWY_INLINE void over_elements(std::int64_t n, const Element& element) {
  const hn::ScalableTag<float> d;
  const auto width = static_cast<std::int64_t>(hn::Lanes(d));
  std::int64_t i = 0;
  for (; i + width <= n; i += width) element(d, i);
  for (; i < n; ++i) element(hn::CappedTag<float, 1>(), i);
}

#if HWY_TARGET <= HWY_AVX3
// The correctly rounded square root of numbers in [2^-96, 2^96], by multiply-adds: from an approximation to 14 bits one
// step of Goldschmidt's iteration for sqrt(v) and 1 / 2 sqrt(v) at once, then Markstein's correction (IBM J. Res. Dev.
// 34, 1990) by what is exactly left of v.
template <typename V>
HWY_INLINE V root_of(V v, V approximate_inverse) {
  const hn::DFromV<V> d;
  const auto half = hn::Set(d, 0.5F);
  auto root = hn::Mul(v, approximate_inverse);
  auto half_inverse = hn::Mul(half, approximate_inverse);
  const auto error = hn::NegMulAdd(half_inverse, root, half);
  root = hn::MulAdd(root, error, root);
  half_inverse = hn::MulAdd(half_inverse, error, half_inverse);
  return hn::MulAdd(hn::NegMulAdd(root, root, v), half_inverse, root);
}
#endif

// As hn::Sqrt. One unit makes divisions and square roots, one after the other, and Adam asks for both; where units for
// multiply-adds have nothing else to do, they make the root meanwhile.
template <typename D>
HWY_INLINE hn::Vec<D> square_root([[maybe_unused]] D d, hn::Vec<D> v) {
#if HWY_TARGET <= HWY_AVX3
  if constexpr (hn::MaxLanes(D()) > 1) {
    const auto low = hn::Set(d, 0x1p-96F);
    const auto high = hn::Set(d, 0x1p96F);
    if (HWY_LIKELY(hn::AllTrue(d, hn::And(hn::Ge(v, low), hn::Le(v, high))))) {
      return root_of(v, hn::ApproximateReciprocalSqrt(v));
    }
    if (hn::AllTrue(d, hn::And(hn::Ge(v, hn::Zero(d)), hn::Le(v, high)))) {  // moments that vanish, and zeros
      const auto small = hn::Lt(v, low);
      const auto scaled = hn::IfThenElse(small, hn::Mul(v, high), v);
      const auto root = root_of(scaled, hn::ApproximateReciprocalSqrt(hn::Max(scaled, low)));
      return hn::IfThenElse(small, hn::Mul(root, hn::Set(d, 0x1p-48F)), root);
    }
  }
#endif
  return hn::Sqrt(v);
}

}  // namespace

void Adam(const AdamConstants& of_step, std::int64_t n, const float* g, float* p, float* m, float* v) {
  const AdamConstants constants = of_step;  // a copy, which no pointer may change
  over_elements(n, [&](auto d, std::int64_t i) HWY_ATTR {
    const auto gradient = hn::LoadU(d, g + i);
    const auto first = hn::Add(hn::Mul(hn::Set(d, constants.beta1), hn::LoadU(d, m + i)),
                               hn::Mul(hn::Set(d, constants.one_minus_beta1), gradient));
    const auto second = hn::Add(hn::Mul(hn::Set(d, constants.beta2), hn::LoadU(d, v + i)),
                                hn::Mul(hn::Set(d, constants.one_minus_beta2), hn::Mul(gradient, gradient)));
    const auto deviation = hn::Add(square_root(d, second), hn::Set(d, constants.eps));
    hn::StoreU(first, d, m + i);
    hn::StoreU(second, d, v + i);
    hn::StoreU(hn::Sub(hn::LoadU(d, p + i), hn::Mul(hn::Set(d, constants.rate), hn::Div(first, deviation))), d, p + i);
  });
}

void Relu(const float* x, std::int64_t n, float* y) {
  over_elements(n, [&](auto d, std::int64_t i) HWY_ATTR {
    const auto value = hn::LoadU(d, x + i);
    hn::StoreU(hn::IfThenElse(hn::Lt(value, hn::Zero(d)), hn::Zero(d), value), d, y + i);  // a NaN stays one
  });
}

void ReluTimes(const float* x, const float* mask, std::int64_t n, float* y) {
  over_elements(n, [&](auto d, std::int64_t i) HWY_ATTR {
    const auto value = hn::LoadU(d, x + i);
    const auto zero = hn::Zero(d);
    const auto kept = hn::IfThenElse(hn::Lt(value, zero), zero, value);  // a NaN stays one
    hn::StoreU(hn::Mul(kept, hn::LoadU(d, mask + i)), d, y + i);
  });
}

void ReluTimesBackward(const float* y, const float* g, float factor, std::int64_t n, float* dx) {
  over_elements(n, [&](auto d, std::int64_t i) HWY_ATTR {
    const auto scaled = hn::Mul(hn::LoadU(d, g + i), hn::Set(d, factor));
    hn::StoreU(hn::IfThenElseZero(hn::Gt(hn::LoadU(d, y + i), hn::Zero(d)), scaled), d, dx + i);
  });
}

}  // namespace posthoc::cpu::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace posthoc::cpu::simd {

HWY_EXPORT(Adam);
HWY_EXPORT(Relu);
HWY_EXPORT(ReluTimes);
HWY_EXPORT(ReluTimesBackward);

void adam_step(const AdamConstants& constants, std::int64_t n, const float* g, float* p, float* m, float* v) {
  HWY_DYNAMIC_DISPATCH(Adam)(constants, n, g, p, m, v);
}
void relu(const float* x, std::int64_t n, float* y) { HWY_DYNAMIC_DISPATCH(Relu)(x, n, y); }
void relu_times(const float* x, const float* mask, std::int64_t n, float* y) {
  HWY_DYNAMIC_DISPATCH(ReluTimes)(x, mask, n, y);
}
void relu_times_backward(const float* y, const float* g, float factor, std::int64_t n, float* dx) {
  HWY_DYNAMIC_DISPATCH(ReluTimesBackward)(y, g, factor, n, dx);
}

}  // namespace posthoc::cpu::simd
#endif
