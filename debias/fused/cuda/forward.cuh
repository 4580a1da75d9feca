#pragma once

#include "debias/fused/cuda/layers.h"
#include "debias/fused/score.h"
#include "tensor/cuda/gpu_compat.cuh"

// Scores of all rows under all trials' networks. A block takes one trial and a tile of rows through all layers; nothing
// but scores leaves it. Each sum is a chain of fused multiply-adds in the order of the inputs, from zero on, and the
// bias is added to it: the same bits as the host's fused pass that multiplies all columns.

namespace posthoc::GPU_NS {

__device__ __forceinline__ float rectified(float x) { return x < 0.0F ? 0.0F : x; }  // a NaN stays one

/// The kernel for networks whose hidden layers all have H outputs. A thread has ROWS rows, and their activations in its
/// registers: H of the layer before and H sums. The weights of a layer come through shared memory, H inputs at a time,
/// where all threads of a warp read the same four at once: ROWS * 4 multiply-adds for one read of 16 bytes.
///
/// Two buffers take turns, so that one barrier for each H x H weights is enough: what is overwritten was last read
/// before the barrier before.
template <int H, int ROWS>
struct NarrowForward {
  static_assert(H % 4 == 0);
  static constexpr int kThreads = 128;
  static constexpr int kBlocks = H == 32 ? 3 : 2;  // of a multiprocessor: registers for 12 or 8 warps
  static constexpr int kTile = kThreads * ROWS;    // rows of a block
  static_assert(debias::DeviceRows::kRowTile % kTile == 0);
  static constexpr int kChunk = H * H;  // weights of a buffer
  static constexpr std::size_t kSmem = smem_bytes(2 * kChunk, sizeof(float));
};

// Copies `count` weights, a multiple of 4, with all threads of the block.
__device__ __forceinline__ void stage(const float* __restrict__ from, int count, float* to) {
  const float4* source = reinterpret_cast<const float4*>(from);
  float4* target = reinterpret_cast<float4*>(to);
  for (int i = static_cast<int>(threadIdx.x); i < count / 4; i += static_cast<int>(blockDim.x)) target[i] = source[i];
}

template <int H, int ROWS>
__device__ __forceinline__ void begin_sums(float (&sum)[ROWS][H]) {
  GPU_UNROLL
  for (int r = 0; r < ROWS; ++r) {
    GPU_UNROLL
    for (int j = 0; j < H; ++j) sum[r][j] = 0.0F;
  }
}

// sum[r][j] += v[r] * w[j], for all j.
template <int H, int ROWS>
__device__ __forceinline__ void multiply_add(const float (&v)[ROWS], const float* w, float (&sum)[ROWS][H]) {
  GPU_UNROLL
  for (int j = 0; j < H; j += 4) {
    const float4 four = *reinterpret_cast<const float4*>(w + j);
    GPU_UNROLL
    for (int r = 0; r < ROWS; ++r) {
      sum[r][j] = fmaf(four.x, v[r], sum[r][j]);
      sum[r][j + 1] = fmaf(four.y, v[r], sum[r][j + 1]);
      sum[r][j + 2] = fmaf(four.z, v[r], sum[r][j + 2]);
      sum[r][j + 3] = fmaf(four.w, v[r], sum[r][j + 3]);
    }
  }
}

// sum[r][j] += bias[j], for all j.
template <int H, int ROWS>
__device__ __forceinline__ void end_sums(const float* __restrict__ bias, float (&sum)[ROWS][H]) {
  GPU_UNROLL
  for (int j = 0; j < H; j += 4) {
    const float4 four = *reinterpret_cast<const float4*>(bias + j);
    GPU_UNROLL
    for (int r = 0; r < ROWS; ++r) {
      sum[r][j] += four.x;
      sum[r][j + 1] += four.y;
      sum[r][j + 2] += four.z;
      sum[r][j + 3] += four.w;
    }
  }
}

/// packed is [trials][packed_count], scores [trials][rows.count]; layer_count >= 2, the last layer has one output.
/// Grid: (tiles of rows, trials), NarrowForward::kThreads threads, kSmem bytes.
template <int H, int ROWS>
__global__ void __launch_bounds__(NarrowForward<H, ROWS>::kThreads, NarrowForward<H, ROWS>::kBlocks)
    forward_narrow(const debias::DeviceLayer* __restrict__ layers, int layer_count, const float* __restrict__ packed,
                   int packed_count, debias::DeviceRows rows, float* __restrict__ scores) {
  using Shape = NarrowForward<H, ROWS>;
  GPU_SMEM_ARENA(arena);
  float* buffers = arena.template take<float>(2 * Shape::kChunk);
  const int row = static_cast<int>(blockIdx.x) * Shape::kTile + static_cast<int>(threadIdx.x);
  const float* mine = packed + static_cast<std::size_t>(blockIdx.y) * static_cast<std::size_t>(packed_count);
  float h[ROWS][H];
  float sum[ROWS][H];
  int turn = 0;

  // The first layer, whose inputs come from memory.
  const debias::DeviceLayer first = layers[0];
  begin_sums<H, ROWS>(sum);
  for (int begin = 0; begin < first.inputs; begin += H) {
    const int some = min(H, first.inputs - begin);
    float* weights = buffers + turn * Shape::kChunk;
    stage(mine + first.packed_weight + begin * H, some * H, weights);
    __syncthreads();  // the weights are there; and all have left the buffer of the next turn
    turn ^= 1;
    for (int k = 0; k < some; ++k) {
      float v[ROWS];
      GPU_UNROLL
      for (int r = 0; r < ROWS; ++r) {
        v[r] = rows.x[static_cast<std::size_t>(begin + k) * static_cast<std::size_t>(rows.padded) +
                      static_cast<std::size_t>(row + r * Shape::kThreads)];
      }
      multiply_add<H, ROWS>(v, weights + k * H, sum);
    }
  }
  end_sums<H, ROWS>(mine + first.packed_bias, sum);

  bool relu = first.relu != 0;
  for (int l = 1; l + 1 < layer_count; ++l) {
    const debias::DeviceLayer layer = layers[l];
    float* weights = buffers + turn * Shape::kChunk;
    stage(mine + layer.packed_weight, Shape::kChunk, weights);
    __syncthreads();
    turn ^= 1;
    GPU_UNROLL
    for (int r = 0; r < ROWS; ++r) {
      GPU_UNROLL
      for (int j = 0; j < H; ++j) h[r][j] = relu ? rectified(sum[r][j]) : sum[r][j];
    }
    begin_sums<H, ROWS>(sum);
    GPU_UNROLL
    for (int k = 0; k < H; ++k) {
      float v[ROWS];
      GPU_UNROLL
      for (int r = 0; r < ROWS; ++r) v[r] = h[r][k];
      multiply_add<H, ROWS>(v, weights + k * H, sum);
    }
    end_sums<H, ROWS>(mine + layer.packed_bias, sum);
    relu = layer.relu != 0;
  }

  const debias::DeviceLayer last = layers[layer_count - 1];
  GPU_UNROLL
  for (int r = 0; r < ROWS; ++r) {
    float logit = 0.0F;
    GPU_UNROLL
    for (int j = 0; j < H; ++j) {
      logit = fmaf(mine[last.packed_weight + j * last.stride], relu ? rectified(sum[r][j]) : sum[r][j], logit);
    }
    logit += mine[last.packed_bias];
    const int at = row + r * Shape::kThreads;
    if (at < rows.count) {
      scores[static_cast<std::size_t>(blockIdx.y) * static_cast<std::size_t>(rows.count) +
             static_cast<std::size_t>(at)] = debias::score_of_logit(logit);
    }
  }
}

/// The kernel for all other chains of layers up to kMaxWidth wide, of any depth: activations of a tile of 32 rows in
/// shared memory, [unit][row], those of one layer and of the next; a lane has a row, a warp eight outputs of every
/// sixty-four.
struct WideForward {
  static constexpr int kThreads = 256;
  static constexpr int kTile = 32;
  static constexpr int kMaxWidth = 256;
  static constexpr int kOutputs = 8;                         // of a thread, side by side
  static constexpr int kPass = kThreads / kTile * kOutputs;  // outputs of a block, side by side
  static constexpr int kPasses = kMaxWidth / kPass;
  static constexpr int kInputs = 16;  // whose weights are in shared memory at a time

