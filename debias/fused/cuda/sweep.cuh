#pragma once

#include <cmath>

#include "debias/fused/cuda/radix_sort.cuh"
#include "debias/fused/cuda/results.h"
#include "tensor/cuda/gpu_compat.cuh"

namespace posthoc::GPU_NS {

/// Rows of the four cells together in two words, so that one addition counts a row and two shuffles pass all counts on.
struct PackedCells {
  unsigned long long group[2];  // label 0 in the low half, label 1 in the high one

  __device__ void add_row(unsigned cell) {
    const unsigned long long one = 1ULL << (32 * (cell & 1U));
    group[0] += cell < 2 ? one : 0ULL;
    group[1] += cell < 2 ? 0ULL : one;
  }
  __device__ PackedCells& operator+=(const PackedCells& other) {
    group[0] += other.group[0];
    group[1] += other.group[1];
    return *this;
  }
  __device__ PackedCells operator-(const PackedCells& other) const {
    return {{group[0] - other.group[0], group[1] - other.group[1]}};
  }
  __device__ debias::Cells unpacked() const {
    return {{static_cast<std::uint32_t>(group[0]), static_cast<std::uint32_t>(group[0] >> 32),
             static_cast<std::uint32_t>(group[1]), static_cast<std::uint32_t>(group[1] >> 32)}};
  }
};

/// A cut by its objective, then by the distance of its threshold from 0.5, then by how many rows lie below: the order
/// in which the host's exact search prefers them.
struct RankedCut {
  double objective;
  double distance;
  unsigned below;

  __device__ bool better_than(const RankedCut& other) const {
    if (objective != other.objective) return objective < other.objective;
    if (distance != other.distance) return distance < other.distance;
    return below < other.below;
  }
  __device__ RankedCut best_of_warp() const {
    RankedCut best = *this;
    GPU_UNROLL
    for (unsigned by = 16; by > 0; by /= 2) {
      const double objective_there = __shfl_xor_sync(0xFFFFFFFFU, best.objective, by);
      const double distance_there = __shfl_xor_sync(0xFFFFFFFFU, best.distance, by);
      const unsigned below_there = __shfl_xor_sync(0xFFFFFFFFU, best.below, by);
      const RankedCut there{objective_there, distance_there, below_there};
      if (there.better_than(best)) best = there;
    }
    return best;
  }
};

/// The exact threshold of each trial: sorts its scores, counts the rows of each cell below every cut, and keeps the cut
/// that the host's search would (fairness/threshold.h). A row is one word: a score in [0, 1] has thirty bits that are
/// not 0, and its cell the two below.
struct Sweep {
  static constexpr int kThreads = BlockRadixSort::kThreads;
  static constexpr int kWarps = BlockRadixSort::kWarps;
  static constexpr int kBlocks = 3;  // of a multiprocessor: 80 registers; without a word ptxas rather spills on some
  static constexpr std::size_t kFixed = 512;  // at least the arrays of fixed size, which count to a block's limit too
  static constexpr unsigned kHighest = 0x3F800000U;  // the bits of 1

  static constexpr std::size_t smem(int rows, bool rows_in_shared) {
    const std::size_t counters = smem_bytes(BlockRadixSort::kWarps * BlockRadixSort::kValues, sizeof(unsigned));
    return counters + (rows_in_shared ? 2 * smem_bytes(static_cast<std::size_t>(rows), sizeof(unsigned)) : 0);
  }
  __device__ static double score_of(unsigned word) { return __uint_as_float(word >> 2); }

