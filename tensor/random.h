#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "tensor/random_formulas.h"
#include "tensor/tensor.h"

namespace posthoc {

/// Names one sequence of random draws. Draw `index` of a stream is a function of (seed, purpose, number, index) alone:
/// Philox4x32-10 (Salmon et al. 2011) with the seed as key and the counter (index / 4, number, purpose), four draws a
/// block. So a result does not depend on threads, order or device.
struct RandomStream {
  std::uint64_t seed = 0;
  std::uint32_t purpose = 0;  ///< what the draws are for; see `purpose`
  std::uint32_t number = 0;   ///< which of its kind: a trial, a layer, an epoch
};

/// A stream's purpose from its name (FNV-1a), so that each user names its own and no list has to be kept.
constexpr std::uint32_t purpose(std::string_view name) {
  std::uint32_t hash = 2166136261U;
  for (const char c : name) hash = (hash ^ static_cast<std::uint8_t>(c)) * 16777619U;
  return hash;
}

/// Block `quad` of a stream: draws 4*quad .. 4*quad + 3.
random_formulas::Words random_block(const RandomStream& stream, std::uint64_t quad);

/// Draw `index` of a stream, uniform in [0, 1) on a grid of 2^-24.
float random_uniform_at(const RandomStream& stream, std::uint64_t index);
/// Draw `index` of a stream, standard normal.
float random_normal_at(const RandomStream& stream, std::uint64_t index);

/// Draws first, first + 1, ... uniform in [low, high), in row-major order, rounded to float32: where that grid is
/// coarse beside high - low, the rounding may give `high` itself. A float64 tensor gets the float32 draws widened, so
/// that a network in float64 starts where the one in float32 does.
Tensor random_uniform(const Shape& shape, const RandomStream& stream, double low, double high,
                      Dtype dtype = Dtype::float32, Device device = Device::cpu(), std::uint64_t first = 0);

/// Draws first, first + 1, ... standard normal.
Tensor random_normal(const Shape& shape, const RandomStream& stream, Dtype dtype = Dtype::float32,
                     Device device = Device::cpu(), std::uint64_t first = 0);

/// The mask of inverted dropout: 1 / (1 - p) where draw first + i is at least p, else 0. p in [0, 1).
Tensor random_dropout_mask(const Shape& shape, const RandomStream& stream, double p, Dtype dtype, Device device,
                           std::uint64_t first = 0);

/// w times a draw from N(1, sigma), element by element; element i takes draw first + i of the stream.
Tensor random_perturb(const Tensor& w, const RandomStream& stream, double sigma, std::uint64_t first);

/// A permutation of 0..n-1 (Fisher and Yates).
std::vector<std::int64_t> random_permutation(std::int64_t n, const RandomStream& stream);

}  // namespace posthoc
