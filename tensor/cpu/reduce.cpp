#include <algorithm>
#include <limits>

#include "tensor/cpu/kernels.h"
#include "tensor/cpu/simd/kernels.h"
#include "tensor/cpu/strided.h"

namespace posthoc::cpu {
namespace {

struct Sum {
  static constexpr double kStart = 0.0;
  double operator()(double a, double b) const { return a + b; }
};
struct Max {  // a NaN wins, so that it is seen
  static constexpr double kStart = -std::numeric_limits<double>::infinity();
  double operator()(double a, double b) const { return b > a || b != b ? b : a; }
};

template <typename T, typename F>
void reduce_with(F f, const Tensor& in, Tensor& out) {
  Tensor accumulator = Tensor::full(out.shape(), F::kStart, Dtype::float64);
  double* acc = accumulator.mutable_values<double>().data();
  const T* x = in.values<T>().data();
  const StridedWalk walk(in.shape(), in.shape(), out.shape());
  walk.for_each_run([&](std::int64_t /*at*/, std::int64_t at_in, std::int64_t at_out) {
    const T* run = x + at_in;
    if (walk.b_advances()) {
      for (std::int64_t i = 0; i < walk.inner(); ++i) acc[at_out + i] = f(acc[at_out + i], static_cast<double>(run[i]));
    } else {
      double total = acc[at_out];
      for (std::int64_t i = 0; i < walk.inner(); ++i) total = f(total, static_cast<double>(run[i]));
      acc[at_out] = total;
    }
  });
  std::transform(acc, acc + out.elements(), out.mutable_values<T>().begin(),
                 [](double value) { return static_cast<T>(value); });
}

}  // namespace

void plain::reduce(ReduceOp op, const Tensor& in, Tensor& out) {
  dispatch_floating(in.dtype(), [&]<typename T>() {
    switch (op) {
      case ReduceOp::sum:
        return reduce_with<T>(Sum{}, in, out);
      case ReduceOp::max:
        return reduce_with<T>(Max{}, in, out);
    }
  });
}

void reduce(ReduceOp op, const Tensor& in, Tensor& out) {
  const bool down_columns = in.rank() == 2 && out.size(0) == 1 && out.size(1) == in.size(1);
  if (op != ReduceOp::sum || in.dtype() != Dtype::float32 || !down_columns) return plain::reduce(op, in, out);
  Tensor sums = Tensor::empty(out.shape(), Dtype::float64);
  simd::column_sums(in.values<float>().data(), in.size(0), in.size(1), sums.mutable_values<double>().data());
  convert(sums, out);
}

void argmax(const Tensor& in, int axis, Tensor& out) {
  const std::int64_t outer = extent(in.shape(), 0, axis);
  const std::int64_t inner = extent(in.shape(), axis + 1, in.rank());
  const std::int64_t size = in.size(axis);
  dispatch_floating(in.dtype(), [&]<typename T>() {
    const T* x = in.values<T>().data();
    std::int64_t* to = out.mutable_values<std::int64_t>().data();
    for (std::int64_t o = 0; o < outer; ++o) {
      for (std::int64_t i = 0; i < inner; ++i) {
        const auto at = [&](std::int64_t k) { return x[(o * size + k) * inner + i]; };
        std::int64_t best = 0;
        for (std::int64_t k = 1; k < size; ++k) {
          const bool best_is_nan = at(best) != at(best);
          if (at(k) > at(best) || (at(k) != at(k) && !best_is_nan)) best = k;
        }
        *to++ = best;
      }
    }
  });
}

}  // namespace posthoc::cpu
