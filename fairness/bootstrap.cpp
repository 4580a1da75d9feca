#include "fairness/bootstrap.h"

#include "base/error.h"
#include "fairness/bootstrap_engine.h"

namespace posthoc::fairness {
namespace {

constexpr int kMaxResamples = 1'000'000;

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

  const std::vector<const Measure*> of_counts = measures_of_counts();
  std::vector<Value> count_values;
  for (const Measure* measure : of_counts) count_values.push_back(measure->of_counts(counts));
  const CellResampler cells(cells_of(counts), options.strata, counts.groups());
  const auto of_cells = cell_intervals(cells, cell_statistics(of_counts, counts.groups()), count_values, options);

  const auto [score_values, of_scores] = score_measure_intervals(outcomes, options);
  return in_table_order(count_values, of_cells, score_values, of_scores);
}

std::vector<MeasureInterval> bootstrap(const Outcomes& outcomes, double threshold, const BootstrapOptions& options) {
  return bootstrap(count(outcomes, threshold), outcomes, options);
}

}  // namespace posthoc::fairness
