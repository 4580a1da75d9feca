#pragma once

#include <cmath>
#include <cstddef>
#include <gtest/gtest.h>
#include <span>

namespace posthoc::testing {

/// True iff |actual - expected| <= absolute + relative * |expected|. A NaN or an infinity on either
/// side is never close.
inline ::testing::AssertionResult close(double actual, double expected, double relative, double absolute = 0.0) {
  if (!std::isfinite(actual) || !std::isfinite(expected)) {
    return ::testing::AssertionFailure() << "not finite: got " << actual << ", expected " << expected;
  }
  if (!(std::abs(actual - expected) <= absolute + relative * std::abs(expected))) {
    return ::testing::AssertionFailure() << "got " << actual << ", expected " << expected << ", difference "
                                         << actual - expected;
  }
  return ::testing::AssertionSuccess();
}

/// The same for every element, with the first index that differs named; sizes must agree.
template <typename Actual, typename Expected>
::testing::AssertionResult all_close(std::span<const Actual> actual, std::span<const Expected> expected,
                                     double relative, double absolute = 0.0) {
  if (actual.size() != expected.size()) {
    return ::testing::AssertionFailure() << "got " << actual.size() << " values, expected " << expected.size();
  }
  for (std::size_t i = 0; i < actual.size(); ++i) {
    auto result = close(static_cast<double>(actual[i]), static_cast<double>(expected[i]), relative, absolute);
    if (!result) return ::testing::AssertionFailure() << "at index " << i << ": " << result.message();
  }
  return ::testing::AssertionSuccess();
}

}  // namespace posthoc::testing
