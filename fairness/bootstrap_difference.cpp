#include "fairness/bootstrap_difference.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "fairness/bootstrap_engine.h"

namespace posthoc::fairness {
namespace {

constexpr std::size_t kJointCells = 4;  // of a group and label: (decision of original, decision of changed)

void validate_pair(const DecidedOutcomes& original, const DecidedOutcomes& changed) {
  for (const DecidedOutcomes* of : {&original, &changed}) {
    validate(of->outcomes);
    require(of->favourable.size() == of->outcomes.size(), "bootstrap: {} decisions for {} rows", of->favourable.size(),
            of->outcomes.size());
    for (std::size_t row = 0; row < of->favourable.size(); ++row) {
      require(of->favourable[row] >= 0 && of->favourable[row] <= 1,
              "bootstrap: row {}: the probability of a favourable decision is {}", row, of->favourable[row]);
    }
  }
  require(std::ranges::equal(original.outcomes.labels, changed.outcomes.labels) &&
              std::ranges::equal(original.outcomes.groups, changed.outcomes.groups),
          "bootstrap: a paired interval needs the same rows twice; labels or groups differ");
}

std::vector<double> joint_cells(const DecidedOutcomes& original, const DecidedOutcomes& changed, int groups) {
  std::vector<double> cells(static_cast<std::size_t>(groups) * 2 * kJointCells);
  for (std::size_t row = 0; row < original.outcomes.size(); ++row) {
    const auto group = static_cast<std::size_t>(original.outcomes.groups[row]);
    double* joint = &cells[(2 * group + original.outcomes.labels[row]) * kJointCells];
    const double p = original.favourable[row];
    const double q = changed.favourable[row];
    joint[0] += (1 - p) * (1 - q);
    joint[1] += (1 - p) * q;
    joint[2] += p * (1 - q);
    joint[3] += p * q;
  }
  return cells;
}

// The cells of one of the two predictors.
std::vector<double> margin(std::span<const double> joint, bool of_changed) {
  std::vector<double> cells;
  for (std::size_t at = 0; at < joint.size(); at += kJointCells) {
    const double one_favourable = of_changed ? joint[at + 1] : joint[at + 2];
    const double other_favourable = of_changed ? joint[at + 2] : joint[at + 1];
    cells.push_back(joint[at] + other_favourable);
    cells.push_back(joint[at + 3] + one_favourable);
  }
  return cells;
}

Value distance(const Measure& measure, const Value& original, const Value& changed) {
  const Value difference = changed - original;
  if (measure.kind != Measure::Kind::bias) return difference;
  return difference.with_number(measure.unfairness(changed.with_empty_as_zero()) -
                                measure.unfairness(original.with_empty_as_zero()));
}

// The statistics of the pair: differences of some measures, then distances.
CellStatistics pair_statistics(std::span<const Measure* const> of_counts, int groups) {
  return [of_counts, groups](std::span<const double> joint, std::span<Value> values) {
    const GroupCounts original = counts_of_cells(margin(joint, false), groups);
    const GroupCounts changed = counts_of_cells(margin(joint, true), groups);
    for (std::size_t m = 0; m < of_counts.size(); ++m) {
      const Value before = of_counts[m]->of_counts(original);
      const Value after = of_counts[m]->of_counts(changed);
      values[m] = after - before;
      values[of_counts.size() + m] = distance(*of_counts[m], before, after);
    }
  };
}

// The statistic `combine(original, changed)` of a measure of the scores.
template <typename Combine>
RowStatistic pair_statistic(const RowStatistic& original, const RowStatistic& changed, Combine combine) {
  return {
      [=](std::span<const std::uint32_t> weights) { return combine(original.value(weights), changed.value(weights)); },
      [=](std::span<const std::vector<std::size_t>> blocks) {
        std::vector<Value> values = original.without(blocks);
        const std::vector<Value> after = changed.without(blocks);
        for (std::size_t b = 0; b < values.size(); ++b) values[b] = combine(values[b], after[b]);
        return values;
      },
      original.quick_without_rows};
}

std::vector<double> decisions(const Outcomes& outcomes, double threshold) {
  require(!std::isnan(threshold), "bootstrap: the threshold is not a number");
  std::vector<double> favourable;
  for (const double score : outcomes.scores) favourable.push_back(score > threshold ? 1 : 0);
  return favourable;
}

}  // namespace

std::vector<DifferenceInterval> bootstrap_difference(const DecidedOutcomes& original, const DecidedOutcomes& changed,
                                                     const BootstrapOptions& options) {
  std::vector<const Measure*> all;
  for (const Measure& measure : measures()) all.push_back(&measure);
  return bootstrap_difference(original, changed, all, options);
}

std::vector<DifferenceInterval> bootstrap_difference(const DecidedOutcomes& original, const DecidedOutcomes& changed,
                                                     std::span<const Measure* const> asked,
                                                     const BootstrapOptions& options) {
  validate(options);
  validate_pair(original, changed);
  std::vector<const Measure*> of_counts;
  std::vector<const Measure*> of_scores;
  for (const Measure* measure : asked) {
    require(measure->of_counts || measure->of_outcomes, "bootstrap: the measure '{}' has no function", measure->name);
    (measure->of_counts ? of_counts : of_scores).push_back(measure);
  }
  const Outcomes& rows = original.outcomes;
  const int groups = group_count(rows.groups);

  std::vector<DifferenceInterval> result;
  const auto add = [&](const Measure& measure, const Value& before, const Value& after) {
    result.push_back({&measure, before, after, after - before, {}, distance(measure, before, after), {}});
  };
  const auto set_intervals = [&](std::size_t first, const std::vector<Interval>& intervals) {
    const std::size_t measures = result.size() - first;  // differences of all, then distances
    for (std::size_t m = 0; m < measures; ++m) {
      result[first + m].interval = intervals[m];
      result[first + m].distance_interval = intervals[measures + m];
    }
  };
  const auto estimates = [&](std::size_t first) {
    std::vector<Value> values;
    for (std::size_t m = first; m < result.size(); ++m) values.push_back(result[m].difference);
    for (std::size_t m = first; m < result.size(); ++m) values.push_back(result[m].distance);
    return values;
  };

  const CellResampler cells(joint_cells(original, changed, groups), options.strata, groups);
  const GroupCounts before = counts_of_cells(margin(cells.counts(), false), groups);
  const GroupCounts after = counts_of_cells(margin(cells.counts(), true), groups);
  for (const Measure* measure : of_counts) add(*measure, measure->of_counts(before), measure->of_counts(after));
  set_intervals(0, cell_intervals(cells, pair_statistics(of_counts, groups), estimates(0), options));

  const std::size_t first_score = result.size();
  std::vector<RowStatistic> differences;
  std::vector<RowStatistic> distances;
  for (const Measure* measure : of_scores) {
    add(*measure, measure->of_outcomes(rows), measure->of_outcomes(changed.outcomes));
    const RowStatistic of_original = row_statistic(*measure, rows);
    const RowStatistic of_changed = row_statistic(*measure, changed.outcomes);
    differences.push_back(
        pair_statistic(of_original, of_changed, [](const Value& a, const Value& b) { return b - a; }));
    distances.push_back(pair_statistic(of_original, of_changed,
                                       [measure](const Value& a, const Value& b) { return distance(*measure, a, b); }));
  }
  differences.insert(differences.end(), distances.begin(), distances.end());
  const RowResampler resampler(rows.labels, rows.groups, options.strata);
  set_intervals(first_score, row_intervals(resampler, rows.size(), differences, estimates(first_score), options));

  std::vector<DifferenceInterval> in_order;
  for (const Measure* measure : asked) {
    in_order.push_back(*std::ranges::find(result, measure, &DifferenceInterval::measure));
  }
  return in_order;
}

std::vector<DifferenceInterval> bootstrap_difference(const Outcomes& original, double original_threshold,
                                                     const Outcomes& changed, double changed_threshold,
                                                     const BootstrapOptions& options) {
  validate(original);
  validate(changed);
  const std::vector<double> before = decisions(original, original_threshold);
  const std::vector<double> after = decisions(changed, changed_threshold);
  return bootstrap_difference({original, before}, {changed, after}, options);
}

}  // namespace posthoc::fairness
