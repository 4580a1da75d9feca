#include "tensor/cuda/axes.h"
#include "tensor/cuda/kernels.h"
#include "tensor/cuda/launch.cuh"

namespace posthoc::cuda {
namespace {

template <typename From, typename To>
__global__ void __launch_bounds__(kThreads, kBlocks) convert_kernel(const From* in, std::int64_t n, To* out) {
  for (std::int64_t i = first_piece(); i < n; i += next_piece()) out[i] = static_cast<To>(in[i]);
}

template <typename T>
__global__ void __launch_bounds__(kThreads, kBlocks) fill_kernel(T value, std::int64_t n, T* out) {
  for (std::int64_t i = first_piece(); i < n; i += next_piece()) out[i] = value;
}

// One kernel for all operations, with a loop for each: the choice is made once a thread.
template <typename T>
__global__ void __launch_bounds__(kThreads, kBlocks) unary_kernel(UnaryOp op, const T* in, std::int64_t n, T* out) {
  scalar::visit(op, [=](auto f) {
    for (std::int64_t i = first_piece(); i < n; i += next_piece()) out[i] = f(in[i]);
  });
}

template <typename T>
__global__ void __launch_bounds__(kThreads, kBlocks)
    binary_kernel(BinaryOp op, Axes axes, const T* a, const T* b, std::int64_t n, T* out) {
  scalar::visit(op, [&](auto f) {
    for (std::int64_t i = first_piece(); i < n; i += next_piece()) {
      const Offsets from = offsets(axes, i);
      out[i] = f(a[from.at[0]], b[from.at[1]]);
    }
  });
}

template <typename T>
__global__ void __launch_bounds__(kThreads, kBlocks)
    where_kernel(Axes axes, const T* mask, const T* a, const T* b, std::int64_t n, T* out) {
  for (std::int64_t i = first_piece(); i < n; i += next_piece()) {
    const Offsets from = offsets(axes, i);
    out[i] = mask[from.at[0]] != T(0) ? a[from.at[1]] : b[from.at[2]];
  }
}

}  // namespace

void convert(StreamHandle stream, const Tensor& in, Tensor& out) {
  const std::int64_t n = out.elements();
  dispatch(in.dtype(), [&]<typename From>() {
    dispatch(out.dtype(), [&]<typename To>() {
      POSTHOC_LAUNCH((convert_kernel<From, To>), blocks_for(n), stream, elements<From>(in), n, elements<To>(out));
    });
  });
}

void fill(StreamHandle stream, double value, Tensor& out) {
  const std::int64_t n = out.elements();
  dispatch(out.dtype(), [&]<typename T>() {
    POSTHOC_LAUNCH(fill_kernel<T>, blocks_for(n), stream, static_cast<T>(value), n, elements<T>(out));
  });
}

void unary(StreamHandle stream, UnaryOp op, const Tensor& in, Tensor& out) {
  const std::int64_t n = out.elements();
  dispatch_floating(in.dtype(), [&]<typename T>() {
    POSTHOC_LAUNCH(unary_kernel<T>, blocks_for(n), stream, op, elements<T>(in), n, elements<T>(out));
  });
}

void binary(StreamHandle stream, BinaryOp op, const Tensor& a, const Tensor& b, Tensor& out) {
  const std::int64_t n = out.elements();
  const Axes axes = broadcast_axes(out.shape(), {&a.shape(), &b.shape(), nullptr});
  dispatch_floating(out.dtype(), [&]<typename T>() {
    POSTHOC_LAUNCH(binary_kernel<T>, blocks_for(n), stream, op, axes, elements<T>(a), elements<T>(b), n,
                   elements<T>(out));
  });
}

void where(StreamHandle stream, const Tensor& mask, const Tensor& a, const Tensor& b, Tensor& out) {
  const std::int64_t n = out.elements();
  const Axes axes = broadcast_axes(out.shape(), {&mask.shape(), &a.shape(), &b.shape()});
  dispatch_floating(out.dtype(), [&]<typename T>() {
    POSTHOC_LAUNCH(where_kernel<T>, blocks_for(n), stream, axes, elements<T>(mask), elements<T>(a), elements<T>(b), n,
                   elements<T>(out));
  });
}

}  // namespace posthoc::cuda
