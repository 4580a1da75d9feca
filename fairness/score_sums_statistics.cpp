#include "fairness/score_sums_statistics.h"

#include <utility>

#include "base/threads.h"

namespace posthoc::fairness {

ScoreSumsStatistics::ScoreSumsStatistics(std::vector<const Measure*> measures, const Outcomes& outcomes)
    : measures_(std::move(measures)),
      groups_(outcomes.groups),
      group_count_(static_cast<std::size_t>(group_count(outcomes.groups))) {
  rows_.reserve(outcomes.size());
  for (std::size_t row = 0; row < outcomes.size(); ++row) {
    rows_.push_back(sums_of_row(outcomes.scores[row], outcomes.labels[row] == 1));
  }
}

void ScoreSumsStatistics::values(std::span<const std::uint32_t> weights, std::span<Value> values) const {
  std::vector<ScoreSums> of_groups(group_count_);
  for (std::size_t row = 0; row < rows_.size(); ++row) {
    if (weights[row] == 0) continue;
    of_groups[static_cast<std::size_t>(groups_[row])] += static_cast<double>(weights[row]) * rows_[row];
  }
  const GroupScores scores(std::move(of_groups));
  for (std::size_t m = 0; m < measures_.size(); ++m) values[m] = measures_[m]->of_group_scores(scores);
}

std::vector<Value> ScoreSumsStatistics::without(std::span<const std::vector<std::size_t>> blocks) const {
  std::vector<Value> values(blocks.size() * measures_.size(), 0.0);
  parallel_for(static_cast<std::int64_t>(blocks.size()), [&](std::int64_t block, int /*worker*/) {
    // Added anew and not taken away from the whole: counts stay whole numbers either way, but sums lose digits.
    const auto b = static_cast<std::size_t>(block);
    std::vector<std::uint32_t> weights(rows_.size(), 1);
    for (const std::size_t row : blocks[b]) weights[row] = 0;
    this->values(weights, std::span(values).subspan(b * measures_.size(), measures_.size()));
  });
  return values;
}

}  // namespace posthoc::fairness
