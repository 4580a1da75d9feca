#include "fairness/threshold.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "fairness/bounded_search.h"
#include "fairness/cuts.h"

namespace posthoc::fairness {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

}  // namespace

ThresholdSearch parse_threshold_search(std::string_view text) {
  if (text == "exact") return ThresholdSearch::exact();
  constexpr std::string_view kGrid = "grid";
  int points = 0;
  const char* end = text.data() + text.size();
  const bool is_grid = text.starts_with(kGrid) && std::from_chars(text.data() + kGrid.size(), end, points).ptr == end;
  require(is_grid && points >= 2 && points <= ThresholdSearch::kMaxGridPoints,
          "threshold search '{}': expected exact, grid501, grid1001 or another grid<points> of 2 to "
          "{} points",
          text, ThresholdSearch::kMaxGridPoints);
  return ThresholdSearch::grid(points);
}

std::string to_string(const ThresholdSearch& search) {
  if (search.kind == ThresholdSearch::Kind::exact) return "exact";
  return fmt::format("grid{}", search.points);
}

std::vector<double> grid_thresholds(const ThresholdSearch& search) {
  require(search.kind == ThresholdSearch::Kind::grid && search.points >= 2 &&
              search.points <= ThresholdSearch::kMaxGridPoints,
          "threshold search: a grid has 2 to {} points, got {}", ThresholdSearch::kMaxGridPoints, search.points);
  const auto points = static_cast<std::size_t>(search.points);
  std::vector<double> thresholds(points, 1.0);
  const double step = 1.0 / static_cast<double>(points - 1);
  for (std::size_t i = 0; i + 1 < points; ++i) {
    const double threshold = static_cast<double>(i) * step;
    thresholds[i] = search.precision == ThresholdSearch::Precision::float32
                        ? static_cast<double>(static_cast<float>(threshold))
                        : threshold;
  }
  return thresholds;
}

ScoreSweep::ScoreSweep(const Outcomes& outcomes) : everybody_(2) {
  SortBuffers buffers;
  assign(outcomes, buffers);
}

void ScoreSweep::assign(const Outcomes& outcomes, SortBuffers& buffers) {
  fairness::validate(outcomes);
  const std::size_t n = outcomes.size();
  scores_.resize(n);
  labels_.resize(n);
  groups_.resize(n);
  sort_by_score(outcomes, scores_, labels_, groups_, buffers);

  const int groups = group_count(outcomes.groups);
  std::vector<std::int64_t> rows(2 * static_cast<std::size_t>(groups));  // of each group and label
  for (std::size_t i = 0; i < n; ++i) ++rows[static_cast<std::size_t>(2 * groups_[i] + labels_[i])];
  everybody_ = GroupCounts(groups);
  for (int group = 0; group < groups; ++group) {
    const std::size_t at = 2 * static_cast<std::size_t>(group);
    everybody_.add(group, {.tp = static_cast<double>(rows[at + 1]), .fp = static_cast<double>(rows[at])});
  }
}

ScoreSweep ScoreSweep::resampled(std::span<const std::uint32_t> weights) const {
  require(weights.size() == scores_.size(), "score sweep: got {} weights for {} rows", weights.size(), scores_.size());
  const auto rows = std::accumulate(weights.begin(), weights.end(), std::size_t{0});
  require(rows > 0, "score sweep: a resample needs at least one row, all weights are 0");
  ScoreSweep result(everybody_.groups());
  result.scores_.reserve(rows);
  result.labels_.reserve(rows);
  result.groups_.reserve(rows);
  for (std::size_t row = 0; row < weights.size(); ++row) {
    for (std::uint32_t copy = 0; copy < weights[row]; ++copy) {
      result.scores_.push_back(scores_[row]);
      result.labels_.push_back(labels_[row]);
      result.groups_.push_back(groups_[row]);
      result.everybody_.add(groups_[row], kSelect[labels_[row]]);
    }
  }
  return result;
}

ThresholdResult ScoreSweep::find(const Objective& objective, const ThresholdSearch& search) const {
  const BoundObjective phi(objective, sorted());
  const Cut best =
      search.kind == ThresholdSearch::Kind::exact ? find_exact(phi) : find_on_grid(phi, grid_thresholds(search));
  GroupCounts counts = everybody_;
  for (std::size_t row = 0; row < best.rejected;) row = reject_tied(row, counts);
  const Value bias = phi.bias_of(counts);
  const Value performance = phi.performance_of(counts);
  const bool feasible = phi.feasible(counts);
  return {best.threshold, best.objective, std::move(counts), bias, performance, feasible};
}

ScoreSweep::Cut ScoreSweep::find_exact(const BoundObjective& objective) const {
  GroupCounts counts = everybody_;
  Cut best{threshold_for_everybody(scores_.front()), objective(counts), 0};
  for (std::size_t row = 0; row < scores_.size();) {
    const double score = scores_[row];
    row = reject_tied(row, counts);
    const double value = objective(counts, best.objective);
    if (value > best.objective) continue;
    const double threshold =
        row < scores_.size() ? threshold_between(score, scores_[row]) : threshold_for_nobody(score);
    if (cut_is_better(value, threshold, best.objective, best.threshold)) best = {threshold, value, row};
  }
  return best;
}

ScoreSweep::Cut ScoreSweep::find_on_grid(const BoundObjective& objective, const std::vector<double>& thresholds) const {
  GroupCounts counts = everybody_;
  Cut best{0, kInfinity, 0};
  std::size_t row = 0;
  for (const double threshold : thresholds) {
    const std::size_t before = row;
    while (row < scores_.size() && scores_[row] <= threshold) row = reject_tied(row, counts);
    if (row == before && best.objective < kInfinity) continue;  // the decisions of the point before
    const double value = objective(counts, best.objective);
    if (value < best.objective) best = {threshold, value, row};
  }
  return best;
}

std::size_t ScoreSweep::reject_tied(std::size_t begin, GroupCounts& counts) const {
  const double score = scores_[begin];
  std::size_t row = begin;
  do {
    counts.add(groups_[row], kReject[labels_[row]]);
    ++row;
  } while (row < scores_.size() && scores_[row] == score);
  return row;
}

ThresholdResult find_threshold(const Outcomes& outcomes, const Objective& objective, const ThresholdSearch& search) {
  constexpr std::size_t kFew = 256;
  if (search.kind == ThresholdSearch::Kind::exact && outcomes.size() > kFew && BoundedSearch::suits(objective, 2)) {
    fairness::validate(outcomes);
    if (group_count(outcomes.groups) == 2) {
      return BoundedSearch(objective, outcomes.labels, outcomes.groups).find(outcomes.scores);
    }
  }
  return ScoreSweep(outcomes).find(objective, search);
}

ThresholdResult find_accuracy_threshold(const Outcomes& outcomes, const ThresholdSearch& search) {
  return find_threshold(outcomes, make_objective("spd", "accuracy", 0.0), search);
}

}  // namespace posthoc::fairness
