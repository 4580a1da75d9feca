#pragma once

#include <algorithm>
#include <cstdint>
#include <gtest/gtest.h>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "base/error.h"
#include "fairness/outcomes.h"

namespace posthoc::fairness {

/// Outcomes that own their columns.
struct Rows {
  std::vector<double> scores;
  std::vector<std::uint8_t> labels;
  std::vector<std::int32_t> groups;

  [[nodiscard]] Outcomes outcomes() const { return {scores, labels, groups}; }
};

/// `n` rows of `groups` groups with scores on `levels` equally spaced points of [0, 1], the ends
/// included.
inline Rows random_rows(std::mt19937_64& random, std::uint64_t n, std::uint64_t levels, std::uint64_t groups) {
  Rows rows;
  const std::uint64_t labelled = random() % 10;  // from no favourable label to nearly all
  for (std::uint64_t i = 0; i < n; ++i) {
    const auto level = levels == 1 ? 0.0 : static_cast<double>(random() % levels) / static_cast<double>(levels - 1);
    rows.scores.push_back(level);
    rows.labels.push_back(random() % 9 < labelled ? 1 : 0);
    rows.groups.push_back(static_cast<std::int32_t>(random() % groups));
  }
  return rows;
}

/// The same with both labels equally likely, so that every measure has a value where the rows are many.
inline Rows mixed_rows(std::mt19937_64& random, std::uint64_t n, std::uint64_t levels, std::uint64_t groups) {
  Rows rows = random_rows(random, n, levels, groups);
  for (std::uint8_t& label : rows.labels) label = random() % 2 == 0 ? 1 : 0;
  return rows;
}

/// The same rows in another order.
inline Rows shuffled(const Rows& rows, std::mt19937_64& random) {
  std::vector<std::size_t> order(rows.scores.size());
  std::iota(order.begin(), order.end(), 0U);
  std::shuffle(order.begin(), order.end(), random);
  Rows result;
  for (const std::size_t row : order) {
    result.scores.push_back(rows.scores[row]);
    result.labels.push_back(rows.labels[row]);
    result.groups.push_back(rows.groups[row]);
  }
  return result;
}

/// The message of the `Error` that `call` throws; the test fails if it throws none.
template <typename Call>
std::string error_of(Call call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  ADD_FAILURE() << "no error was thrown";
  return "";
}

}  // namespace posthoc::fairness
