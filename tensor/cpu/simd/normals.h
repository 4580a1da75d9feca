#pragma once

#include <cstdint>

#include "base/random_stream.h"

namespace posthoc::cpu {

/// Standard normal draws 4 * block, 4 * block + 1, ... of a stream, 4 * blocks of them: those of
/// random_formulas::normals, bit for bit, several blocks at once where the processor has fused multiply-add.
void normal_blocks(const RandomStream& stream, std::uint64_t block, std::int64_t blocks, float* to);

/// The same of random_formulas::unit: uniform draws in [0, 1).
void uniform_blocks(const RandomStream& stream, std::uint64_t block, std::int64_t blocks, float* to);

/// random_formulas::perturbed for n weights and as many draws.
void perturb_floats(const float* w, const float* draws, float sigma, std::int64_t n, float* to);

}  // namespace posthoc::cpu
