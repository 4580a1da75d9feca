#pragma once

// Random bits to uniform and normal numbers, by IEEE additions, multiplications, divisions, square roots and explicit
// fused multiply-adds alone: the same bits on every processor and device. (Compile with -ffp-contract=off.)

#include <cmath>
#include <cstdint>
#include <cstring>

#include "base/host_device.h"
#include "base/random_stream.h"

namespace posthoc::random_formulas {

using Words = RandomWords;
struct Floats {
  float v[4];
};

/// Uniform in [0, 1) on a grid of 2^-24.
POSTHOC_HOST_DEVICE inline float unit(std::uint32_t word) {
  return static_cast<float>(word >> 8) * (1.0F / 16777216.0F);
}

/// Natural logarithm of a normal number in (0, 1]: log(2^e m) = e log 2 + 2 atanh((m - 1) / (m + 1)).
POSTHOC_HOST_DEVICE inline float log_unit(float x) {
  std::uint32_t bits = 0;
  std::memcpy(&bits, &x, sizeof bits);
  int exponent = static_cast<int>(bits >> 23) - 127;
  bits = (bits & 0x007FFFFFU) | 0x3F800000U;
  float mantissa = 0.0F;
  std::memcpy(&mantissa, &bits, sizeof mantissa);
  if (mantissa > 1.41421356F) {
    mantissa *= 0.5F;
    ++exponent;
  }
  const float f = mantissa - 1.0F;
  const float s = f / (2.0F + f);
  const float z = s * s;
  float p = std::fma(z, 0.22222222F, 0.28571429F);  // 2/9, 2/7, 2/5, 2/3
  p = std::fma(z, p, 0.4F);
  p = std::fma(z, p, 0.66666667F);
  return std::fma(static_cast<float>(exponent), 0.693147181F, std::fma(s * z, p, 2.0F * s));
}

/// Sine and cosine of 2 pi u for u in [0, 1): reduced to a quarter turn, then minimax polynomials.
POSTHOC_HOST_DEVICE inline void sincos_turn(float u, float& sine, float& cosine) {
  const float quarter = std::floor(std::fma(u, 4.0F, 0.5F));
  const float x = std::fma(-0.25F, quarter, u) * 2.0F;  // in [-1/4, 1/4], in units of pi
  const float z = x * x;
  float s = std::fma(z, 0.0821458866F, -0.599264529F);
  s = std::fma(z, s, 2.55016404F);
  s = std::fma(z, s, -5.16771278F);
  s = std::fma(z, s, 3.14159265F) * x;
  float c = std::fma(z, 0.235330630F, -1.33526277F);
  c = std::fma(z, c, 4.05871213F);
  c = std::fma(z, c, -4.93480220F);
  c = std::fma(z, c, 1.0F);
  const int k = static_cast<int>(quarter) & 3;
  const float a = (k & 1) != 0 ? c : s;
  const float b = (k & 1) != 0 ? s : c;
  sine = (k & 2) != 0 ? -a : a;
  cosine = ((k + 1) & 2) != 0 ? -b : b;
}

/// Four standard normal numbers from one Philox block (Box and Muller, 1958). The radius's uniform is in (0, 1], so the
/// largest magnitude is sqrt(2 log 2^24) = 5.77.
POSTHOC_HOST_DEVICE inline Floats normals(const Words& words) {
  Floats result{};
  for (int at = 0; at < 4; at += 2) {
    const float u = static_cast<float>((words.v[at] >> 8) + 1U) * (1.0F / 16777216.0F);
    const float radius = std::sqrt(-2.0F * log_unit(u));
    float sine = 0.0F;
    float cosine = 0.0F;
    sincos_turn(unit(words.v[at + 1]), sine, cosine);
    result.v[at] = radius * cosine;
    result.v[at + 1] = radius * sine;
  }
  return result;
}

/// Weight w times a draw from N(1, sigma), n a standard normal draw: one rounding for the product, one for the sum.
POSTHOC_HOST_DEVICE inline float perturbed(float w, float sigma, float n) { return std::fma(w * sigma, n, w); }
POSTHOC_HOST_DEVICE inline double perturbed(double w, double sigma, double n) { return std::fma(w * sigma, n, w); }

}  // namespace posthoc::random_formulas
