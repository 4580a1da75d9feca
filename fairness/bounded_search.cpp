#include "fairness/bounded_search.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <utility>

#include "base/error.h"
#include "fairness/cuts.h"

namespace posthoc::fairness {
namespace {

using MeasureOfCounts = Value (*)(const GroupCounts&);

// Differences and ratios of rates that move one way in each group as the threshold rises. Between two thresholds the
// value then lies between those of two mixtures: one group decided by the one threshold, the other by the other.
constexpr MeasureOfCounts kMonotoneBias[] = {statistical_parity_difference,  equal_opportunity_difference,
                                             average_odds_difference,        disparate_impact,
                                             false_positive_rate_difference, false_negative_rate_difference};

// Measures that no further right decision makes lower. Between two thresholds they are at most what they would be if
// as many favourable rows were selected as by the lower one and as many others rejected as by the higher one.
constexpr MeasureOfCounts kMonotonePerformance[] = {accuracy, balanced_accuracy, f1, precision, recall, specificity};

// More than rounding can make of phi, of which every part is a few operations on numbers of at most 2.
constexpr double kRounding = 1e-12;

bool is_one_of(std::span<const MeasureOfCounts> known, MeasureOfCounts measure) {
  return std::find(known.begin(), known.end(), measure) != known.end();
}

// The lowest and the highest score. Throws unless all are finite.
std::pair<double, double> extremes(std::span<const double> scores) {
  constexpr std::size_t kLanes = 4;  // chains that do not wait for each other
  double lowest[kLanes];
  double highest[kLanes];
  std::fill_n(lowest, kLanes, scores[0]);
  std::fill_n(highest, kLanes, scores[0]);
  double zero[kLanes] = {};  // NaN once a score is NaN or infinite
  const auto take = [&](std::size_t i, std::size_t lane) {
    const double score = scores[i];
    lowest[lane] = score < lowest[lane] ? score : lowest[lane];
    highest[lane] = score > highest[lane] ? score : highest[lane];
    zero[lane] += score * 0.0;
  };
  std::size_t i = 0;
  for (; i + kLanes <= scores.size(); i += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) take(i + lane, lane);
  }
  for (; i < scores.size(); ++i) take(i, 0);
  if (std::isnan(zero[0] + zero[1] + zero[2] + zero[3])) {
    const auto bad = std::find_if(scores.begin(), scores.end(), [](double score) { return !std::isfinite(score); });
    fail("bounded search: row {}: score is {}; expected a finite number", bad - scores.begin(), *bad);
  }
  return {*std::min_element(lowest, lowest + kLanes), *std::max_element(highest, highest + kLanes)};
}

// Some rows to a bucket; the counts of all buckets fit the second-level cache.
std::size_t bucket_count(std::size_t rows) {
  constexpr std::size_t kMost = 16384;
  return std::clamp<std::size_t>(std::bit_ceil(rows / 16), 1, kMost);
}

}  // namespace

bool BoundedSearch::suits(const Objective& objective, int groups) {
  return groups == 2 && objective.bias != nullptr && objective.performance != nullptr &&
         is_one_of(kMonotoneBias, objective.bias->of_counts) &&
         is_one_of(kMonotonePerformance, objective.performance->of_counts);
}

BoundedSearch::BoundedSearch(const Objective& objective, std::span<const std::uint8_t> labels,
                             std::span<const std::int32_t> groups)
    : rows_of_{{}, labels, groups}, choice_(objective), objective_(objective, {}), cells_(labels.size()) {
  fairness::validate(labels, labels, groups);
  require(suits(objective, group_count(groups)), "bounded search: it has no bounds for {} and {} of {} groups",
          objective.bias->name, objective.performance->name, group_count(groups));
  require(labels.size() <= std::numeric_limits<std::uint32_t>::max(),
          "bounded search: at most 2^32 - 1 rows can be counted, got {}", labels.size());
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    cells_[i] = static_cast<std::uint8_t>(2 * groups[i] + labels[i]);
    ++everybody_[cells_[i]];
  }
  buckets_ = bucket_count(cells_.size());
}

