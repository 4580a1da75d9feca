#pragma once

#include "base/philox_block.h"
#include "tensor/cuda/gpu_compat.cuh"
#include "tensor/random_formulas.h"

namespace posthoc::GPU_NS {

constexpr int kPerturbThreads = 256;

/// Parameter i of trial t: w[i] times a draw from N(1, sigma), draw i of the stream (seed, purpose, first_trial + t),
/// as tensor/random.h's random_perturb gives on the host, to the bit. out is [trials][count], count a multiple of 4.
///
/// One thread a Philox block, which is four parameters. Grid: (blocks of kPerturbThreads, trials); a thread takes more
/// than one Philox block if the grid is smaller.
static __global__ void __launch_bounds__(kPerturbThreads)
    perturb_trials(const float* __restrict__ w, int count, RandomStream stream, float sigma, float* __restrict__ out) {
  const RandomStream trial{stream.seed, stream.purpose, stream.number + blockIdx.y};
  const int quads = count / 4;
  const float4* from = reinterpret_cast<const float4*>(w);
  float4* to = reinterpret_cast<float4*>(out + static_cast<std::size_t>(blockIdx.y) * static_cast<std::size_t>(count));
  for (int quad = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x); quad < quads;
       quad += static_cast<int>(gridDim.x * blockDim.x)) {
    const random_formulas::Floats n = random_formulas::normals(philox_block(trial, static_cast<std::uint64_t>(quad)));
    const float4 value = from[quad];
    to[quad] = make_float4(
        random_formulas::perturbed(value.x, sigma, n.v[0]), random_formulas::perturbed(value.y, sigma, n.v[1]),
        random_formulas::perturbed(value.z, sigma, n.v[2]), random_formulas::perturbed(value.w, sigma, n.v[3]));
  }
}

/// Asks the stream for perturb_trials; `first` is the stream of draws of the first trial. trials >= 1.
inline void launch_perturb(const float* w, int count, const RandomStream& first, float sigma, int trials, float* out,
                           GpuStream stream) {
  const int blocks = (count / 4 + kPerturbThreads - 1) / kPerturbThreads;
  if (blocks == 0) return;
  GPU_LAUNCH(perturb_trials, dim3(static_cast<unsigned>(blocks), static_cast<unsigned>(trials)), dim3(kPerturbThreads),
             0, stream, w, count, first, sigma, out);
}

}  // namespace posthoc::GPU_NS
