#include "fairness/bootstrap_engine.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

#include "base/error.h"
#include "base/threads.h"
#include "fairness/score_statistic.h"
#include "fairness/score_sums_statistics.h"

namespace posthoc::fairness {
namespace {

using ByStatistic = std::vector<std::vector<Value>>;  // a value a resample

std::vector<Interval> intervals_of(std::span<const Value> estimates, const ByStatistic& replicates,
                                   const std::vector<std::vector<LeftOut>>& left_out, const BootstrapOptions& options) {
  std::vector<Interval> intervals(estimates.size());
  parallel_for(static_cast<std::int64_t>(estimates.size()), [&](std::int64_t statistic, int /*worker*/) {
    const auto s = static_cast<std::size_t>(statistic);
    intervals[s] = make_interval(estimates[s], replicates[s], left_out[s], options.level, options.method);
  });
  return intervals;
}

ByStatistic no_replicates(std::size_t statistics, const BootstrapOptions& options) {
  return ByStatistic(statistics, std::vector<Value>(static_cast<std::size_t>(options.resamples), 0.0));
}

std::vector<std::vector<LeftOut>> without_cells(const CellResampler& resampler, const CellStatistics& statistics,
                                                std::span<const Value> estimates) {
  std::vector<std::vector<LeftOut>> left_out(estimates.size());
  std::vector<double> cells(resampler.counts().begin(), resampler.counts().end());
  std::vector<Value> values(estimates.begin(), estimates.end());
  for (std::size_t cell = 0; cell < cells.size(); ++cell) {
    const double count = cells[cell];
    if (count == 0) continue;
    const double taken = std::min(count, 1.0);
    cells[cell] -= taken;
    statistics(cells, values);
    cells[cell] = count;
    for (std::size_t s = 0; s < estimates.size(); ++s) {
      // What a whole row would change, in proportion, where the cell holds less than one.
      const double before = estimates[s].with_empty_as_zero();
      const double change = (values[s].with_empty_as_zero() - before) / taken;
      const Value value = taken < 1 ? values[s].with_number(before + change) : values[s];
      left_out[s].push_back({value, count, resampler.stratum_of(cell)});
    }
  }
  return left_out;
}

}  // namespace

void for_each_resample(int resamples, const std::function<void(std::uint32_t resample)>& task) {
  // The values of resamples lie side by side, where two threads that write would wait for each other.
  constexpr int kAtOnce = 16;
  parallel_for((resamples + kAtOnce - 1) / kAtOnce, [&](std::int64_t chunk, int /*worker*/) {
    const int first = static_cast<int>(chunk) * kAtOnce;
    for (int r = first; r < std::min(first + kAtOnce, resamples); ++r) task(static_cast<std::uint32_t>(r));
  });
}

CellStatistics cell_statistics(std::span<const Measure* const> of_counts, int groups) {
  return [of_counts, groups](std::span<const double> cells, std::span<Value> values) {
    const GroupCounts counts = counts_of_cells(cells, groups);
    for (std::size_t m = 0; m < of_counts.size(); ++m) values[m] = of_counts[m]->of_counts(counts);
  };
}

std::vector<Interval> cell_intervals(const CellResampler& resampler, const CellStatistics& statistics,
                                     std::span<const Value> estimates, const BootstrapOptions& options) {
  ByStatistic replicates = no_replicates(estimates.size(), options);
  for_each_resample(options.resamples, [&](std::uint32_t resample) {
    std::vector<double> cells(resampler.counts().size());
    std::vector<Value> values(estimates.size(), 0.0);
    resampler.draw({options.seed, purpose("bootstrap cells"), resample}, cells);
    statistics(cells, values);
    for (std::size_t s = 0; s < values.size(); ++s) replicates[s][resample] = values[s];
  });
  std::vector<std::vector<LeftOut>> left_out(estimates.size());
  if (options.method == IntervalMethod::bca) left_out = without_cells(resampler, statistics, estimates);
  return intervals_of(estimates, replicates, left_out, options);
}

std::vector<const Measure*> by_family(std::vector<const Measure*> of_scores) {
  std::stable_partition(of_scores.begin(), of_scores.end(),
                        [](const Measure* measure) { return measure->of_group_scores != nullptr; });
  return of_scores;
}

std::vector<RowStatistics> row_statistics(std::span<const Measure* const> measures, const Outcomes& outcomes) {
  std::vector<RowStatistics> families;
  const auto end_of_sums = std::ranges::find_if(measures, [](const Measure* m) { return !m->of_group_scores; });
  const std::vector<const Measure*> of_sums(measures.begin(), end_of_sums);
  if (!of_sums.empty()) {
    const auto sums = std::make_shared<const ScoreSumsStatistics>(of_sums, outcomes);
    families.push_back({of_sums.size(), [sums](auto weights, auto values) { sums->values(weights, values); },
                        [sums](std::span<const std::vector<std::size_t>> blocks) { return sums->without(blocks); },
                        false});
  }
  for (const Measure* measure : measures.subspan(of_sums.size())) {
    const auto statistic = std::make_shared<const ScoreStatistic>(*measure, outcomes);
    families.push_back(
        {1, [statistic](auto weights, auto values) { values[0] = (*statistic)(weights); },
         [statistic](std::span<const std::vector<std::size_t>> blocks) { return statistic->without(blocks); },
         statistic->is_quick_without_rows()});
  }
  return families;
}

std::vector<Interval> row_intervals(const RowResampler& resampler, std::size_t rows,
                                    std::span<const RowStatistics> families, std::span<const Value> estimates,
                                    const BootstrapOptions& options) {
  ByStatistic replicates = no_replicates(estimates.size(), options);
  if (!families.empty()) {
    for_each_resample(options.resamples, [&](std::uint32_t resample) {
      std::vector<std::uint32_t> weights(rows);
      std::vector<Value> values(estimates.size(), 0.0);
      resampler.draw({options.seed, purpose("bootstrap rows"), resample}, weights);
      std::span<Value> rest(values);
      for (const RowStatistics& family : families) {
        family.values(weights, rest.first(family.count));
        rest = rest.subspan(family.count);
      }
      for (std::size_t s = 0; s < values.size(); ++s) replicates[s][resample] = values[s];
    });
  }
  std::vector<std::vector<LeftOut>> left_out(estimates.size());
  if (options.method == IntervalMethod::bca) {
    std::size_t first = 0;  // statistic of the family
    for (const RowStatistics& family : families) {
      const JackknifeBlocks blocks(resampler, family.quick_without_rows, options.seed);
      const std::vector<Value> values = family.without(blocks.rows);
      for (std::size_t i = 0; i < values.size(); ++i) {
        left_out[first + i % family.count].push_back({values[i], 1, blocks.strata[i / family.count]});
      }
      first += family.count;
    }
  }
  return intervals_of(estimates, replicates, left_out, options);
}

ScoreMeasureIntervals score_measure_intervals(const Outcomes& outcomes, const BootstrapOptions& options) {
  const std::vector<const Measure*> measures = by_family(measures_of_scores());
  std::vector<Value> values(measures.size(), 0.0);
  parallel_for(static_cast<std::int64_t>(measures.size()), [&](std::int64_t measure, int /*worker*/) {
    const auto m = static_cast<std::size_t>(measure);
    values[m] = measures[m]->of_outcomes(outcomes);
  });
  const RowResampler rows(outcomes.labels, outcomes.groups, options.strata);
  const auto intervals = row_intervals(rows, outcomes.size(), row_statistics(measures, outcomes), values, options);
  ScoreMeasureIntervals in_order;
  for (const Measure* measure : measures_of_scores()) {
    const auto at = static_cast<std::size_t>(std::ranges::find(measures, measure) - measures.begin());
    in_order.values.push_back(values[at]);
    in_order.intervals.push_back(intervals[at]);
  }
  return in_order;
}

std::vector<const Measure*> measures_of_counts() {
  std::vector<const Measure*> result;
  for (const Measure& measure : measures()) {
    if (measure.of_counts) result.push_back(&measure);
  }
  return result;
}

std::vector<const Measure*> measures_of_scores() {
  std::vector<const Measure*> result;
  for (const Measure& measure : measures()) {
    if (!measure.of_counts) result.push_back(&measure);
  }
  return result;
}

std::vector<MeasureInterval> in_table_order(std::span<const Value> count_values, std::span<const Interval> of_counts,
                                            std::span<const Value> score_values, std::span<const Interval> of_scores) {
  std::vector<MeasureInterval> result;
  std::size_t next[2] = {0, 0};
  for (const Measure& measure : measures()) {
    const std::size_t at = next[measure.of_counts ? 1 : 0]++;
    result.push_back(measure.of_counts ? MeasureInterval{&measure, count_values[at], of_counts[at]}
                                       : MeasureInterval{&measure, score_values[at], of_scores[at]});
  }
  return result;
}

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

}  // namespace posthoc::fairness
