#include "fairness/score_statistic.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/threads.h"
#include "fairness/binomial.h"
#include "fairness/score_order.h"

namespace posthoc::fairness {
namespace {

constexpr double kBlocks = 200;

// The area from twice the number of ordered pairs; the reasons are those of `auc`.
Value area(std::int64_t twice_ordered, std::int64_t positives, std::int64_t negatives) {
  if (positives == 0) return Value::undefined("has no positive labels");
  if (negatives == 0) return Value::undefined("has no negative labels");
  return static_cast<double>(twice_ordered) / (2.0 * static_cast<double>(positives * negatives));
}

}  // namespace

ScoreStatistic::ScoreStatistic(const Measure& measure, const Outcomes& outcomes)
    : measure_(&measure), outcomes_(outcomes), is_auc_(measure.of_outcomes == auc) {
  if (!is_auc_) return;
  const std::size_t n = outcomes.size();
  SortBuffers buffers;
  order_ = order_by_score(outcomes.scores, buffers);
  is_positive_.resize(n);
  is_last_.resize(n);
  for (std::size_t i = 0; i < n; ++i) {
    is_positive_[i] = outcomes.labels[order_[i]];
    is_last_[i] = i + 1 == n || outcomes.scores[order_[i]] != outcomes.scores[order_[i + 1]] ? 1 : 0;
  }
}

Value ScoreStatistic::operator()(std::span<const std::uint32_t> weights) const {
  if (is_auc_) return weighted_auc(weights);
  const std::size_t n = std::accumulate(weights.begin(), weights.end(), std::size_t{0});
  std::vector<double> scores(n);
  std::vector<std::uint8_t> labels(n);
  std::vector<std::int32_t> groups(n);
  std::size_t at = 0;
  for (std::size_t row = 0; row < outcomes_.size(); ++row) {
    for (std::uint32_t copy = 0; copy < weights[row]; ++copy, ++at) {
      scores[at] = outcomes_.scores[row];
      labels[at] = outcomes_.labels[row];
      groups[at] = outcomes_.groups[row];
    }
  }
  if (n == 0) return Value::undefined("has no rows");
  return measure_->of_outcomes({scores, labels, groups});
}

std::vector<Value> ScoreStatistic::without(std::span<const std::vector<std::size_t>> blocks) const {
  std::vector<Value> values(blocks.size(), 0.0);
  const auto is_row = [](const std::vector<std::size_t>& block) { return block.size() == 1; };
  if (is_auc_ && std::all_of(blocks.begin(), blocks.end(), is_row)) {
    const std::vector<Value> of_rows = auc_without_rows();
    for (std::size_t b = 0; b < blocks.size(); ++b) values[b] = of_rows[blocks[b].front()];
    return values;
  }
  parallel_for(static_cast<std::int64_t>(blocks.size()), [&](std::int64_t block, int /*worker*/) {
    const auto b = static_cast<std::size_t>(block);
    std::vector<std::uint32_t> weights(outcomes_.size(), 1);
    for (const std::size_t row : blocks[b]) weights[row] = 0;
    values[b] = (*this)(weights);
  });
  return values;
}

Value ScoreStatistic::weighted_auc(std::span<const std::uint32_t> weights) const {
  std::int64_t twice_ordered = 0;
  std::int64_t negatives = 0;  // so far
  std::int64_t positives = 0;
  std::int64_t tied_negatives = 0;  // of them, with the present score
  std::int64_t tied_positives = 0;
  for (std::size_t i = 0; i < order_.size(); ++i) {
    const std::int64_t weight = weights[order_[i]];
    const std::int64_t positive = is_positive_[i] != 0 ? weight : 0;
    tied_positives += positive;
    tied_negatives += weight - positive;
    positives += positive;
    negatives += weight - positive;
    if (is_last_[i] == 0) continue;
    twice_ordered += tied_positives * (2 * negatives - tied_negatives);
    tied_positives = 0;
    tied_negatives = 0;
  }
  return area(twice_ordered, positives, negatives);
}

// A row takes with it the pairs it is part of: a positive row twice the negatives below and the tied ones, a negative
// row likewise the positives above.
std::vector<Value> ScoreStatistic::auc_without_rows() const {
  const std::size_t n = order_.size();
  std::int64_t all[2] = {0, 0};
  for (std::size_t row = 0; row < n; ++row) ++all[outcomes_.labels[row]];
  std::vector<std::int64_t> twice_pairs(n);  // of each row
  std::int64_t twice_ordered = 0;
  std::int64_t below[2] = {0, 0};
  for (std::size_t begin = 0, end = 0; begin < n; begin = end) {
    std::int64_t tied[2] = {0, 0};
    do {
      ++tied[outcomes_.labels[order_[end]]];
    } while (is_last_[end++] == 0);
    for (std::size_t i = begin; i < end; ++i) {
      const std::size_t row = order_[i];
      const bool positive = outcomes_.labels[row] != 0;
      twice_pairs[row] = positive ? 2 * below[0] + tied[0] : 2 * (all[1] - below[1]) - tied[1];
      twice_ordered += positive ? twice_pairs[row] : 0;
    }
    below[0] += tied[0];
    below[1] += tied[1];
  }
  std::vector<Value> values;
  values.reserve(n);
  for (std::size_t row = 0; row < n; ++row) {
    const std::int64_t positive = outcomes_.labels[row];
    values.push_back(area(twice_ordered - twice_pairs[row], all[1] - positive, all[0] - (1 - positive)));
  }
  return values;
}

JackknifeBlocks::JackknifeBlocks(const RowResampler& resampler, bool single_rows, std::uint64_t seed) {
  std::size_t all = 0;
  for (std::size_t s = 0; s < resampler.strata(); ++s) all += resampler.stratum(s).size();
  UniformDraws draws({seed, purpose("jackknife blocks"), 0}, 0);
  for (std::size_t s = 0; s < resampler.strata(); ++s) {
    const auto of_stratum = resampler.stratum(s);
    std::vector<std::size_t> dealt(of_stratum.begin(), of_stratum.end());
    std::size_t blocks = dealt.size();
    if (!single_rows && !dealt.empty()) {
      const double share = static_cast<double>(dealt.size()) / static_cast<double>(all);
      blocks = std::min(dealt.size(), std::max<std::size_t>(2, static_cast<std::size_t>(std::lround(kBlocks * share))));
      for (std::size_t i = dealt.size(); i-- > 1;) {  // Fisher and Yates
        std::swap(dealt[i], dealt[static_cast<std::size_t>(draws.bits() % (i + 1))]);
      }
    }
    const std::size_t first = rows.size();
    rows.resize(first + blocks);
    strata.resize(first + blocks, s);
    for (std::size_t i = 0; i < dealt.size(); ++i) rows[first + i % blocks].push_back(dealt[i]);
  }
}

}  // namespace posthoc::fairness
