#pragma once

#include <cstddef>
#include <cstdint>

// What the kernels know of a network: plain numbers that the host and the device both read.

namespace posthoc::debias {

/// One layer of a chain (nn/chain.h) whose numbers lie one after the other: the perturbed ones of a trial at offsets
/// into `parameters`, the running statistics, which no trial changes, at offsets into `statistics`, and what the kernel
/// `fold` makes of them at offsets into `packed`.
struct DeviceLayer {
  static constexpr std::int32_t kNone = -1;

  std::int32_t inputs = 0;
  std::int32_t outputs = 0;
  std::int32_t relu = 0;
  std::int32_t weight = 0;         ///< [outputs][inputs], in parameters
  std::int32_t bias = 0;           ///< [outputs], in parameters
  std::int32_t gamma = kNone;      ///< [inputs], in parameters: the normalisation of what enters; kNone: there is none
  std::int32_t beta = kNone;       ///< [inputs], in parameters
  std::int32_t mean = 0;           ///< [inputs], in statistics
  std::int32_t variance = 0;       ///< [inputs], in statistics
  std::int32_t packed_weight = 0;  ///< [inputs][stride], in packed, at a multiple of 4
  std::int32_t packed_bias = 0;    ///< [stride], in packed, at a multiple of 4
  std::int32_t stride = 0;         ///< outputs, filled up with zeros to a multiple of 8
  double eps = 0.0;
};

/// Rows of features on the device: x[feature][row], as many rows as `padded`, a multiple of kRowTile; those from
/// `count` on are zeros.
struct DeviceRows {
  static constexpr std::int32_t kRowTile = 512;

  const float* x = nullptr;
  std::int32_t count = 0;
  std::int32_t padded = 0;
};

}  // namespace posthoc::debias
