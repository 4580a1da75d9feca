#include "optim/gbrt/split_filter.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "optim/gbrt/split_filter.cpp"
#include <hwy/foreach_target.h>  // compiles what follows once for each set of instructions
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace posthoc::optim::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using Orders = std::array<const SortedSamples::Index*, kFilterAtOnce>;
using Beaten = std::array<std::uint32_t, kFilterAtOnce>;
using D = hn::CappedTag<float, kFilterLanes>;
using V = hn::Vec<D>;

// Nearly always no lane is beaten, and this loop sees so without a division or a branch.
Beaten LanesBeaten(const Orders& orders, std::size_t samples, const FilterStep* HWY_RESTRICT steps,
                   const FilterNodes& nodes) {
  static_assert(kFilterAtOnce == 2);
  const D d;
  Beaten beaten{};
  for (std::size_t lane = 0; lane < nodes.size; lane += hn::Lanes(d)) {
    const V count = hn::Load(d, nodes.count.data() + lane);
    const V to_beat = hn::Load(d, nodes.to_beat.data() + lane);
    V difference0 = hn::Zero(d);
    V difference1 = hn::Zero(d);
    V left0 = hn::Zero(d);
    V left1 = hn::Zero(d);
    auto any0 = hn::Gt(left0, left0);  // none
    auto any1 = any0;
    const auto step = [&](const FilterStep& sample, V& difference, V& left) HWY_ATTR {
      difference = hn::Add(difference, hn::Load(d, sample.difference.data() + lane));
      left = hn::Add(left, hn::Load(d, sample.count.data() + lane));
      return hn::Gt(hn::Mul(difference, difference), hn::Mul(hn::Mul(left, hn::Sub(count, left)), to_beat));
    };
    for (std::size_t k = 0; k < samples; ++k) {
      any0 = hn::Or(any0, step(steps[orders[0][k]], difference0, left0));
      any1 = hn::Or(any1, step(steps[orders[1][k]], difference1, left1));
    }
    std::uint8_t bits[8] = {};
    const auto lanes_of = [&](auto mask) HWY_ATTR {
      const std::size_t bytes = hn::StoreMaskBits(d, mask, bits);
      const std::uint32_t some = bytes > 1 ? bits[0] | std::uint32_t{bits[1]} << 8 : bits[0];
      return some << lane;
    };
    beaten[0] |= lanes_of(any0);
    beaten[1] |= lanes_of(any1);
  }
  return beaten;
}

}  // namespace posthoc::optim::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace posthoc::optim {

HWY_EXPORT(LanesBeaten);

std::array<std::uint32_t, kFilterAtOnce> lanes_beaten(
    const std::array<const SortedSamples::Index*, kFilterAtOnce>& orders, std::size_t samples, const FilterStep* steps,
    const FilterNodes& nodes) {
  return HWY_DYNAMIC_DISPATCH(LanesBeaten)(orders, samples, steps, nodes);
}

}  // namespace posthoc::optim
#endif
