#pragma once

#include <cstdint>
#include <cstring>

#include "base/host_device.h"

namespace posthoc::debias {

/// The sigmoid of a logit as the fused passes compute it, by IEEE additions, multiplications and a division alone: the
/// same bits on the host and on a device, so that both find the same ties and the same threshold. Within 2.4 units in
/// the last place; never decreasing where neighbouring logits are told apart. Logits below -88 count as -88, so the
/// score is always above 0. A NaN stays one.
///
/// exp(x) = 2^k exp(r), |r| <= log(2) / 2, with exp(r) = 1 + r + r^2 p(r), p interpolated at five Chebyshev nodes.
POSTHOC_HOST_DEVICE inline float score_of_logit(float logit) {
  float x = -logit;
  x = x > 88.0F ? 88.0F : x;
  x = x < -87.0F ? -87.0F : x;
  constexpr float kRound = 12582912.0F;  // 1.5 * 2^23: adding it leaves the nearest integer in the lowest bits
  const float shifted = x * 1.44269504F + kRound;
  const float k = shifted - kRound;
  const float r = (x - k * 0.693359375F) - k * -0.000212194442F;
  float p = 0.0013926184F;
  p = p * r + 0.00836317893F;
  p = p * r + 0.0416665561F;
  p = p * r + 0.166665763F;
  p = p * r + 0.5F;
  const float power = (r * r * p + r) + 1.0F;
  std::uint32_t bits = 0;
  std::memcpy(&bits, &shifted, sizeof bits);
  bits = (bits + 127U - 0x4B400000U) << 23;  // of 2^k; kRound's own bits are 0x4B400000
  float scale = 0.0F;
  std::memcpy(&scale, &bits, sizeof scale);
  return 1.0F / (1.0F + power * scale);
}

}  // namespace posthoc::debias
