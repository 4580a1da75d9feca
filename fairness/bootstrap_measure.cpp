#include "fairness/bootstrap_measure.h"

#include <array>

#include "base/error.h"
#include "fairness/bootstrap_engine.h"

namespace posthoc::fairness {

MeasureInterval bootstrap_measure(const Measure& measure, const GroupCounts& counts, const Outcomes& outcomes,
                                  const BootstrapOptions& options) {
  validate(options);
  validate(outcomes);
  require(measure.of_counts || measure.of_outcomes, "bootstrap: the measure '{}' has no function", measure.name);
  if (!measure.of_counts) {
    const Value value = measure.of_outcomes(outcomes);
    const std::array asked = {&measure};
    const RowResampler rows(outcomes.labels, outcomes.groups, options.strata);
    return {&measure, value,
            row_intervals(rows, outcomes.size(), row_statistics(asked, outcomes), {&value, 1}, options)[0]};
  }
  const int groups = counts.groups();
  const Value value = measure.of_counts(counts);
  const CellStatistics of_cells = [&](std::span<const double> cells, std::span<Value> values) {
    values[0] = measure.of_counts(counts_of_cells(cells, groups));
  };
  const CellResampler resampler(cells_of(counts), options.strata, groups);
  return {&measure, value, cell_intervals(resampler, of_cells, {&value, 1}, options)[0]};
}

}  // namespace posthoc::fairness
