#include <algorithm>

#include "tensor/cpu/kernels.h"
#include "tensor/cpu/simd/kernels.h"
#include "tensor/cpu/strided.h"

namespace posthoc::cpu {

void convert(const Tensor& in, Tensor& out) {
  dispatch(in.dtype(), [&]<typename From>() {
    dispatch(out.dtype(), [&]<typename To>() {
      const auto from = in.values<From>();
      std::transform(from.begin(), from.end(), out.mutable_values<To>().begin(),
                     [](From value) { return static_cast<To>(value); });
    });
  });
}

void fill(double value, Tensor& out) {
  dispatch(out.dtype(), [&]<typename T>() {
    const auto to = out.mutable_values<T>();
    std::fill(to.begin(), to.end(), static_cast<T>(value));
  });
}

void plain::unary(UnaryOp op, const Tensor& in, Tensor& out) {
  dispatch_floating(in.dtype(), [&]<typename T>() {
    const T* x = in.values<T>().data();
    T* y = out.mutable_values<T>().data();
    const std::int64_t n = in.elements();
    scalar::visit(op, [&](auto f) {
      for (std::int64_t i = 0; i < n; ++i) y[i] = f(x[i]);
    });
  });
}

void unary(UnaryOp op, const Tensor& in, Tensor& out) {
  if (op != UnaryOp::relu || in.dtype() != Dtype::float32) return plain::unary(op, in, out);
  simd::relu(in.values<float>().data(), in.elements(), out.mutable_values<float>().data());
}

namespace {

// One loop for each way the operands advance, so that the compiler can vectorise each.
template <typename T, typename F>
void binary_run(F f, std::int64_t n, const T* a, bool a_advances, const T* b, bool b_advances, T* out) {
  if (a_advances && b_advances) {
    for (std::int64_t i = 0; i < n; ++i) out[i] = f(a[i], b[i]);
  } else if (a_advances) {
    const T second = *b;
    for (std::int64_t i = 0; i < n; ++i) out[i] = f(a[i], second);
  } else if (b_advances) {
    const T first = *a;
    for (std::int64_t i = 0; i < n; ++i) out[i] = f(first, b[i]);
  } else {
    std::fill(out, out + n, f(*a, *b));
  }
}

}  // namespace

void binary(BinaryOp op, const Tensor& a, const Tensor& b, Tensor& out) {
  dispatch_floating(a.dtype(), [&]<typename T>() {
    const T* x = a.values<T>().data();
    const T* y = b.values<T>().data();
    T* z = out.mutable_values<T>().data();
    scalar::visit(op, [&](auto f) {
      if (a.shape() == b.shape()) return binary_run(f, out.elements(), x, true, y, true, z);
      const StridedWalk walk(out.shape(), a.shape(), b.shape());
      walk.for_each_run([&](std::int64_t at, std::int64_t at_a, std::int64_t at_b) {
        binary_run(f, walk.inner(), x + at_a, walk.a_advances(), y + at_b, walk.b_advances(), z + at);
      });
    });
  });
}

void where(const Tensor& mask, const Tensor& a, const Tensor& b, Tensor& out) {
  dispatch_floating(out.dtype(), [&]<typename T>() {
    const T* keep = mask.values<T>().data();
    const T* x = a.values<T>().data();
    const T* y = b.values<T>().data();
    T* z = out.mutable_values<T>().data();
    // Two passes over pairs of operands: all of b, then a over it.
    const StridedWalk under(out.shape(), b.shape(), b.shape());
    under.for_each_run([&](std::int64_t at, std::int64_t at_b, std::int64_t /*same*/) {
      binary_run([](T value, T) { return value; }, under.inner(), y + at_b, under.a_advances(), y + at_b,
                 under.a_advances(), z + at);
    });
    const StridedWalk over(out.shape(), mask.shape(), a.shape());
    const std::int64_t mask_step = over.a_advances() ? 1 : 0;
    const std::int64_t step = over.b_advances() ? 1 : 0;
    over.for_each_run([&](std::int64_t at, std::int64_t at_mask, std::int64_t at_a) {
      for (std::int64_t i = 0; i < over.inner(); ++i) {
        if (keep[at_mask + i * mask_step] != T(0)) z[at + i] = x[at_a + i * step];
      }
    });
  });
}

}  // namespace posthoc::cpu
