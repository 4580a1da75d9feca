#pragma once

#include <cstdint>
#include <vector>

namespace posthoc::data {

/// Row indices of the three parts of a data set, in permuted order. Together they hold each row once.
struct Split {
  std::vector<std::int64_t> train;
  std::vector<std::int64_t> valid;
  std::vector<std::int64_t> test;
};

/// Splits rows 0..n-1 into 60 % train, 20 % valid, 20 % test, the same rows in the same order as
/// AIF360's `BinaryLabelDataset.split` called twice with this seed: a NumPy permutation of n cut at
/// floor(0.6 n), and the rest permuted afresh with the same seed and cut at its half.
/// Throws `Error` for n < 3, where a part would be empty.
Split split_rows(std::int64_t n, std::uint32_t seed);

}  // namespace posthoc::data
