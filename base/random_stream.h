#pragma once

#include <cstdint>
#include <string_view>

namespace posthoc {

/// Names one sequence of random draws. Draw `index` of a stream is a function of (seed, purpose, number, index) alone:
/// Philox4x32-10 (Salmon et al. 2011) with the seed as key and the counter (index / 4, number, purpose), four draws a
/// block. So a result does not depend on threads, order or device.
struct RandomStream {
  std::uint64_t seed = 0;
  std::uint32_t purpose = 0;  ///< what the draws are for; see `purpose`
  std::uint32_t number = 0;   ///< which of its kind: a trial, a layer, an epoch, a resample
};

/// A stream's purpose from its name (FNV-1a), so that each user names its own and no list has to be kept.
constexpr std::uint32_t purpose(std::string_view name) {
  std::uint32_t hash = 2166136261U;
  for (const char c : name) hash = (hash ^ static_cast<std::uint8_t>(c)) * 16777619U;
  return hash;
}

/// Maps 64 random bits to the integers [0, bound), each as likely as the others within bound / 2^64: the high half of
/// the product of bits and bound.
constexpr std::uint64_t below(std::uint64_t bits, std::uint64_t bound) {
  __extension__ using Uint128 = unsigned __int128;
  return static_cast<std::uint64_t>(static_cast<Uint128>(bits) * bound >> 64);
}

/// One Philox block: four 32-bit words.
struct RandomWords {
  std::uint32_t v[4];
};

}  // namespace posthoc
