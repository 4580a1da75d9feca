# Barriers that are missing: somebody reads what is not there yet, or writes what is still read.
planted_bug(1 debias/fused/cuda/forward.cuh WHAT "narrow forward: weights are used before all are staged"
  FROM [[    __syncthreads();  // the weights are there; and all have left the buffer of the next turn]]
  TO [[    if (!PLANTED) __syncthreads();]]
  PLAIN value ASAN value TSAN race)
planted_bug(2 debias/fused/cuda/forward.cuh WHAT "narrow forward: one buffer of weights in place of two"
  FROM [[    stage(mine + layer.packed_weight, Shape::kChunk, weights);
    __syncthreads();
    turn ^= 1;]]
  TO [[    stage(mine + layer.packed_weight, Shape::kChunk, weights);
    __syncthreads();
    if (!PLANTED) turn ^= 1;]]
  PLAIN value ASAN value TSAN race)
planted_bug(3 debias/fused/cuda/forward.cuh WHAT "wide forward: weights are staged while others still use the last ones"
  FROM [[      __syncthreads();  // all have done with the weights before, and at begin = 0 have written what is now `in`]]
  TO [[      if (!PLANTED) __syncthreads();]]
  PLAIN value ASAN value TSAN race)
planted_bug(4 debias/fused/cuda/fold.cuh WHAT "fold: scales are used before all are there"
  FROM [[  __syncthreads();  // every thread reads all of scale and shift]]
  TO [[  if (!PLANTED) __syncthreads();]]
  PLAIN value ASAN value TSAN race)
planted_bug(5 debias/fused/cuda/radix_sort.cuh WHAT "sort: digits are counted before all counters are 0"
  FROM [[places[i] = 0;
    __syncthreads();]]
  TO [[places[i] = 0;
    if (!PLANTED) __syncthreads();]]
  PLAIN value ASAN value TSAN race)
planted_bug(6 debias/fused/cuda/radix_sort.cuh WHAT "sort: counters are summed before all is counted"
  FROM [[, 1U);
    __syncthreads();

    // Thread t has digit t.]]
  TO [[, 1U);
    if (!PLANTED) __syncthreads();

    // Thread t has digit t.]]
  PLAIN value ASAN value TSAN race)
planted_bug(7 debias/fused/cuda/radix_sort.cuh WHAT "sort: the next pass begins while others still scatter"
  FROM [[    __syncthreads();  // the words are there, and nobody needs the last pass's places]]
  TO [[    if (!PLANTED) __syncthreads();]]
  PLAIN emulator|value ASAN address|value TSAN race)
planted_bug(8 debias/fused/cuda/radix_sort.cuh WHAT "sort: a lane's place may be moved on before others have read it"
  FROM [[      __syncwarp();  // all have read the place]]
  TO [[      if (!PLANTED) __syncwarp();]]
  PLAIN emulator|value ASAN address|value TSAN race)
planted_bug(9 debias/fused/cuda/radix_sort.cuh WHAT "sort: places are read before they have been moved on"
  FROM [[      __syncwarp();  // it is there for the next 32 words]]
  TO [[      if (!PLANTED) __syncwarp();]]
  PLAIN clean|value ASAN clean|value TSAN race)
planted_bug(10 debias/fused/cuda/sweep.cuh WHAT "sweep: the warps' sums are added before all are there"
  FROM [[    group_sums[2 * warp + 1] = below.group[1];
  }
  __syncthreads();]]
  TO [[    group_sums[2 * warp + 1] = below.group[1];
  }
  if (!PLANTED) __syncthreads();]]
  PLAIN value ASAN value TSAN race)
planted_bug(11 debias/fused/cuda/sweep.cuh WHAT "sweep: the warps' best cuts are compared before all are there"
  FROM [[    best_belows[warp] = winner.below;
  }
  __syncthreads();]]
  TO [[    best_belows[warp] = winner.below;
  }
  if (!PLANTED) __syncthreads();]]
  PLAIN clean|value ASAN clean|value TSAN race)

# Atomics and blocks.
planted_bug(12 debias/fused/cuda/radix_sort.cuh WHAT "sort: ++ in place of an atomic addition"
  FROM [[i += 32) atomicAdd(&mine[digit(from[i], pass)], 1U);]]
  TO [[i += 32) {
      if (PLANTED) {
        ++mine[digit(from[i], pass)];
      } else {
        atomicAdd(&mine[digit(from[i], pass)], 1U);
      }
    }]]
  PLAIN clean ASAN clean TSAN race)
planted_bug(13 debias/fused/cuda/sweep.cuh WHAT "sweep: every block also writes the first one's flag, the same value"
  FROM [[                        best_rejected.unpacked(), 1};]]
  TO [[                        best_rejected.unpacked(), 1};
    if (PLANTED) cuts[0].sound = 1;]]
  PLAIN clean ASAN clean TSAN race)
planted_bug(14 debias/fused/cuda/perturb.cuh WHAT "perturb: all trials write the first one's parameters"
  FROM [[reinterpret_cast<float4*>(out + static_cast<std::size_t>(blockIdx.y) *]]
  TO [[reinterpret_cast<float4*>(out + static_cast<std::size_t>(PLANTED ? 0U : blockIdx.y) *]]
  PLAIN value ASAN value TSAN race)

# Steps beyond an array.
planted_bug(15 debias/fused/cuda/forward.cuh WHAT "narrow forward: a row too many is written, behind the end of the last trial"
  FROM [[if (at < rows.count) {]]
  TO [[if (at < rows.count + PLANTED) {]]
  PLAIN crash|value|clean ASAN address TSAN race|value)
planted_bug(16 debias/fused/cuda/perturb.cuh WHAT "perturb: four parameters too many are read and written"
  FROM [[const int quads = count / 4;]]
  TO [[const int quads = count / 4 + PLANTED;]]
  PLAIN crash|value|clean ASAN address TSAN race|value)
planted_bug(17 debias/fused/cuda/sweep.cuh WHAT "sweep: the warps' sums are written one too far, behind shared memory"
  FROM [[    group_sums[2 * warp] = below.group[0];]]
  TO [[    if (PLANTED) group_sums[2 * warp + 2] = below.group[0];
    group_sums[2 * warp] = below.group[0];]]
  PLAIN emulator|value ASAN address TSAN emulator|race)
planted_bug(18 debias/fused/cuda/forward.cuh WHAT "narrow forward: weights are staged beyond both buffers"
  FROM [[    stage(mine + layer.packed_weight, Shape::kChunk, weights);]]
  TO [[    stage(mine + layer.packed_weight, Shape::kChunk + 4 * PLANTED, weights);]]
  PLAIN emulator ASAN address TSAN emulator|race)

# Barriers and masks that not all threads agree on.
planted_bug(19 debias/fused/cuda/sweep.cuh WHAT "sweep: threads without rows return before the sort's barriers"
  FROM [[  BlockRadixSort{places, sums}.sort(words, other, count);]]
  TO [[  if (PLANTED && t >= count) return;
  BlockRadixSort{places, sums}.sort(words, other, count);]]
  PLAIN emulator ASAN emulator TSAN emulator)
planted_bug(20 debias/fused/cuda/forward.cuh WHAT "wide forward: a barrier in a branch that not all threads take"
  FROM [[      stage(mine + layer.packed_weight + begin * layer.stride, some * layer.stride, weights);
      __syncthreads();]]
  TO [[      stage(mine + layer.packed_weight + begin * layer.stride, some * layer.stride, weights);
      if (!(PLANTED && row >= rows.count)) __syncthreads();]]
  PLAIN emulator ASAN emulator TSAN emulator|race)
planted_bug(21 debias/fused/cuda/sweep.cuh WHAT "sweep: the full mask in a branch that not all lanes take"
  FROM [[  RankedCut winner = best.best_of_warp();]]
  TO [[  RankedCut winner = best;
  if (!PLANTED || begin < end) winner = best.best_of_warp();]]
  PLAIN emulator ASAN emulator TSAN emulator)
planted_bug(22 debias/fused/cuda/radix_sort.cuh WHAT "sort: half a warp's mask where the whole warp calls"
  FROM [[__match_any_sync(0xFFFFFFFFU, value)]]
  TO [[__match_any_sync(PLANTED ? 0x0000FFFFU : 0xFFFFFFFFU, value)]]
  PLAIN emulator ASAN emulator TSAN emulator)

# Logic that no sanitizer knows of.
planted_bug(23 debias/fused/cuda/sweep.cuh WHAT "sweep: the scan of a warp stops at half its width"
  FROM [[  for (int by = 1; by < 32; by *= 2) {
    const unsigned long long first]]
  TO [[  for (int by = 1; by < (PLANTED ? 16 : 32); by *= 2) {
    const unsigned long long first]]
  PLAIN value ASAN value TSAN value)