ThresholdResult BoundedSearch::find(std::span<const double> scores) {
  require(scores.size() == cells_.size(), "bounded search: got {} scores for {} rows", scores.size(), cells_.size());
  fill_buckets(scores);
  if (!find_survivors()) {
    const Outcomes all{scores, rows_of_.labels, rows_of_.groups};
    if (sweep_) {
      sweep_->assign(all, buffers_);
    } else {
      sweep_.emplace(all);
    }
    return sweep_->find(choice_);
  }
  gather_survivors(scores);
  return result_of(sweep_survivors());
}

void BoundedSearch::fill_buckets(std::span<const double> scores) {
  const std::size_t n = scores.size();
  const auto [lowest, highest] = extremes(scores);
  lowest_ = lowest;
  // Each step is monotone also as rounded, so that buckets are in the order of scores. Where all scores are the same,
  // or further apart than a double can say, one bucket holds them all.
  const double scale = static_cast<double>(buckets_) / (highest - lowest_);
  const double slope = std::isfinite(scale) ? scale : 0.0;
  const auto last = static_cast<std::int32_t>(buckets_ - 1);
  bucket_of_.resize(n);
  below_.assign(buckets_ + 1, {});
  for (std::size_t i = 0; i < n; ++i) {
    const auto bucket = std::min(static_cast<std::int32_t>((scores[i] - lowest) * slope), last);
    bucket_of_[i] = static_cast<std::uint16_t>(bucket);
    ++below_[static_cast<std::size_t>(bucket)][cells_[i]];
  }
  Cells sum{};
  for (Cells& cells : below_) {
    for (std::size_t cell = 0; cell < kCells; ++cell) sum[cell] += std::exchange(cells[cell], sum[cell]);
  }
}

// Ranges of buckets, all of one width, halved until they are buckets. False if too many rows are left.
bool BoundedSearch::find_survivors() {
  double best = std::min(objective_at(below_.front()), objective_at(below_.back()));
  survivors_.assign(1, 0);
  for (std::size_t width = buckets_; width > 1;) {
    width /= 2;
    for (const std::uint32_t begin : survivors_) best = std::min(best, objective_at(below_[begin + width]));
    halves_.clear();
    std::size_t rows = 0;
    for (const std::uint32_t begin : survivors_) {
      for (const std::size_t half : {std::size_t{begin}, begin + width}) {
        const Cells& from = below_[half];
        const Cells& to = below_[half + width];
        if (from == to || lower_bound(from, to, best + kRounding) > best + kRounding) continue;
        halves_.push_back(static_cast<std::uint32_t>(half));
        for (std::size_t cell = 0; cell < kCells; ++cell) rows += to[cell] - from[cell];
      }
    }
    survivors_.swap(halves_);
    constexpr std::size_t kManyRanges = 512;
    if (buckets_ >= kManyRanges * width && rows > cells_.size() / 2) return false;
  }
  return true;
}

// What phi does not go below, but by rounding, at the cuts that reject more than `from` and at most `to`; where it is
// above `bound`, perhaps another number above it, for less work.
double BoundedSearch::lower_bound(const Cells& from, const Cells& to, double bound) {
  const Value one = objective_.bias_of(counts_of({from[0], from[1], to[2], to[3]}));
  const Value other = objective_.bias_of(counts_of({to[0], to[1], from[2], from[3]}));
  double unfairness = 0.0;  // where one is undefined, nothing is known
  if (one.defined() && other.defined()) {
    const Measure& measure = *choice_.bias;
    const auto [least, most] = std::minmax({one.number(), other.number()});
    const bool may_be_fair = least <= measure.fair() && measure.fair() <= most;
    if (!may_be_fair) unfairness = std::min(measure.unfairness(least), measure.unfairness(most));
    unfairness = std::max(unfairness - kRounding, 0.0);  // a constraint that is just met may seem just missed
  }
  const double so_far = objective_.phi(unfairness, 1.0);
  if (so_far > bound) return so_far;
  const GroupCounts& at_best = counts_of({to[0], from[1], to[2], from[3]});
  return objective_.phi(unfairness, objective_.counted_performance_of(at_best));
}

