#include "fairness/bootstrap.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "fairness/bootstrap_engine.h"
#include "fairness/score_statistic.h"

namespace posthoc::fairness {
namespace {

constexpr int kMaxResamples = 1'000'000;

void require_same_rows(const GroupCounts& counts, const Outcomes& outcomes) {
  const int groups = group_count(outcomes.groups);
  require(counts.groups() == groups, "bootstrap: the counts are of {} groups, the outcomes of {}", counts.groups(),
          groups);
  std::vector<double> rows(static_cast<std::size_t>(groups) * 2);  // by group and label
  for (std::size_t row = 0; row < outcomes.size(); ++row) {
    ++rows[static_cast<std::size_t>(outcomes.groups[row]) * 2 + outcomes.labels[row]];
  }
  for (int group = 0; group < groups; ++group) {
    for (const std::size_t label : {0, 1}) {
      const double counted = label == 1 ? counts[group].positives() : counts[group].negatives();
      const double held = rows[static_cast<std::size_t>(group) * 2 + label];
      require(std::abs(counted - held) <= 1e-6 * std::max(1.0, held),
              "bootstrap: group {} has {} rows with label {} in the counts, {} in the outcomes", group, counted, label,
              held);
    }
  }
}

}  // namespace

void validate(const BootstrapOptions& options) {
  require(options.resamples >= 1 && options.resamples <= kMaxResamples, "bootstrap: expected 1 to {} resamples, got {}",
          kMaxResamples, options.resamples);
  require_level(options.level, static_cast<std::size_t>(options.resamples));
}

std::vector<MeasureInterval> bootstrap(const GroupCounts& counts, const Outcomes& outcomes,
                                       const BootstrapOptions& options) {
  validate(options);
  validate(outcomes);
  require_same_rows(counts, outcomes);

  std::vector<const Measure*> of_counts;
  std::vector<Value> count_values;
  std::vector<RowStatistic> of_scores;
  std::vector<Value> score_values;
  for (const Measure& measure : measures()) {
    if (measure.of_counts) {
      of_counts.push_back(&measure);
      count_values.push_back(measure.of_counts(counts));
    } else {
      of_scores.push_back(row_statistic(measure, outcomes));
      score_values.push_back(measure.of_outcomes(outcomes));
    }
  }
  const CellStatistics statistics = [&](std::span<const double> cells, std::span<Value> values) {
    const GroupCounts drawn = counts_of_cells(cells, counts.groups());
    for (std::size_t m = 0; m < of_counts.size(); ++m) values[m] = of_counts[m]->of_counts(drawn);
  };
  const CellResampler cells(cells_of(counts), options.strata, counts.groups());
  const RowResampler rows(outcomes.labels, outcomes.groups, options.strata);
  const std::vector<Interval> of_cells = cell_intervals(cells, statistics, count_values, options);
  const std::vector<Interval> of_rows = row_intervals(rows, outcomes.size(), of_scores, score_values, options);

  std::vector<MeasureInterval> result;
  std::size_t count_measure = 0;
  std::size_t score_measure = 0;
  for (const Measure& measure : measures()) {
    if (measure.of_counts) {
      result.push_back({&measure, count_values[count_measure], of_cells[count_measure]});
      ++count_measure;
    } else {
      result.push_back({&measure, score_values[score_measure], of_rows[score_measure]});
      ++score_measure;
    }
  }
  return result;
}

std::vector<MeasureInterval> bootstrap(const Outcomes& outcomes, double threshold, const BootstrapOptions& options) {
  return bootstrap(count(outcomes, threshold), outcomes, options);
}

}  // namespace posthoc::fairness
