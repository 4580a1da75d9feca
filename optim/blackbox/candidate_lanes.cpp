#include "optim/blackbox/candidate_lanes.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "optim/blackbox/candidate_lanes.cpp"
#include <hwy/foreach_target.h>  // compiles what follows once for each set of instructions
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace posthoc::optim::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using Byte = std::uint8_t;
using Turns = std::array<const Byte*, kInnerNodes>;
using Steps = std::array<double, kTreeLeaves>;

// The plain loops below are the compiler's to make vectors of.
void SayTurns(const float* HWY_RESTRICT x, float threshold, Byte* HWY_RESTRICT right) {
  for (std::size_t c = 0; c < kCandidateBlock; ++c) right[c] = x[c] > threshold ? 1 : 0;
}

HWY_INLINE Byte pick(Byte right, Byte if_left, Byte if_right) {  // of bytes 0 or 1
  return static_cast<Byte>((if_right & right) | (if_left & (right ^ 1)));
}

void AddSteps(const Turns& turns, const Steps& step, double* HWY_RESTRICT sums) {
  HWY_ALIGN Byte leaf[kCandidateBlock];
  const Byte* HWY_RESTRICT root = turns[0];
  const Byte* HWY_RESTRICT left = turns[1];
  const Byte* HWY_RESTRICT right = turns[2];
  const Byte* HWY_RESTRICT low[4] = {turns[3], turns[4], turns[5], turns[6]};
  for (std::size_t c = 0; c < kCandidateBlock; ++c) {
    const Byte a = root[c];
    const Byte b = pick(a, left[c], right[c]);
    const Byte d = pick(a, pick(b, low[0][c], low[1][c]), pick(b, low[2][c], low[3][c]));
    leaf[c] = static_cast<Byte>(a * 4 + b * 2 + d);
  }
#if HWY_TARGET <= HWY_AVX3
  // All eight leaves in one vector, of which each lane picks one.
  const hn::ScalableTag<double> d;
  const hn::RebindToUnsigned<decltype(d)> index;
  const hn::Rebind<Byte, decltype(d)> bytes;
  const auto table = hn::LoadU(d, step.data());
  for (std::size_t c = 0; c < kCandidateBlock; c += kTreeLeaves) {
    const auto wide = hn::PromoteTo(
        index, hn::PromoteTo(hn::Rebind<std::uint32_t, decltype(d)>(),
                             hn::PromoteTo(hn::Rebind<std::uint16_t, decltype(d)>(), hn::LoadU(bytes, leaf + c))));
    const auto steps = hn::TableLookupLanes(table, hn::IndicesFromVec(d, wide));
    hn::StoreU(hn::Add(hn::LoadU(d, sums + c), steps), d, sums + c);
  }
#else
  for (std::size_t c = 0; c < kCandidateBlock; ++c) sums[c] += step[leaf[c]];
#endif
}

}  // namespace posthoc::optim::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace posthoc::optim {

HWY_EXPORT(SayTurns);
HWY_EXPORT(AddSteps);

void say_turns(const float* x, float threshold, std::uint8_t* right) {
  HWY_DYNAMIC_DISPATCH(SayTurns)(x, threshold, right);
}

void add_steps(const std::array<const std::uint8_t*, kInnerNodes>& turns, const std::array<double, kTreeLeaves>& step,
               double* sums) {
  HWY_DYNAMIC_DISPATCH(AddSteps)(turns, step, sums);
}

}  // namespace posthoc::optim
#endif
