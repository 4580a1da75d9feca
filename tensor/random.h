#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/random_stream.h"
#include "tensor/random_formulas.h"
#include "tensor/tensor.h"

namespace posthoc {

/// Block `quad` of a stream: draws 4*quad .. 4*quad + 3.
random_formulas::Words random_block(const RandomStream& stream, std::uint64_t quad);

/// Draw `index` of a stream, uniform in [0, 1) on a grid of 2^-24.
float random_uniform_at(const RandomStream& stream, std::uint64_t index);
/// Draws first, first + 1, ...: `random_uniform_at` of each, many at once.
void random_uniforms(const RandomStream& stream, std::uint64_t first, std::span<float> to);
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

/// relu(x) times that mask.
Tensor random_relu_dropout(const Tensor& x, const RandomStream& stream, double p, std::uint64_t first = 0);

/// w times a draw from N(1, sigma), element by element; element i takes draw first + i of the stream.
Tensor random_perturb(const Tensor& w, const RandomStream& stream, double sigma, std::uint64_t first);

/// Draws first, first + 1, ... of integers in [0, bound), `count` of them, each independent: rows drawn with
/// replacement. They are 64 bits wide and two a block, so first + count <= 2^63. Throws `Error` unless count >= 0 and
/// bound >= 1.
std::vector<std::int64_t> random_integers(std::int64_t count, std::int64_t bound, const RandomStream& stream,
                                          std::uint64_t first = 0);

/// A permutation of 0..n-1 (Fisher and Yates).
std::vector<std::int64_t> random_permutation(std::int64_t n, const RandomStream& stream);

}  // namespace posthoc
