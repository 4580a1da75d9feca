#pragma once

#include "tensor/cuda/gpu_compat.cuh"

namespace posthoc::GPU_NS {

/// Sorts the words of one block by their bits from kFirstBit on, ascending, with all 256 threads: radix sort from the
/// lowest digit of eight bits to the highest, each pass stable. The words lie in shared or in global memory.
///
/// One pass: (1) each warp counts the digits of its own segment of the words; (2) a scan over (digit, warp) makes the
/// counts the places where each warp's first word with each digit goes; (3) each warp goes through its segment again,
/// 32 words at a time: lanes with the same digit find each other by a match, and take places in the order of lanes.
struct BlockRadixSort {
  static constexpr int kThreads = 256;  // one for each value of a digit
  static constexpr int kWarps = kThreads / 32;
  static constexpr int kValues = 256;
  static constexpr int kDigitBits = 8;
  static constexpr int kFirstBit = 2;
  static constexpr int kPasses = 4;
  static constexpr int kNone = kValues;  // the digit of a lane without a word

  unsigned* places;  // [kWarps][kValues], shared
  unsigned* sums;    // [kWarps], shared

  __device__ static int digit(unsigned word, int pass) {
    return static_cast<int>(word >> (kFirstBit + kDigitBits * pass) & (kValues - 1U));
  }

  /// The result is in `words`; `other` is as long. All threads call it; it begins and ends with a barrier.
  __device__ void sort(unsigned* words, unsigned* other, int count) const {
    for (int pass = 0; pass < kPasses; ++pass) {  // an even number: the last one ends in `words`
      scatter(words, other, count, pass);
      unsigned* swap = words;
      words = other;
      other = swap;
    }
    __syncthreads();
  }

  __device__ void scatter(const unsigned* from, unsigned* to, int count, int pass) const {
    const int t = static_cast<int>(threadIdx.x);
    const int lane = t % 32;
    const int warp = t / 32;
    const int segment = (count + kThreads - 1) / kThreads * 32;  // words of a warp
    const int begin = min(warp * segment, count);
    const int end = min(begin + segment, count);

    __syncthreads();  // the words are there, and nobody needs the last pass's places
    for (int i = t; i < kWarps * kValues; i += kThreads) places[i] = 0;
    __syncthreads();
    unsigned* mine = places + warp * kValues;
    for (int i = begin + lane; i < end; i += 32) atomicAdd(&mine[digit(from[i], pass)], 1U);
    __syncthreads();

    // Thread t has digit t.
    unsigned total = 0;
    for (int w = 0; w < kWarps; ++w) total += places[w * kValues + t];
    unsigned place = total;  // inclusive, over the digits of this warp's lanes
    GPU_UNROLL
    for (int by = 1; by < 32; by *= 2) {
      const unsigned lower = __shfl_up_sync(0xFFFFFFFFU, place, static_cast<unsigned>(by));
      if (lane >= by) place += lower;
    }
    if (lane == 31) sums[warp] = place;
    __syncthreads();
    place -= total;
    for (int w = 0; w < warp; ++w) place += sums[w];
    for (int w = 0; w < kWarps; ++w) {
      const unsigned words = places[w * kValues + t];
      places[w * kValues + t] = place;
      place += words;
    }
    __syncthreads();

    for (int i = begin; i < end; i += 32) {
      const bool has_word = i + lane < end;
      const unsigned word = has_word ? from[i + lane] : 0U;
      const int value = has_word ? digit(word, pass) : kNone;
      const unsigned same = __match_any_sync(0xFFFFFFFFU, value);
      const auto before = static_cast<unsigned>(__popc(same & ((1U << lane) - 1U)));
      const unsigned first = has_word ? mine[value] : 0U;
      __syncwarp();  // all have read the place
      if (has_word) {
        to[first + before] = word;
        if (before == 0) mine[value] = first + static_cast<unsigned>(__popc(same));
      }
      __syncwarp();  // it is there for the next 32 words
    }
  }
};

}  // namespace posthoc::GPU_NS