  // The threshold of the cut behind row `below` - 1 of the sorted rows, 0 <= below <= count: fairness/cuts.h.
  __device__ static double threshold(const unsigned* words, int count, int below) {
    if (below == 0) return score_of(words[0]) > 0 ? 0.0 : -1.0;
    if (below == count) return 1.0;
    const double lower = score_of(words[below - 1]);
    const double upper = score_of(words[below]);
    const double middle = (lower + upper) / 2;
    return middle < upper ? middle : lower;
  }
};

/// scores is [trials][count], cells [count] with 2 * group + label, count >= 1. IN_SHARED: the rows are sorted in
/// shared memory, else in `scratch`, [trials][2][count]. Grid: (trials), Sweep::kThreads threads, Sweep::smem bytes.
template <bool IN_SHARED>
__global__ void __launch_bounds__(Sweep::kThreads, Sweep::kBlocks)
    sweep_trials(const float* __restrict__ scores, const unsigned char* __restrict__ cells, int count,
                 debias::DeviceObjective objective, unsigned* __restrict__ scratch,
                 debias::DeviceCut* __restrict__ cuts) {
  GPU_SMEM_ARENA(arena);
  GPU_SHARED(unsigned, sums, Sweep::kWarps);
  GPU_SHARED(unsigned long long, group_sums, 2 * Sweep::kWarps);
  GPU_SHARED(double, best_objectives, Sweep::kWarps);
  GPU_SHARED(double, best_distances, Sweep::kWarps);
  GPU_SHARED(unsigned, best_belows, Sweep::kWarps);
  unsigned* places = arena.template take<unsigned>(BlockRadixSort::kWarps * BlockRadixSort::kValues);
  const auto n = static_cast<std::size_t>(count);
  unsigned* words = nullptr;
  unsigned* other = nullptr;
  if constexpr (IN_SHARED) {
    words = arena.template take<unsigned>(n);
    other = arena.template take<unsigned>(n);
  } else {
    words = scratch + 2 * n * blockIdx.x;
    other = words + n;
  }
  const int t = static_cast<int>(threadIdx.x);
  const int lane = t % 32;
  const int warp = t / 32;

  int unsound = 0;
  for (int i = t; i < count; i += Sweep::kThreads) {
    const unsigned bits = __float_as_uint(scores[n * blockIdx.x + static_cast<std::size_t>(i)]);
    unsound |= bits > Sweep::kHighest ? 1 : 0;  // a NaN, or beyond [0, 1]
    words[i] = bits << 2 | cells[i];
  }
  if (__syncthreads_or(unsound) != 0) {  // the same for all threads of the block
    if (t == 0) cuts[blockIdx.x] = debias::DeviceCut{};
    return;
  }
  BlockRadixSort{places, sums}.sort(words, other, count);

  // A thread's rows lie side by side; an odd number of them, so that lanes read from different banks.
  const int share = (count + Sweep::kThreads - 1) / Sweep::kThreads | 1;
  const int begin = min(t * share, count);
  const int end = min(begin + share, count);
  PackedCells mine{};
  for (int i = begin; i < end; ++i) mine.add_row(words[i] & 3U);
  PackedCells below = mine;  // inclusive, of this warp's lanes
  GPU_UNROLL
  for (int by = 1; by < 32; by *= 2) {
    const unsigned long long first = __shfl_up_sync(0xFFFFFFFFU, below.group[0], static_cast<unsigned>(by));
    const unsigned long long second = __shfl_up_sync(0xFFFFFFFFU, below.group[1], static_cast<unsigned>(by));
    if (lane >= by) below += PackedCells{{first, second}};
  }
  if (lane == 31) {
    group_sums[2 * warp] = below.group[0];
    group_sums[2 * warp + 1] = below.group[1];
  }
  __syncthreads();
  below = below - mine;
  PackedCells everybody{};
  for (int w = 0; w < Sweep::kWarps; ++w) {
    const PackedCells sum{{group_sums[2 * w], group_sums[2 * w + 1]}};
    if (w < warp) below += sum;
    everybody += sum;
  }
  const debias::Cells all = everybody.unpacked();

  const auto ranked = [&](const PackedCells& rejected, int cut) {
    return RankedCut{objective(rejected.unpacked(), all), fabs(Sweep::threshold(words, count, cut) - 0.5),
                     static_cast<unsigned>(cut)};
  };
  // Thread 0 begins with the cut below all rows; who has no rows, with one that loses against any.
  RankedCut best{HUGE_VAL, HUGE_VAL, 0xFFFFFFFFU};
  PackedCells best_rejected{};
  if (t == 0) best = ranked(best_rejected, 0);
  for (int i = begin; i < end; ++i) {
    below.add_row(words[i] & 3U);
    if (i + 1 < count && words[i] >> 2 == words[i + 1] >> 2) continue;  // a cut never parts equal scores
    const RankedCut cut = ranked(below, i + 1);
    if (cut.better_than(best)) {
      best = cut;
      best_rejected = below;
    }
  }

  RankedCut winner = best.best_of_warp();
  if (lane == 0) {
    best_objectives[warp] = winner.objective;
    best_distances[warp] = winner.distance;
    best_belows[warp] = winner.below;
  }
  __syncthreads();
  for (int w = 0; w < Sweep::kWarps; ++w) {
    const RankedCut there{best_objectives[w], best_distances[w], best_belows[w]};
    if (there.better_than(winner)) winner = there;
  }
  if (best.below == winner.below) {  // one thread's alone
    cuts[blockIdx.x] = {winner.objective, Sweep::threshold(words, count, static_cast<int>(winner.below)),
                        best_rejected.unpacked(), 1};
  }
}

/// Words of `scratch` that launch_sweep needs; 0 if the rows fit in shared memory.
inline std::size_t sweep_scratch(int count, int trials) {
  if (Sweep::smem(count, true) + Sweep::kFixed <= max_smem()) return 0;
  return 2 * static_cast<std::size_t>(count) * static_cast<std::size_t>(trials);
}

/// Asks the stream for sweep_trials. trials >= 1, count >= 1.
inline void launch_sweep(const float* scores, const unsigned char* cells, int count,
                         const debias::DeviceObjective& objective, int trials, unsigned* scratch,
                         debias::DeviceCut* cuts, GpuStream stream) {
  const bool in_shared = sweep_scratch(count, trials) == 0;
  const std::size_t smem = Sweep::smem(count, in_shared);
  const auto kernel = in_shared ? sweep_trials<true> : sweep_trials<false>;
  allow_smem(kernel, smem);
  GPU_LAUNCH(kernel, dim3(static_cast<unsigned>(trials)), dim3(Sweep::kThreads), smem, stream, scores, cells, count,
             objective, scratch, cuts);
}

}  // namespace posthoc::GPU_NS
