#include <algorithm>

#include "tensor/cpu/kernels.h"
#include "tensor/cpu/strided.h"

namespace posthoc::cpu {
void transpose(const Tensor& in, int a, int b, Tensor& out) {
  // In five parts: [outer, size of a, between, size of b, inner].
  const Shape& shape = in.shape();
  const std::int64_t outer = extent(shape, 0, a);
  const std::int64_t between = extent(shape, a + 1, b);
  const std::int64_t inner = extent(shape, b + 1, shape.rank());
  dispatch(in.dtype(), [&]<typename T>() {
    const T* from = in.values<T>().data();
    T* to = out.mutable_values<T>().data();
    for (std::int64_t o = 0; o < outer; ++o) {
      for (std::int64_t j = 0; j < shape[b]; ++j) {
        for (std::int64_t m = 0; m < between; ++m) {
          for (std::int64_t i = 0; i < shape[a]; ++i) {
            to = std::copy_n(from + (((o * shape[a] + i) * between + m) * shape[b] + j) * inner, inner, to);
          }
        }
      }
    }
  });
}

void copy_range(const Tensor& in, int axis, std::int64_t from, std::int64_t length, Tensor& out, std::int64_t to) {
  const std::int64_t outer = extent(in.shape(), 0, axis);
  const std::int64_t inner = extent(in.shape(), axis + 1, in.rank());
  dispatch(in.dtype(), [&]<typename T>() {
    const T* source = in.values<T>().data();
    T* target = out.mutable_values<T>().data();
    for (std::int64_t o = 0; o < outer; ++o) {
      std::copy_n(source + (o * in.size(axis) + from) * inner, length * inner,
                  target + (o * out.size(axis) + to) * inner);
    }
  });
}

void gather_rows(const Tensor& in, const Tensor& index, Tensor& out) {
  dispatch(in.dtype(), [&]<typename T>() {
    const auto rows = index.values<std::int64_t>();
    if (rows.empty()) return;
    const std::int64_t width = out.elements() / out.size(0);
    const T* from = in.values<T>().data();
    T* to = out.mutable_values<T>().data();
    constexpr std::size_t kAhead = 4;  // rows lie anywhere: the next ones are fetched while one is copied
    constexpr std::int64_t kLine = 64 / static_cast<std::int64_t>(sizeof(T));
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (i + kAhead < rows.size()) {
        const T* next = from + rows[i + kAhead] * width;
        for (std::int64_t j = 0; j < std::min<std::int64_t>(width, 16 * kLine); j += kLine)
          __builtin_prefetch(next + j);
      }
      to = std::copy_n(from + rows[i] * width, width, to);
    }
  });
}

void scatter_add_rows(const Tensor& in, const Tensor& index, Tensor& out) {
  dispatch_floating(in.dtype(), [&]<typename T>() {
    const auto rows = index.values<std::int64_t>();
    if (rows.empty()) return;
    const std::int64_t width = in.elements() / in.size(0);
    const T* from = in.values<T>().data();
    T* to = out.mutable_values<T>().data();
    for (const std::int64_t row : rows) {
      for (std::int64_t j = 0; j < width; ++j) to[row * width + j] += from[j];
      from += width;
    }
  });
}

}  // namespace posthoc::cpu
