#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "optim/gbrt/regression_tree.h"

namespace posthoc::optim {

/// Samples by feature, each value replaced by its rank among the feature's distinct values: what many trees on the same
/// samples share. Encoded categories have two values and counts or years few, so that a tree can go through the values
/// of a feature rather than through sorted samples.
class RankedSamples {
 public:
  /// O(features * n log n). Throws `Error` unless there is at least one row of at least one feature, and at most 2^31 -
  /// 1 rows, with finite numbers.
  explicit RankedSamples(const SampleRows& rows);

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::size_t features() const { return first_.size() - 1; }

  /// A feature's distinct values, ascending.
  [[nodiscard]] std::span<const float> values(std::size_t feature) const {
    return std::span<const float>(values_).subspan(first_[feature], first_[feature + 1] - first_[feature]);
  }
  /// For each sample the index of its value in `values`.
  [[nodiscard]] std::span<const std::uint32_t> ranks(std::size_t feature) const {
    return std::span<const std::uint32_t>(ranks_).subspan(feature * size_, size_);
  }
  /// The largest number of distinct values that a feature has.
  [[nodiscard]] std::size_t most_values() const { return most_values_; }

 private:
  std::size_t size_ = 0;
  std::size_t most_values_ = 0;
  std::vector<float> values_;         // of all features, one after the other
  std::vector<std::size_t> first_;    // [features + 1]: where each feature's begin
  std::vector<std::uint32_t> ranks_;  // [features][size]
};

}  // namespace posthoc::optim
