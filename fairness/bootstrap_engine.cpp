#include "fairness/bootstrap_engine.h"

#include <algorithm>
#include <memory>

#include "base/threads.h"
#include "fairness/score_statistic.h"

namespace posthoc::fairness {
namespace {

using ByStatistic = std::vector<std::vector<Value>>;  // a value a resample

std::vector<Interval> intervals_of(std::span<const Value> estimates, const ByStatistic& replicates,
                                   const std::vector<std::vector<LeftOut>>& left_out, const BootstrapOptions& options) {
  std::vector<Interval> intervals;
  intervals.reserve(estimates.size());
  for (std::size_t s = 0; s < estimates.size(); ++s) {
    intervals.push_back(make_interval(estimates[s], replicates[s], left_out[s], options.level, options.method));
  }
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
  constexpr int kAtOnce = 16;  // a resample of cells takes about as long as its hand-out
  parallel_for((resamples + kAtOnce - 1) / kAtOnce, [&](std::int64_t chunk, int /*worker*/) {
    const int first = static_cast<int>(chunk) * kAtOnce;
    for (int r = first; r < std::min(first + kAtOnce, resamples); ++r) task(static_cast<std::uint32_t>(r));
  });
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

RowStatistic row_statistic(const Measure& measure, const Outcomes& outcomes) {
  const auto statistic = std::make_shared<const ScoreStatistic>(measure, outcomes);
  return {[statistic](std::span<const std::uint32_t> weights) { return (*statistic)(weights); },
          [statistic](std::span<const std::vector<std::size_t>> blocks) { return statistic->without(blocks); },
          statistic->is_quick_without_rows()};
}

std::vector<Interval> row_intervals(const RowResampler& resampler, std::size_t rows,
                                    std::span<const RowStatistic> statistics, std::span<const Value> estimates,
                                    const BootstrapOptions& options) {
  ByStatistic replicates = no_replicates(statistics.size(), options);
  if (!statistics.empty()) {
    for_each_resample(options.resamples, [&](std::uint32_t resample) {
      std::vector<std::uint32_t> weights(rows);
      resampler.draw({options.seed, purpose("bootstrap rows"), resample}, weights);
      for (std::size_t s = 0; s < statistics.size(); ++s) replicates[s][resample] = statistics[s].value(weights);
    });
  }
  std::vector<std::vector<LeftOut>> left_out(statistics.size());
  for (std::size_t s = 0; s < statistics.size() && options.method == IntervalMethod::bca; ++s) {
    const JackknifeBlocks blocks(resampler, statistics[s].quick_without_rows, options.seed);
    const std::vector<Value> values = statistics[s].without(blocks.rows);
    for (std::size_t b = 0; b < values.size(); ++b) left_out[s].push_back({values[b], 1, blocks.strata[b]});
  }
  return intervals_of(estimates, replicates, left_out, options);
}

}  // namespace posthoc::fairness
