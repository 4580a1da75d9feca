#include <bit>
#include <cmath>
#include <utility>

#include "tensor/cuda/axes.h"
#include "tensor/cuda/kernels.h"
#include "tensor/cuda/launch.cuh"

// Sums and maxima in float64, as on the host, in an order that the shapes alone decide: the same bits every time.

namespace posthoc::cuda {
namespace {

constexpr int kColumns = 32;                // outputs of a block of columns_kernel, side by side in memory
constexpr int kRows = kThreads / kColumns;  // threads that share one of them
constexpr std::int64_t kPart = 16 * 1024;   // elements that are worth a block
constexpr std::int64_t kMostParts = 1024;   // of one output

__device__ __forceinline__ double start(ReduceOp op) {
  return op == ReduceOp::sum ? 0.0 : -static_cast<double>(INFINITY);
}
// A NaN wins, so that it is seen.
__device__ __forceinline__ double combine(ReduceOp op, double a, double b) {
  if (op == ReduceOp::sum) return a + b;
  return b > a || b != b ? b : a;
}

// `width` threads, a power of two, take an output's part (or several of them by turns): each some of its elements, then
// their results by halves. out[part * outputs + output].
template <typename From, typename To>
__global__ void __launch_bounds__(kThreads, kBlocks)
    rows_kernel(ReduceOp op, ReducedAxes axes, std::int64_t parts, int width, const From* in, To* out) {
  GPU_SHARED(double, shared, kThreads);
  const int t = static_cast<int>(threadIdx.x);
  const int lane = t % width;
  const std::int64_t results = axes.outputs * parts;
  const std::int64_t each = (axes.count + parts - 1) / parts;
  const std::int64_t step = static_cast<std::int64_t>(gridDim.x) * (kThreads / width);
  // The whole block goes round together, for the barriers.
  for (std::int64_t first = static_cast<std::int64_t>(blockIdx.x) * (kThreads / width); first < results;
       first += step) {
    const std::int64_t result = first + t / width;
    double total = start(op);
    if (result < results) {
      const std::int64_t begin = result / axes.outputs * each;
      const std::int64_t end = begin + each < axes.count ? begin + each : axes.count;
      const From* from = in + offsets(axes.kept, result % axes.outputs).at[0];
      for (std::int64_t i = begin + lane; i < end; i += width) {
        total = combine(op, total, static_cast<double>(from[offsets(axes.reduced, i).at[0]]));
      }
    }
    shared[t] = total;
    for (int half = width / 2; half > 0; half /= 2) {
      __syncthreads();
      if (lane < half) shared[t] = combine(op, shared[t], shared[t + half]);
    }
    if (lane == 0 && result < results) out[result] = static_cast<To>(shared[t]);
    __syncthreads();  // the next results go to the same place
  }
}

// Block (32 outputs, part): neighbouring threads take neighbouring outputs, so that they read neighbouring elements.
template <typename From, typename To>
__global__ void __launch_bounds__(kThreads, kBlocks)
    columns_kernel(ReduceOp op, ReducedAxes axes, std::int64_t parts, const From* in, To* out) {
  GPU_SHARED(double, shared, kThreads);
  const int t = static_cast<int>(threadIdx.x);
  const int column = t % kColumns;
  const int row = t / kColumns;
  const std::int64_t each = (axes.count + parts - 1) / parts;
  const std::int64_t groups = (axes.outputs + kColumns - 1) / kColumns;
  for (std::int64_t block = blockIdx.x; block < groups * parts; block += gridDim.x) {
    const std::int64_t part = block / groups;
    const std::int64_t output = block % groups * kColumns + column;
    const std::int64_t end = part * each + each < axes.count ? part * each + each : axes.count;
    double total = start(op);
    if (output < axes.outputs) {
      const From* from = in + offsets(axes.kept, output).at[0];
      for (std::int64_t i = part * each + row; i < end; i += kRows) {
        total = combine(op, total, static_cast<double>(from[offsets(axes.reduced, i).at[0]]));
      }
    }
    shared[t] = total;
    for (int half = kRows / 2; half > 0; half /= 2) {
      __syncthreads();
      if (row < half) shared[t] = combine(op, shared[t], shared[t + half * kColumns]);
    }
    if (row == 0 && output < axes.outputs) out[part * axes.outputs + output] = static_cast<To>(shared[column]);
    __syncthreads();
  }
}

template <typename From, typename To>
void launch(StreamHandle stream, ReduceOp op, const ReducedAxes& axes, std::int64_t parts, const From* in, To* out) {
  if (axes.outputs >= kColumns && axes.kept.stride[0][0] == 1) {
    const std::int64_t groups = (axes.outputs + kColumns - 1) / kColumns;
    POSTHOC_LAUNCH((columns_kernel<From, To>), blocks_in_turn(groups * parts), stream, op, axes, parts, in, out);
  } else {
    const std::int64_t each = (axes.count + parts - 1) / parts;
    const int width =
        static_cast<int>(std::bit_ceil(static_cast<std::uint64_t>(std::clamp<std::int64_t>(each, 1, kThreads))));
    const std::int64_t blocks = (axes.outputs * parts * width + kThreads - 1) / kThreads;
    POSTHOC_LAUNCH((rows_kernel<From, To>), blocks_in_turn(blocks), stream, op, axes, parts, width, in, out);
  }
}

}  // namespace

void reduce(StreamHandle stream, ReduceOp op, const Tensor& in, Tensor& out) {
  const ReducedAxes axes = reduced_axes(in.shape(), out.shape());
  // As many parts as a large reduction to few outputs needs to fill a device; their results are reduced once more.
  const std::int64_t parts = std::clamp<std::int64_t>(
      in.elements() / kPart / std::max<std::int64_t>(axes.outputs / kColumns, 1), 1, kMostParts);
  dispatch_floating(in.dtype(), [&]<typename T>() {
    if (parts == 1) return launch(stream, op, axes, 1, elements<T>(in), elements<T>(out));
    Tensor partial = Tensor::empty({parts, axes.outputs}, Dtype::float64, in.device());
    launch(stream, op, axes, parts, elements<T>(in), elements<double>(partial));
    launch(stream, op, reduced_axes({parts, axes.outputs}, {1, axes.outputs}), 1,
           elements<double>(std::as_const(partial)), elements<T>(out));
  });
}

namespace {

// One thread an output: what is compared are few classes.
template <typename T>
__global__ void __launch_bounds__(kThreads, kBlocks)
    argmax_kernel(const T* in, std::int64_t outputs, std::int64_t size, std::int64_t inner, std::int64_t* out) {
  for (std::int64_t i = first_piece(); i < outputs; i += next_piece()) {
    const T* x = in + i / inner * size * inner + i % inner;
    std::int64_t best = 0;
    for (std::int64_t k = 1; k < size; ++k) {
      const T value = x[k * inner];
      const T most = x[best * inner];
      if (value > most || (value != value && most == most)) best = k;
    }
    out[i] = best;
  }
}

}  // namespace

void argmax(StreamHandle stream, const Tensor& in, int axis, Tensor& out) {
  const std::int64_t inner = extent(in.shape(), axis + 1, in.rank());
  const std::int64_t outputs = out.elements();
  dispatch_floating(in.dtype(), [&]<typename T>() {
    POSTHOC_LAUNCH(argmax_kernel<T>, blocks_for(outputs), stream, elements<T>(in), outputs, in.size(axis), inner,
                   elements<std::int64_t>(out));
  });
}

}  // namespace posthoc::cuda
