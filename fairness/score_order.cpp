#include "fairness/score_order.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <limits>
#include <utility>

#include "base/error.h"

namespace posthoc::fairness {
namespace {

// A row is one word: the key of its score above 32 bits of what is wanted of it afterwards.
constexpr std::size_t kKeyShift = 32;

// Unsigned integers in the order of the numbers; -0 is 0.
std::uint32_t key_of(float score) {
  const auto bits = std::bit_cast<std::uint32_t>(score + 0.0F);
  return bits >> 31 != 0 ? ~bits : bits | 0x80000000U;
}
float score_of(std::uint32_t key) { return std::bit_cast<float>(key >> 31 != 0 ? key & 0x7fffffffU : ~key); }

constexpr std::size_t kDigits = 3;
constexpr std::size_t kDigitBits = 11;
constexpr std::size_t kValues = std::size_t{1} << kDigitBits;

// Of each digit's values: their number, then the place of the next row with it.
using Digits = std::array<std::array<std::uint32_t, kValues>, kDigits>;

std::size_t digit(std::uint64_t row, std::size_t which) {
  return row >> (kKeyShift + which * kDigitBits) & (kValues - 1);
}

// From the lowest digit to the highest, each time in a stable way.
void sort_by_key(SortBuffers& buffers, Digits& digits) {
  buffers.other.resize(buffers.rows.size());
  for (std::size_t which = 0; which < kDigits; ++which) {
    std::array<std::uint32_t, kValues>& places = digits[which];
    if (places[digit(buffers.rows.front(), which)] == buffers.rows.size()) continue;  // the same in all rows
    std::uint32_t place = 0;
    for (std::uint32_t& count : places) place += std::exchange(count, place);
    std::uint64_t* to = buffers.other.data();
    for (const std::uint64_t row : buffers.rows) to[places[digit(row, which)]++] = row;
    buffers.rows.swap(buffers.other);
  }
}

// Makes the words of all rows, with `rest(i)` below row i's key, and sorts them by key.
template <typename Rest>
void sort_rows(std::span<const double> scores, SortBuffers& buffers, Rest rest) {
  Digits digits{};
  buffers.rows.resize(scores.size());
  std::uint64_t* rows = buffers.rows.data();
  for (std::size_t i = 0; i < scores.size(); ++i) {
    const std::uint64_t row = std::uint64_t{key_of(static_cast<float>(scores[i]))} << kKeyShift | rest(i);
    for (std::size_t which = 0; which < kDigits; ++which) ++digits[which][digit(row, which)];
    rows[i] = row;
  }
  sort_by_key(buffers, digits);
}

std::uint32_t number_of(std::uint64_t row) { return static_cast<std::uint32_t>(row); }

// The keys are scores rounded to float32: within rows that rounding made equal, compares the scores themselves.
void sort_equal_keys(std::span<const double> scores, std::vector<std::uint64_t>& rows) {
  for (auto begin = rows.begin(); begin != rows.end();) {
    auto end = begin + 1;
    while (end != rows.end() && *end >> kKeyShift == *begin >> kKeyShift) ++end;
    if (end - begin > 1) {
      std::sort(begin, end, [&](std::uint64_t a, std::uint64_t b) {
        const double left = scores[number_of(a)];
        const double right = scores[number_of(b)];
        return left < right || (left == right && number_of(a) < number_of(b));
      });
    }
    begin = end;
  }
}

constexpr std::size_t kSmall = 256;  // fewer rows are not worth the counters

bool are_float32(std::span<const double> scores) {
  bool exact = true;
  for (const double score : scores) exact &= static_cast<double>(static_cast<float>(score)) == score;
  return exact;
}

void require_sortable(std::size_t rows) {
  require(rows <= std::numeric_limits<std::uint32_t>::max(), "sorting scores: at most 2^32 - 1 rows, got {}", rows);
}

// Leaves the rows' numbers in order, each below its key.
void sort_numbers(std::span<const double> scores, bool exact, SortBuffers& buffers) {
  std::vector<std::uint64_t>& rows = buffers.rows;
  if (scores.size() > kSmall) {
    sort_rows(scores, buffers, [](std::size_t i) { return static_cast<std::uint32_t>(i); });
  } else {
    rows.resize(scores.size());
    for (std::size_t i = 0; i < scores.size(); ++i) {
      rows[i] = std::uint64_t{key_of(static_cast<float>(scores[i]))} << kKeyShift | i;
    }
    std::sort(rows.begin(), rows.end());  // rows with the same key differ in their number
  }
  if (!exact) sort_equal_keys(scores, rows);
}

}  // namespace

void sort_by_score(const Outcomes& outcomes, std::span<double> scores, std::span<std::uint8_t> labels,
                   std::span<std::int32_t> groups, SortBuffers& buffers) {
  const std::size_t n = outcomes.size();
  require_sortable(n);
  std::vector<std::uint64_t>& rows = buffers.rows;
  const bool exact = are_float32(outcomes.scores);
  if (exact && n > kSmall) {
    // The key is the whole score. Label and group go along with it, so that nothing is looked up in another order.
    sort_rows(outcomes.scores, buffers,
              [&](std::size_t i) { return static_cast<std::uint32_t>(outcomes.groups[i]) << 1 | outcomes.labels[i]; });
    for (std::size_t i = 0; i < n; ++i) {
      const auto rest = static_cast<std::uint32_t>(rows[i]);
      scores[i] = static_cast<double>(score_of(static_cast<std::uint32_t>(rows[i] >> kKeyShift)));
      labels[i] = static_cast<std::uint8_t>(rest & 1U);
      groups[i] = static_cast<std::int32_t>(rest >> 1);
    }
    return;
  }
  sort_numbers(outcomes.scores, exact, buffers);
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t row = number_of(rows[i]);
    scores[i] = outcomes.scores[row];
    labels[i] = outcomes.labels[row];
    groups[i] = outcomes.groups[row];
  }
}

std::vector<std::uint32_t> order_by_score(std::span<const double> scores, SortBuffers& buffers) {
  require_sortable(scores.size());
  sort_numbers(scores, are_float32(scores), buffers);
  std::vector<std::uint32_t> order(scores.size());
  std::ranges::transform(buffers.rows, order.begin(), number_of);
  return order;
}

}  // namespace posthoc::fairness
