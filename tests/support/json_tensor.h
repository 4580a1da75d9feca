#pragma once

#include <vector>

#include "support/close.h"
#include "support/json_file.h"
#include "tensor/tensor.h"

namespace posthoc::testing {

/// The numbers of nested lists in row-major order.
inline std::vector<double> json_values(const nlohmann::json& nested) {
  if (!nested.is_array()) return {nested.get<double>()};
  std::vector<double> all;
  for (const nlohmann::json& part : nested) {
    const std::vector<double> values = json_values(part);
    all.insert(all.end(), values.begin(), values.end());
  }
  return all;
}

/// The tensor that nested lists of numbers are; a plain number is a scalar.
inline Tensor json_tensor(const nlohmann::json& nested, Dtype dtype = Dtype::float64) {
  std::vector<std::int64_t> sizes;
  for (const nlohmann::json* level = &nested; level->is_array(); level = &level->front()) {
    sizes.push_back(static_cast<std::int64_t>(level->size()));
    if (level->empty()) break;
  }
  return Tensor::from(json_values(nested), Shape(sizes)).to(dtype);
}

/// The tensor has the shape and, as `close` says, the values of the nested lists.
inline ::testing::AssertionResult matches_json(const Tensor& actual, const nlohmann::json& expected, double relative,
                                               double absolute = 0.0) {
  const Tensor reference = json_tensor(expected);
  if (actual.shape() != reference.shape()) {
    return ::testing::AssertionFailure() << "got the shape " << actual.shape().text() << ", expected "
                                         << reference.shape().text();
  }
  const std::vector<double> values = actual.to_vector();
  return all_close(std::span<const double>(values), reference.values<double>(), relative, absolute);
}

}  // namespace posthoc::testing
