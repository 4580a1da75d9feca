#include "tensor/random.h"

#include <cmath>
#include <numeric>
#include <utility>

#include "base/error.h"
#include "base/philox_block.h"
#include "tensor/backend.h"
#include "tensor/cpu/kernels.h"
#include "tensor/format.h"
#include "tensor/ops.h"

namespace posthoc {

random_formulas::Words random_block(const RandomStream& stream, std::uint64_t quad) {
  return philox_block(stream, quad);
}

float random_uniform_at(const RandomStream& stream, std::uint64_t index) {
  return random_formulas::unit(random_block(stream, index / 4).v[index % 4]);
}

void random_uniforms(const RandomStream& stream, std::uint64_t first, std::span<float> to) {
  cpu::random_uniforms(stream, first, to);
}

float random_normal_at(const RandomStream& stream, std::uint64_t index) {
  return random_formulas::normals(random_block(stream, index / 4)).v[index % 4];
}

Tensor random_uniform(const Shape& shape, const RandomStream& stream, double low, double high, Dtype dtype,
                      Device device, std::uint64_t first) {
  require(std::isfinite(low) && std::isfinite(high) && low <= high,
          "random_uniform: expected finite bounds low <= high, got {} and {}", low, high);
  require(is_floating(dtype), "random_uniform: expected a floating dtype, got {}", dtype);
  Tensor result = Tensor::empty(shape, dtype, device);
  backend(device).random_uniform(stream, first, low, high, result);
  return result;
}

Tensor random_normal(const Shape& shape, const RandomStream& stream, Dtype dtype, Device device, std::uint64_t first) {
  require(is_floating(dtype), "random_normal: expected a floating dtype, got {}", dtype);
  Tensor result = Tensor::empty(shape, dtype, device);
  backend(device).random_normal(stream, first, result);
  return result;
}

Tensor random_dropout_mask(const Shape& shape, const RandomStream& stream, double p, Dtype dtype, Device device,
                           std::uint64_t first) {
  require(p >= 0.0 && p < 1.0, "dropout: the probability must lie in [0, 1), got {}", p);
  require(is_floating(dtype), "dropout: expected a floating dtype, got {}", dtype);
  Tensor result = Tensor::empty(shape, dtype, device);
  backend(device).dropout_mask(stream, first, p, result);
  return result;
}

Tensor random_relu_dropout(const Tensor& x, const RandomStream& stream, double p, std::uint64_t first) {
  require(p >= 0.0 && p < 1.0, "dropout: the probability must lie in [0, 1), got {}", p);
  require_floating(x, "relu_dropout");
  Tensor result = x.empty_like();
  backend(x.device()).relu_dropout(x, stream, first, p, result);
  return result;
}

Tensor random_perturb(const Tensor& w, const RandomStream& stream, double sigma, std::uint64_t first) {
  require(w.defined(), "random_perturb: the tensor is undefined");
  require(is_floating(w.dtype()), "random_perturb: expected a floating dtype, got {}", w.dtype());
  require(std::isfinite(sigma) && sigma >= 0.0, "random_perturb: sigma must be finite and not negative, got {}", sigma);
  Tensor result = w.empty_like();
  backend(w.device()).perturb(w, stream, sigma, first, result);
  return result;
}

std::vector<std::int64_t> random_integers(std::int64_t count, std::int64_t bound, const RandomStream& stream,
                                          std::uint64_t first) {
  require(count >= 0 && bound >= 1, "random_integers: expected count >= 0 and bound >= 1, got {} and {}", count, bound);
  std::vector<std::int64_t> drawn(static_cast<std::size_t>(count));
  for (std::uint64_t i = 0; i < drawn.size(); ++i) {
    const auto words = random_block(stream, (first + i) / 2);  // 64 bits each: two draws a block
    const std::uint64_t half = (first + i) % 2 * 2;
    const auto bits = (std::uint64_t{words.v[half]} << 32) | words.v[half + 1];
    drawn[i] = static_cast<std::int64_t>(below(bits, static_cast<std::uint64_t>(bound)));
  }
  return drawn;
}

std::vector<std::int64_t> random_permutation(std::int64_t n, const RandomStream& stream) {
  require(n >= 0, "random_permutation: n must not be negative, got {}", n);
  std::vector<std::int64_t> order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), 0);
  for (std::int64_t i = n - 1; i > 0; --i) {
    const auto words = random_block(stream, static_cast<std::uint64_t>(i));
    const auto bits = (std::uint64_t{words.v[0]} << 32) | words.v[1];
    std::swap(order[static_cast<std::size_t>(i)], order[below(bits, static_cast<std::uint64_t>(i + 1))]);
  }
  return order;
}

}  // namespace posthoc
