#include "fairness/bootstrap_search.h"

#include <algorithm>

#include "base/error.h"
#include "fairness/bootstrap_engine.h"

namespace posthoc::fairness {
namespace {

// Counts of the decisions at any threshold: the scores of each group and label, sorted.
class CountsAtThreshold {
 public:
  explicit CountsAtThreshold(const Outcomes& outcomes)
      : groups_(group_count(outcomes.groups)), scores_(static_cast<std::size_t>(groups_) * 2) {
    for (std::size_t row = 0; row < outcomes.size(); ++row) {
      scores_[static_cast<std::size_t>(outcomes.groups[row]) * 2 + outcomes.labels[row]].push_back(
          outcomes.scores[row]);
    }
    for (auto& scores : scores_) std::sort(scores.begin(), scores.end());
  }

  [[nodiscard]] std::vector<double> cells(double threshold) const {
    std::vector<double> cells;
    for (const auto& scores : scores_) {
      const auto first_selected = std::upper_bound(scores.begin(), scores.end(), threshold);
      cells.push_back(static_cast<double>(first_selected - scores.begin()));
      cells.push_back(static_cast<double>(scores.end() - first_selected));
    }
    return cells;
  }
  [[nodiscard]] int groups() const { return groups_; }

 private:
  int groups_;
  std::vector<std::vector<double>> scores_;  // by group, then label
};

}  // namespace

SearchIntervals bootstrap_search(const Outcomes& validation, const Outcomes& test, const Objective& objective,
                                 const ThresholdSearch& search, const BootstrapOptions& options) {
  validate(options);
  require(options.method == IntervalMethod::percentile,
          "bootstrap: intervals with a chosen threshold are made by the method percentile, not {}; the best threshold "
          "has no useful jackknife",
          to_string(options.method));
  validate(test);
  const ScoreSweep sweep(validation);
  const double threshold = sweep.find(objective, search).threshold;
  const GroupCounts counts = count(test, threshold);

  const std::vector<const Measure*> of_counts = measures_of_counts();
  const CellStatistics statistics = cell_statistics(of_counts, counts.groups());
  const CountsAtThreshold at_threshold(test);
  const RowResampler validation_rows(sweep.sorted().labels, sweep.sorted().groups, options.strata);
  const auto resamples = static_cast<std::size_t>(options.resamples);
  std::vector<Value> thresholds(resamples, 0.0);
  std::vector<std::vector<Value>> replicates(of_counts.size(), std::vector<Value>(resamples, 0.0));
  for_each_resample(options.resamples, [&](std::uint32_t resample) {
    std::vector<std::uint32_t> weights(validation.size());
    validation_rows.draw({options.seed, purpose("bootstrap validation rows"), resample}, weights);
    const double chosen = sweep.resampled(weights).find(objective, search).threshold;
    thresholds[resample] = chosen;

    const CellResampler test_cells(at_threshold.cells(chosen), options.strata, at_threshold.groups());
    std::vector<double> cells(test_cells.counts().size());
    std::vector<Value> values(of_counts.size(), 0.0);
    test_cells.draw({options.seed, purpose("bootstrap cells"), resample}, cells);
    statistics(cells, values);
    for (std::size_t m = 0; m < values.size(); ++m) replicates[m][resample] = values[m];
  });

  const auto interval = [&](const Value& estimate, std::span<const Value> values) {
    return make_interval(estimate, values, {}, options.level, options.method);
  };
  std::vector<Value> count_values;
  std::vector<Interval> count_intervals;
  for (std::size_t m = 0; m < of_counts.size(); ++m) {
    count_values.push_back(of_counts[m]->of_counts(counts));
    count_intervals.push_back(interval(count_values[m], replicates[m]));
  }
  const auto [score_values, score_intervals] = score_measure_intervals(test, options);
  return {threshold, interval(threshold, thresholds),
          in_table_order(count_values, count_intervals, score_values, score_intervals)};
}

}  // namespace posthoc::fairness
