#include "fma_peak.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "fma_peak.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace posthoc::bench::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

double peak(long steps, float& sum) {
#if HWY_HAVE_SCALABLE
  sum = 0.0F;
  return 0.0 * static_cast<double>(steps);
#else
  const hn::ScalableTag<float> d;
  hn::Vec<decltype(d)> a[kPeakChains];
  for (int i = 0; i < kPeakChains; ++i) a[i] = hn::Set(d, static_cast<float>(i));
  const auto x = hn::Set(d, 0.5F);
  const auto y = hn::Set(d, 1.0F);
  for (long step = 0; step < steps; ++step) {
#pragma GCC unroll 12
    for (int i = 0; i < kPeakChains; ++i) a[i] = hn::MulAdd(a[i], x, y);
  }
  auto all = a[0];
  for (int i = 1; i < kPeakChains; ++i) all = hn::Add(all, a[i]);
  sum = hn::GetLane(all);
  return static_cast<double>(steps) * kPeakChains * 2.0 * static_cast<double>(hn::Lanes(d));
#endif
}

}  // namespace posthoc::bench::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace posthoc::bench {

HWY_EXPORT(peak);

double fma_peak_flop(long steps, float& sum) { return HWY_DYNAMIC_DISPATCH(peak)(steps, sum); }

}  // namespace posthoc::bench
#endif
