#include "fairness/worst_pair.h"

#include <cstddef>
#include <vector>

#include "base/error.h"

namespace posthoc::fairness {
namespace {

// The rows of two groups, which become groups 0 and 1.
class PairRows {
 public:
  explicit PairRows(const Outcomes& all) : rows_of_(static_cast<std::size_t>(group_count(all.groups))), all_(all) {
    for (std::size_t row = 0; row < all.size(); ++row)
      rows_of_[static_cast<std::size_t>(all.groups[row])].push_back(row);
  }

  // Valid until the next call.
  Outcomes pair(int first, int second) {
    scores_.clear();
    labels_.clear();
    groups_.clear();
    for (const auto& [group, id] : {std::pair{first, 0}, std::pair{second, 1}}) {
      if (static_cast<std::size_t>(group) >= rows_of_.size()) continue;
      for (const std::size_t row : rows_of_[static_cast<std::size_t>(group)]) {
        scores_.push_back(all_.scores[row]);
        labels_.push_back(all_.labels[row]);
        groups_.push_back(id);
      }
    }
    return {scores_, labels_, groups_};
  }

 private:
  std::vector<std::vector<std::size_t>> rows_of_;
  Outcomes all_;
  std::vector<double> scores_;
  std::vector<std::uint8_t> labels_;
  std::vector<std::int32_t> groups_;
};

// The worst pair by `measure_of(first, second)`.
template <typename MeasureOf>
std::optional<GroupPair> search(const Measure& bias, int groups, MeasureOf measure_of) {
  std::optional<GroupPair> worst;
  for (int first = 0; first < groups; ++first) {
    for (int second = first + 1; second < groups; ++second) {
      const Value value = measure_of(first, second);
      if (!value.defined()) return std::nullopt;
      if (!worst || bias.unfairness(value.number()) > bias.unfairness(worst->value.number())) {
        worst = GroupPair{first, second, value};
      }
    }
  }
  return worst;
}

}  // namespace

std::optional<GroupPair> worst_pair(const Measure& bias, const GroupCounts& counts, const Outcomes& outcomes) {
  require(bias.kind == Measure::Kind::bias, "worst pair: {} is not a bias measure", bias.name);
  if (bias.of_counts != nullptr) {
    return search(bias, counts.groups(), [&](int first, int second) {
      GroupCounts two(2);
      two.add(0, counts[first]);
      two.add(1, counts[second]);
      return bias.of_counts(two);
    });
  }
  validate(outcomes);
  PairRows rows(outcomes);
  return search(bias, counts.groups(), [&](int first, int second) {
    const Outcomes two = rows.pair(first, second);
    return two.size() == 0 ? Value::undefined("has no rows", first) : bias.of_outcomes(two);
  });
}

}  // namespace posthoc::fairness
