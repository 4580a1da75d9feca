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

// The statistics of the pair of measures of the scores: differences of those of a family, then distances.
RowStatistics pair_statistics(const RowStatistics& original, const RowStatistics& changed,
                              std::span<const Measure* const> measures) {
  const std::vector<const Measure*> of_family(measures.begin(), measures.end());
  const std::size_t count = of_family.size();
  const auto combine = [of_family, count](std::span<const Value> before, std::span<const Value> after,
                                          std::span<Value> values) {
    for (std::size_t m = 0; m < count; ++m) {
      values[m] = after[m] - before[m];
      values[count + m] = distance(*of_family[m], before[m], after[m]);
    }
  };
  return {2 * count,
          [=](std::span<const std::uint32_t> weights, std::span<Value> values) {
            std::vector<Value> before(count, 0.0);
            std::vector<Value> after(count, 0.0);
            original.values(weights, before);
            changed.values(weights, after);
            combine(before, after, values);
          },
          [=](std::span<const std::vector<std::size_t>> blocks) {
            const std::vector<Value> before = original.without(blocks);
            const std::vector<Value> after = changed.without(blocks);
            std::vector<Value> values(2 * before.size(), 0.0);
            for (std::size_t first = 0; first < before.size(); first += count) {
              combine(std::span(before).subspan(first, count), std::span(after).subspan(first, count),
                      std::span(values).subspan(2 * first, 2 * count));
            }
            return values;
          },
          original.quick_without_rows};
}

DifferenceInterval point_estimate(const Measure& measure, const Value& before, const Value& after) {
  return {&measure, before, after, after - before, {}, distance(measure, before, after), {}};
}

// The order in which the statistics of some measures stand: differences of all, then distances.
void add_estimates(std::span<const DifferenceInterval> of, std::vector<Value>& values) {
  for (const DifferenceInterval& measure : of) values.push_back(measure.difference);
  for (const DifferenceInterval& measure : of) values.push_back(measure.distance);
}

void set_intervals(std::span<const Interval> intervals, std::span<DifferenceInterval> of) {
  for (std::size_t m = 0; m < of.size(); ++m) {
    of[m].interval = intervals[m];
    of[m].distance_interval = intervals[of.size() + m];
  }
}

std::vector<DifferenceInterval> of_count_measures(std::span<const Measure* const> measures,
                                                  const DecidedOutcomes& original, const DecidedOutcomes& changed,
                                                  const BootstrapOptions& options) {
  const int groups = group_count(original.outcomes.groups);
  const CellResampler cells(joint_cells(original, changed, groups), options.strata, groups);
  const GroupCounts before = counts_of_cells(margin(cells.counts(), false), groups);
  const GroupCounts after = counts_of_cells(margin(cells.counts(), true), groups);
  std::vector<DifferenceInterval> result;
  for (const Measure* measure : measures) {
    result.push_back(point_estimate(*measure, measure->of_counts(before), measure->of_counts(after)));
  }
  std::vector<Value> estimates;
  add_estimates(result, estimates);
  set_intervals(cell_intervals(cells, pair_statistics(measures, groups), estimates, options), result);
  return result;
}

// The measures stand in the order of `by_family`.
std::vector<DifferenceInterval> of_score_measures(std::span<const Measure* const> measures, const Outcomes& original,
                                                  const Outcomes& changed, const BootstrapOptions& options) {
  std::vector<DifferenceInterval> result;
  for (const Measure* measure : measures) {
    result.push_back(point_estimate(*measure, measure->of_outcomes(original), measure->of_outcomes(changed)));
  }
  const std::vector<RowStatistics> of_original = row_statistics(measures, original);
  const std::vector<RowStatistics> of_changed = row_statistics(measures, changed);
  std::vector<RowStatistics> pairs;
  std::vector<Value> estimates;
  std::size_t first = 0;  // measure of the family
  for (std::size_t f = 0; f < of_original.size(); ++f) {
    const std::size_t count = of_original[f].count;
    pairs.push_back(pair_statistics(of_original[f], of_changed[f], measures.subspan(first, count)));
    add_estimates(std::span(result).subspan(first, count), estimates);
    first += count;
  }
  const RowResampler resampler(original.labels, original.groups, options.strata);
  const std::vector<Interval> intervals = row_intervals(resampler, original.size(), pairs, estimates, options);
  first = 0;
  for (const RowStatistics& family : of_original) {
    set_intervals(std::span(intervals).subspan(2 * first, 2 * family.count),
                  std::span(result).subspan(first, family.count));
    first += family.count;
  }
  return result;
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
  std::vector<DifferenceInterval> result = of_count_measures(of_counts, original, changed, options);
  const std::vector<DifferenceInterval> of_rows =
      of_score_measures(by_family(std::move(of_scores)), original.outcomes, changed.outcomes, options);
  result.insert(result.end(), of_rows.begin(), of_rows.end());
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
