#include "tensor/random.h"

#include "base/philox_block.h"
#include "tensor/cpu/kernels.h"

namespace posthoc::cpu {
namespace {

// Calls put(i, draw) for draws first .. first + n - 1, making each block once; `transform` turns a block's words into
// its four draws.
template <typename Transform, typename Put>
void for_each_draw(const RandomStream& stream, std::uint64_t first, std::int64_t n, Transform transform, Put put) {
  for (std::int64_t i = 0; i < n;) {
    const std::uint64_t index = first + static_cast<std::uint64_t>(i);
    const auto block = transform(philox_block(stream, index / 4));
    if (index % 4 == 0 && n - i >= 4) {
      for (int lane = 0; lane < 4; ++lane) put(i + lane, block.v[lane]);
      i += 4;
    } else {  // the first or the last block, taken in part
      for (std::uint64_t lane = index % 4; lane < 4 && i < n; ++lane) put(i++, block.v[lane]);
    }
  }
}

random_formulas::Floats units(const random_formulas::Words& words) {
  using random_formulas::unit;
  return {{unit(words.v[0]), unit(words.v[1]), unit(words.v[2]), unit(words.v[3])}};
}

}  // namespace

void random_uniform(const RandomStream& stream, std::uint64_t first, double low, double high, Tensor& out) {
  dispatch_floating(out.dtype(), [&]<typename T>() {
    T* to = out.mutable_values<T>().data();
    // Scaled in float32 first, so that both dtypes hold the same numbers.
    const auto base = static_cast<float>(low);
    const auto width = static_cast<float>(high - low);
    for_each_draw(stream, first, out.elements(), units,
                  [&](std::int64_t i, float draw) { to[i] = static_cast<T>(std::fma(width, draw, base)); });
  });
}

void random_normal(const RandomStream& stream, std::uint64_t first, Tensor& out) {
  dispatch_floating(out.dtype(), [&]<typename T>() {
    T* to = out.mutable_values<T>().data();
    for_each_draw(stream, first, out.elements(), random_formulas::normals,
                  [&](std::int64_t i, float draw) { to[i] = static_cast<T>(draw); });
  });
}

void dropout_mask(const RandomStream& stream, std::uint64_t first, double p, Tensor& out) {
  dispatch_floating(out.dtype(), [&]<typename T>() {
    T* to = out.mutable_values<T>().data();
    // unit(word) >= p on the grid's own integers, and a table in place of a branch that no processor can foresee.
    const auto threshold = static_cast<std::uint32_t>(std::ceil(static_cast<float>(p) * 16777216.0F));
    const T mask[2] = {T(0), static_cast<T>(1.0 / (1.0 - p))};
    const auto words = [](const random_formulas::Words& block) { return block; };
    for_each_draw(stream, first, out.elements(), words,
                  [&](std::int64_t i, std::uint32_t word) { to[i] = mask[(word >> 8) >= threshold ? 1 : 0]; });
  });
}

void perturb(const Tensor& w, const RandomStream& stream, double sigma, std::uint64_t first, Tensor& out) {
  dispatch_floating(w.dtype(), [&]<typename T>() {
    const T* from = w.values<T>().data();
    T* to = out.mutable_values<T>().data();
    const T spread = static_cast<T>(sigma);
    for_each_draw(stream, first, w.elements(), random_formulas::normals, [&](std::int64_t i, float draw) {
      to[i] = random_formulas::perturbed(from[i], spread, static_cast<T>(draw));
    });
  });
}

}  // namespace posthoc::cpu
