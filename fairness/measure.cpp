#include "fairness/measure.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"

namespace posthoc::fairness {
namespace {

constexpr auto kBias = Measure::Kind::bias;
constexpr auto kPerformance = Measure::Kind::performance;

constexpr Measure kMeasures[] = {
    {"spd", "statistical_parity_difference", kBias, 1.0, "difference of the rates of favourable decisions",
     statistical_parity_difference},
    {"eod", "equal_opportunity_difference", kBias, 1.0, "difference of the true positive rates",
     equal_opportunity_difference},
    {"aod", "average_odds_difference", kBias, 1.0, "mean of the differences of the false and the true positive rates",
     average_odds_difference},
    {"accuracy", "accuracy", kPerformance, 0.0, "share of decisions that agree with the label", accuracy},
    {"balanced_accuracy", "balanced_accuracy", kPerformance, 0.0,
     "mean of the true positive and the true negative rate", balanced_accuracy},
    {"auc", "auc", kPerformance, 0.0, "area under the ROC curve of the scores", nullptr, auc},
};

// Signed difference of a group's rate for two groups, range of the rates for more.
template <typename Rate>
Value difference(const GroupCounts& counts, Rate rate) {
  Value gap = rate(counts, 0);  // undefined iff some group's rate is
  if (counts.groups() == 2) return gap - rate(counts, 1);
  double lowest = gap.with_empty_as_zero();
  double highest = lowest;
  for (int group = 1; group < counts.groups(); ++group) {
    const Value value = rate(counts, group);
    lowest = std::min(lowest, value.with_empty_as_zero());
    highest = std::max(highest, value.with_empty_as_zero());
    gap = gap + value;
  }
  return gap.with_number(highest - lowest);
}

}  // namespace

std::span<const Measure> measures() { return kMeasures; }

const Measure& find_measure(std::string_view name, std::optional<Measure::Kind> kind) {
  std::string known;
  for (const Measure& measure : kMeasures) {
    if (kind && measure.kind != *kind) continue;
    if (name == measure.name || name == measure.long_name) return measure;
    known += (known.empty() ? "" : ", ") + std::string(measure.name);
  }
  const char* what = !kind ? "measure" : *kind == kBias ? "bias measure" : "performance measure";
  fail("unknown {} '{}'; known are {}", what, name, known);
}

Value statistical_parity_difference(const GroupCounts& counts) { return difference(counts, selection_rate); }

Value equal_opportunity_difference(const GroupCounts& counts) { return difference(counts, tpr); }

Value average_odds_difference(const GroupCounts& counts) {
  if (counts.groups() == 2) {
    // AIF360's order of operations, to its last bit: exact ties between thresholds depend on it.
    return (difference(counts, fpr) + difference(counts, tpr)) / 2;
  }
  return difference(counts, [](const GroupCounts& c, int group) { return (fpr(c, group) + tpr(c, group)) / 2; });
}

Value accuracy(const GroupCounts& counts) {
  const CellCounts& all = counts.total();
  return ratio(all.tp + all.tn, all.n(), "has no rows", kAllGroups);
}

Value balanced_accuracy(const GroupCounts& counts) { return (tpr(counts, kAllGroups) + tnr(counts, kAllGroups)) / 2; }

Value auc(const Outcomes& outcomes) {
  validate(outcomes);
  std::vector<std::pair<double, std::uint8_t>> rows;  // score, label
  rows.reserve(outcomes.size());
  for (std::size_t row = 0; row < outcomes.size(); ++row) {
    rows.emplace_back(outcomes.scores[row], outcomes.labels[row]);
  }
  std::sort(rows.begin(), rows.end());

  // Twice the number of (positive, negative) pairs in the right order: integers, hence exact.
  std::int64_t twice_ordered = 0;
  std::int64_t positives = 0;
  std::int64_t negatives = 0;
  for (std::size_t begin = 0, end = 0; begin < rows.size(); begin = end) {
    std::int64_t tied_positives = 0;
    while (end < rows.size() && rows[end].first == rows[begin].first) {
      tied_positives += rows[end++].second;
    }
    const auto tied_negatives = static_cast<std::int64_t>(end - begin) - tied_positives;
    twice_ordered += tied_positives * (2 * negatives + tied_negatives);
    positives += tied_positives;
    negatives += tied_negatives;
  }
  if (positives == 0) return Value::undefined("has no positive labels");
  if (negatives == 0) return Value::undefined("has no negative labels");
  return static_cast<double>(twice_ordered) / (2.0 * static_cast<double>(positives * negatives));
}

}  // namespace posthoc::fairness
