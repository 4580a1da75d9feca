#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "data/dataset.h"
#include "data/scaler.h"
#include "tensor/tensor.h"

namespace posthoc::data {

/// The split that the published results use.
constexpr std::uint32_t default_split_seed = 101;

/// One part of a data set, as training and debiasing take it. Row i of each member is the same row.
struct Part {
  Tensor features;                   ///< [n, d] float32, standardised; undefined in a part without rows
  std::vector<std::uint8_t> labels;  ///< [n], 1 iff favourable
  std::vector<std::int32_t> groups;  ///< [n], 1 privileged, 0 unprivileged
  std::vector<std::int64_t> rows;    ///< [n], row of the data set, for its instance name

  [[nodiscard]] std::int64_t size() const { return static_cast<std::int64_t>(rows.size()); }
};

/// A data set split and standardised.
struct Prepared {
  Part train;
  Part valid;
  Part test;
  Scaler scaler;  ///< by which all three are standardised
};

/// Splits `dataset` by `split_rows` and standardises all parts by the training part's statistics.
/// Groups are those of `dataset.protected_attribute`. Throws `Error` on fewer than 3 rows.
Prepared prepare(const Dataset& dataset, std::uint32_t split_seed = default_split_seed);

/// The same with a scaler fitted before, for example a model file's. Throws `Error` unless it has as
/// many features as the data set.
Prepared prepare(const Dataset& dataset, std::uint32_t split_seed, const Scaler& scaler);

/// The same without the training part, which has no rows then: for who only judges a model, and has no use for the
/// largest of the three. Without a scaler, one is fitted to the training part as in `prepare`.
Prepared prepare_held_out(const Dataset& dataset, std::uint32_t split_seed, const std::optional<Scaler>& scaler);

}  // namespace posthoc::data
