#include "tensor/cuda/kernels.h"
#include "tensor/cuda/launch.cuh"

// What moves elements and does not look at them works on words of their size, 4 or 8 bytes.

namespace posthoc::cuda {
namespace {

constexpr int kTile = 32;
constexpr int kTileRows = kThreads / kTile;  // rows of a tile that the threads take at once

// [rows, columns] to [columns, rows] by tiles in shared memory, so that both sides are walked along their rows. The
// tiles' rows are one word longer than they need be, or a column would lie in one bank.
template <typename Word>
__global__ void __launch_bounds__(kThreads, kBlocks)
    transpose_tiles_kernel(const Word* in, std::int64_t rows, std::int64_t columns, Word* out) {
  GPU_SHARED(Word, tile, kTile * (kTile + 1));
  const int x = static_cast<int>(threadIdx.x) % kTile;
  const int y = static_cast<int>(threadIdx.x) / kTile;
  const std::int64_t across = (columns + kTile - 1) / kTile;
  const std::int64_t tiles = (rows + kTile - 1) / kTile * across;
  for (std::int64_t block = blockIdx.x; block < tiles; block += gridDim.x) {
    const std::int64_t row = block / across * kTile;
    const std::int64_t column = block % across * kTile;
    for (int i = y; i < kTile; i += kTileRows) {
      if (row + i < rows && column + x < columns) tile[i * (kTile + 1) + x] = in[(row + i) * columns + column + x];
    }
    __syncthreads();
    for (int i = y; i < kTile; i += kTileRows) {
      if (column + i < columns && row + x < rows) out[(column + i) * rows + row + x] = tile[x * (kTile + 1) + i];
    }
    __syncthreads();  // before the next tile takes its place
  }
}

// In five parts, [outer, a, between, b, inner] to [outer, b, between, a, inner].
struct Exchange {
  std::int64_t a;
  std::int64_t between;
  std::int64_t b;
  std::int64_t inner;
};

template <typename Word>
__global__ void __launch_bounds__(kThreads, kBlocks)
    transpose_kernel(const Word* in, Exchange parts, std::int64_t n, Word* out) {
  for (std::int64_t to = first_piece(); to < n; to += next_piece()) {
    std::int64_t rest = to;
    const std::int64_t i = rest % parts.inner;
    rest /= parts.inner;
    const std::int64_t at_a = rest % parts.a;
    rest /= parts.a;
    const std::int64_t m = rest % parts.between;
    rest /= parts.between;
    const std::int64_t at_b = rest % parts.b;
    const std::int64_t outer = rest / parts.b;
    out[to] = in[(((outer * parts.a + at_a) * parts.between + m) * parts.b + at_b) * parts.inner + i];
  }
}

// `run` neighbouring words at a time, every `from_step` words of `in` and `to_step` of `out`.
template <typename Word>
__global__ void __launch_bounds__(kThreads, kBlocks)
    copy_runs_kernel(const Word* in, std::int64_t from_step, std::int64_t run, std::int64_t n, Word* out,
                     std::int64_t to_step) {
  for (std::int64_t i = first_piece(); i < n; i += next_piece()) {
    out[i / run * to_step + i % run] = in[i / run * from_step + i % run];
  }
}

template <typename Word>
__global__ void __launch_bounds__(kThreads, kBlocks)
    gather_kernel(const Word* in, const std::int64_t* index, std::int64_t width, std::int64_t n, Word* out) {
  for (std::int64_t i = first_piece(); i < n; i += next_piece()) out[i] = in[index[i / width] * width + i % width];
}

// A thread adds to one column of kTile rows of `out` all that falls there, in the order of the index: atomic additions
// would be in another order every time.
template <typename T>
__global__ void __launch_bounds__(kThreads, kBlocks)
    scatter_add_kernel(const T* in, const std::int64_t* index, std::int64_t rows, std::int64_t width,
                       std::int64_t pieces, T* out) {
  for (std::int64_t piece = first_piece(); piece < pieces; piece += next_piece()) {
    const std::int64_t begin = piece / width * kTile;
    const std::int64_t column = piece % width;
    for (std::int64_t i = 0; i < rows; ++i) {
      const std::int64_t row = index[i];
      if (row >= begin && row < begin + kTile) out[row * width + column] += in[i * width + column];
    }
  }
}

// Calls f with a word of the dtype's size.
template <typename F>
void dispatch_words(Dtype dtype, F&& f) {
  if (size_of(dtype) == 4) return f.template operator()<std::uint32_t>();
  f.template operator()<std::uint64_t>();
}

}  // namespace

void transpose(StreamHandle stream, const Tensor& in, int a, int b, Tensor& out) {
  const Shape& shape = in.shape();
  const std::int64_t n = in.elements();
  const std::int64_t outer = extent(shape, 0, a);
  const Exchange parts{shape[a], extent(shape, a + 1, b), shape[b], extent(shape, b + 1, shape.rank())};
  dispatch_words(in.dtype(), [&]<typename Word>() {
    if (outer == 1 && parts.between == 1 && parts.inner == 1) {
      const std::int64_t tiles = (parts.a + kTile - 1) / kTile * ((parts.b + kTile - 1) / kTile);
      POSTHOC_LAUNCH(transpose_tiles_kernel<Word>, blocks_in_turn(tiles), stream, elements<Word>(in), parts.a, parts.b,
                     elements<Word>(out));
    } else {
      POSTHOC_LAUNCH(transpose_kernel<Word>, blocks_for(n), stream, elements<Word>(in), parts, n, elements<Word>(out));
    }
  });
}

void copy_range(StreamHandle stream, const Tensor& in, int axis, std::int64_t from, std::int64_t length, Tensor& out,
                std::int64_t to) {
  const std::int64_t inner = extent(in.shape(), axis + 1, in.rank());
  const std::int64_t n = extent(in.shape(), 0, axis) * length * inner;
  dispatch_words(in.dtype(), [&]<typename Word>() {
    POSTHOC_LAUNCH(copy_runs_kernel<Word>, blocks_for(n), stream, elements<Word>(in) + from * inner,
                   in.size(axis) * inner, length * inner, n, elements<Word>(out) + to * inner, out.size(axis) * inner);
  });
}

void repeat_row(StreamHandle stream, const Tensor& row, Tensor& out) {
  const std::int64_t width = row.elements();
  dispatch_words(row.dtype(), [&]<typename Word>() {
    POSTHOC_LAUNCH(copy_runs_kernel<Word>, blocks_for(out.elements()), stream, elements<Word>(row), 0, width,
                   out.elements(), elements<Word>(out), width);
  });
}

void gather_rows(StreamHandle stream, const Tensor& in, const Tensor& index, Tensor& out) {
  const std::int64_t n = out.elements();
  if (n == 0) return;
  dispatch_words(in.dtype(), [&]<typename Word>() {
    POSTHOC_LAUNCH(gather_kernel<Word>, blocks_for(n), stream, elements<Word>(in), elements<std::int64_t>(index),
                   n / out.size(0), n, elements<Word>(out));
  });
}

void scatter_add_rows(StreamHandle stream, const Tensor& in, const Tensor& index, Tensor& out) {
  if (in.elements() == 0) return;
  const std::int64_t width = in.elements() / in.size(0);
  const std::int64_t pieces = (out.size(0) + kTile - 1) / kTile * width;
  dispatch_floating(in.dtype(), [&]<typename T>() {
    POSTHOC_LAUNCH(scatter_add_kernel<T>, blocks_for(pieces), stream, elements<T>(in), elements<std::int64_t>(index),
                   in.size(0), width, pieces, elements<T>(out));
  });
}

}  // namespace posthoc::cuda
