#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "optim/gbrt/regression_tree.h"

namespace posthoc::optim {

/// Samples by feature, and for each feature their order by value, kept up to date as samples come in one by one: what
/// many trees on the same samples share. A sample costs O(features * samples).
class SortedSamples {
 public:
  using Index = std::uint16_t;
  static constexpr std::size_t kMaxSamples = 8192;  ///< up to it m^2 / 4 is exact in float32, which fast trees count in

  /// Room for `capacity` samples. Throws `Error` unless features >= 1 and capacity is in [1, kMaxSamples].
  SortedSamples(std::size_t features, std::size_t capacity);

  /// Throws `Error` when full, or on a row of another length or with a number that is not finite.
  void insert(std::span<const float> row);

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::size_t features() const { return features_; }

  /// The samples' values of a feature, by number of sample.
  [[nodiscard]] std::span<const float> values(std::size_t feature) const {
    return std::span<const float>(values_).subspan(feature * capacity_, size_);
  }
  /// The samples in ascending order of a feature, equal ones in the order of their numbers.
  [[nodiscard]] std::span<const Index> order(std::size_t feature) const {
    return std::span<const Index>(order_).subspan(feature * capacity_, size_);
  }
  /// Whether any two samples are `separated` in this feature: a split may lie between any two.
  [[nodiscard]] bool all_separated(std::size_t feature) const { return all_separated_[feature] != 0; }

 private:
  std::size_t features_;
  std::size_t capacity_;
  std::size_t size_ = 0;
  std::vector<float> values_;
  std::vector<Index> order_;
  std::vector<std::uint8_t> all_separated_;
};

}  // namespace posthoc::optim
