#pragma once

#include <cstdint>

#include "base/random_stream.h"

namespace posthoc::fairness {

/// Uniform draws of one counter-based stream, one after the other.
class UniformDraws {
 public:
  /// Begins at block `first_block`, so that many users can share a stream: each takes a range of blocks.
  UniformDraws(const RandomStream& stream, std::uint64_t first_block) : stream_(stream), block_(first_block) {}

  /// 64 random bits.
  std::uint64_t bits();

  /// Uniform in (0, 1): the middles of 2^53 equal cells.
  double uniform() { return (static_cast<double>(bits() >> 11) + 0.5) * 0x1p-53; }

 private:
  RandomStream stream_;
  std::uint64_t block_;
  std::uint64_t second_half_ = 0;
  bool has_second_half_ = false;
};

/// One draw from the binomial distribution of `n` trials with probability `p`: inversion by a sequential search if the
/// mean is below 10, else transformed rejection (Hörmann 1993, algorithm BTRS), which takes 1.15 to 1.5 rounds whatever
/// n is. Exact up to the rounding of doubles. n >= 0 and p in [0, 1], or it throws `Error`.
std::int64_t draw_binomial(std::int64_t n, double p, UniformDraws& draws);

}  // namespace posthoc::fairness