// Rows of the surviving buckets, and of the one after each, whose lowest score ends the last cut's range.
void BoundedSearch::gather_survivors(std::span<const double> scores) {
  constexpr std::uint32_t kLeftOut = std::numeric_limits<std::uint32_t>::max();
  places_.assign(buckets_, kLeftOut);
  std::uint32_t place = 0;
  const auto take = [&](std::size_t bucket) {
    if (places_[bucket] != kLeftOut) return;
    places_[bucket] = place;
    place += size_of(bucket);
  };
  for (const std::uint32_t bucket : survivors_) {
    take(bucket);
    std::size_t next = bucket + 1;
    while (next < buckets_ && size_of(next) == 0) ++next;
    if (next < buckets_) take(next);
  }
  rows_.resize(place);
  for (std::size_t i = 0; i < scores.size(); ++i) {
    std::uint32_t& at = places_[bucket_of_[i]];
    if (at != kLeftOut) rows_[at++] = {scores[i], cells_[i]};
  }
}

// As ScoreSweep::find_exact, over the rows that are left.
BoundedSearch::Cut BoundedSearch::sweep_survivors() {
  Cut best{threshold_for_everybody(lowest_), objective_at({}), {}};
  for (const std::uint32_t bucket : survivors_) {
    const std::size_t end = places_[bucket];
    const std::size_t begin = end - size_of(bucket);
    std::sort(rows_.begin() + static_cast<std::ptrdiff_t>(begin), rows_.begin() + static_cast<std::ptrdiff_t>(end),
              lower_score);
    Cells rejected = below_[bucket];
    for (std::size_t i = begin; i < end;) {
      const double score = rows_[i].score;
      do {
        ++rejected[rows_[i].cell];
        ++i;
      } while (i < end && rows_[i].score == score);
      const double value = objective_(counts_of(rejected), best.objective);
      if (value > best.objective) continue;
      const double threshold = i < end ? threshold_between(score, rows_[i].score) : threshold_after(bucket, score);
      if (cut_is_better(value, threshold, best.objective, best.threshold)) best = {threshold, value, rejected};
    }
  }
  return best;
}

// A threshold between the last score of a bucket and the next one's first.
double BoundedSearch::threshold_after(std::size_t bucket, double score) const {
  do ++bucket;
  while (bucket < buckets_ && size_of(bucket) == 0);
  if (bucket == buckets_) return threshold_for_nobody(score);
  const auto end = rows_.begin() + places_[bucket];
  return threshold_between(score, std::min_element(end - size_of(bucket), end, lower_score)->score);
}

ThresholdResult BoundedSearch::result_of(const Cut& cut) {
  const GroupCounts counts = counts_of(cut.rejected);
  const Value bias = objective_.bias_of(counts);
  const Value performance = objective_.performance_of(counts);
  return {cut.threshold, cut.objective, counts, bias, performance, objective_.feasible(counts)};
}

double BoundedSearch::objective_at(const Cells& rejected) { return objective_(counts_of(rejected)); }

std::uint32_t BoundedSearch::size_of(std::size_t bucket) const {
  std::uint32_t rows = 0;
  for (std::size_t cell = 0; cell < kCells; ++cell) rows += below_[bucket + 1][cell] - below_[bucket][cell];
  return rows;
}

const GroupCounts& BoundedSearch::counts_of(const Cells& rejected) {
  CellCounts cells[2];
  for (std::size_t group = 0; group < 2; ++group) {
    const std::size_t negative = 2 * group;
    const std::size_t positive = negative + 1;
    cells[group] = {.tp = static_cast<double>(everybody_[positive] - rejected[positive]),
                    .fp = static_cast<double>(everybody_[negative] - rejected[negative]),
                    .tn = static_cast<double>(rejected[negative]),
                    .fn = static_cast<double>(rejected[positive])};
  }
  counts_.assign(cells);
  return counts_;
}

}  // namespace posthoc::fairness