  static constexpr std::size_t smem(int width) {  // of the widest layer, its stride
    return 2 * smem_bytes(static_cast<std::size_t>(width) * kTile, sizeof(float)) +
           smem_bytes(static_cast<std::size_t>(width) * kInputs, sizeof(float));
  }
};

/// As forward_narrow, for layer_count >= 1. `width` is the largest stride of a layer.
static __global__ void __launch_bounds__(WideForward::kThreads)
    forward_wide(const debias::DeviceLayer* __restrict__ layers, int layer_count, int width,
                 const float* __restrict__ packed, int packed_count, debias::DeviceRows rows,
                 float* __restrict__ scores) {
  using Shape = WideForward;
  GPU_SMEM_ARENA(arena);
  const auto tile = static_cast<std::size_t>(width) * Shape::kTile;
  float* before = arena.take<float>(tile);
  float* after = arena.take<float>(tile);
  float* weights = arena.take<float>(static_cast<std::size_t>(width) * Shape::kInputs);
  const int lane = static_cast<int>(threadIdx.x) % Shape::kTile;
  const int group = static_cast<int>(threadIdx.x) / Shape::kTile * Shape::kOutputs;  // its first output in a pass
  const int row = static_cast<int>(blockIdx.x) * Shape::kTile + lane;
  const float* mine = packed + static_cast<std::size_t>(blockIdx.y) * static_cast<std::size_t>(packed_count);

  const float* in = rows.x + row;  // of input k: in[k * in_stride]
  auto in_stride = static_cast<std::ptrdiff_t>(rows.padded);
  for (int l = 0; l < layer_count; ++l) {
    const debias::DeviceLayer layer = layers[l];
    float sums[Shape::kPasses][1][Shape::kOutputs];
    GPU_UNROLL
    for (int pass = 0; pass < Shape::kPasses; ++pass) begin_sums<Shape::kOutputs, 1>(sums[pass]);
    for (int begin = 0; begin < layer.inputs; begin += Shape::kInputs) {
      const int some = min(Shape::kInputs, layer.inputs - begin);
      __syncthreads();  // all have done with the weights before, and at begin = 0 have written what is now `in`
      stage(mine + layer.packed_weight + begin * layer.stride, some * layer.stride, weights);
      __syncthreads();
      for (int k = 0; k < some; ++k) {
        const float v[1] = {in[(begin + k) * in_stride]};
        GPU_UNROLL
        for (int pass = 0; pass < Shape::kPasses; ++pass) {
          const int j = pass * Shape::kPass + group;
          if (j >= layer.stride) continue;
          multiply_add<Shape::kOutputs, 1>(v, weights + k * layer.stride + j, sums[pass]);
        }
      }
    }
    GPU_UNROLL
    for (int pass = 0; pass < Shape::kPasses; ++pass) {
      const int j = pass * Shape::kPass + group;
      if (j < layer.stride) end_sums<Shape::kOutputs, 1>(mine + layer.packed_bias + j, sums[pass]);
    }
    if (l + 1 == layer_count) {
      if (group == 0 && row < rows.count) {
        scores[static_cast<std::size_t>(blockIdx.y) * static_cast<std::size_t>(rows.count) +
               static_cast<std::size_t>(row)] = debias::score_of_logit(sums[0][0][0]);
      }
      break;
    }
    GPU_UNROLL
    for (int pass = 0; pass < Shape::kPasses; ++pass) {
      const int j = pass * Shape::kPass + group;
      if (j >= layer.stride) continue;
      GPU_UNROLL
      for (int i = 0; i < Shape::kOutputs; ++i) {
        after[(j + i) * Shape::kTile + lane] = layer.relu != 0 ? rectified(sums[pass][0][i]) : sums[pass][0][i];
      }
    }
    in = after + lane;
    in_stride = Shape::kTile;
    float* other = before;
    before = after;
    after = other;
  }
}

template <int H, int ROWS>
void launch_narrow(const debias::DeviceLayer* layers, int layer_count, const float* packed, int packed_count,
                   const debias::DeviceRows& rows, int trials, float* scores, GpuStream stream) {
  using Shape = NarrowForward<H, ROWS>;
  const auto kernel = forward_narrow<H, ROWS>;
  const auto tiles = static_cast<unsigned>((rows.count + Shape::kTile - 1) / Shape::kTile);
  GPU_LAUNCH(kernel, dim3(tiles, static_cast<unsigned>(trials)), dim3(Shape::kThreads), Shape::kSmem, stream, layers,
             layer_count, packed, packed_count, rows, scores);
}

/// Whether the device in use has the shared memory that launch_forward needs; Turing has too little for the widest.
inline bool forward_fits(int hidden, int width) {
  return hidden == 32 || hidden == 64 || WideForward::smem(width) <= max_smem();
}

/// Asks the stream for the forward kernel that suits the layers: `hidden` is the width that all hidden layers have, 0
/// if they differ or there are none; `width` the largest stride. rows.count >= 1, trials >= 1.
inline void launch_forward(const debias::DeviceLayer* layers, int layer_count, int hidden, int width,
                           const float* packed, int packed_count, const debias::DeviceRows& rows, int trials,
                           float* scores, GpuStream stream) {
  if (hidden == 32) {
    launch_narrow<32, 2>(layers, layer_count, packed, packed_count, rows, trials, scores, stream);
  } else if (hidden == 64) {
    launch_narrow<64, 1>(layers, layer_count, packed, packed_count, rows, trials, scores, stream);
  } else {
    const std::size_t smem = WideForward::smem(width);
    const auto tiles = static_cast<unsigned>((rows.count + WideForward::kTile - 1) / WideForward::kTile);
    allow_smem(forward_wide, smem);
    GPU_LAUNCH(forward_wide, dim3(tiles, static_cast<unsigned>(trials)), dim3(WideForward::kThreads), smem, stream,
               layers, layer_count, width, packed, packed_count, rows, scores);
  }
}

}  // namespace posthoc::GPU_NS
