#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <span>
#include <tuple>
#include <vector>

#include "base/error.h"
#include "fairness/objective.h"
#include "fairness/reject_option.h"

namespace posthoc::fairness {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

using OfCounts = Value (*)(const GroupCounts&);

// --- What is compared ---

// A performance that is linear in the counts, tp * of_tp + tn * of_tn, up to a factor: whole numbers, exact up to 2^53,
// that is some 10^8 rows. A measure of the scores is one too, with weights 0.
struct Weights {
  double of_tp = 0;
  double of_tn = 0;
};

std::optional<Weights> linear_weights(const Measure& performance, const GroupCounts& counts) {
  constexpr OfCounts kAccuracy = accuracy;
  constexpr OfCounts kBalancedAccuracy = balanced_accuracy;
  const CellCounts& all = counts.total();
  if (performance.of_counts == nullptr) return Weights{};
  if (performance.of_counts == kAccuracy) return Weights{1, 1};
  if (performance.of_counts != kBalancedAccuracy) return std::nullopt;
  if (all.positives() == 0 || all.negatives() == 0) return Weights{};  // undefined whatever is decided
  return Weights{all.negatives(), all.positives()};
}

// A pair of cuts and how good it is.
struct Candidate {
  double unfairness = kInfinity;  // 0 within the bound, infinite if undefined
  double performance = -kInfinity;
  std::size_t lower = 0;
  std::size_t upper = 0;
};

class Best {
 public:
  explicit Best(std::span<const RejectOptionCut> cuts) : cuts_(cuts) {}

  [[nodiscard]] const Candidate& candidate() const { return best_; }

  // Whether a candidate of these two is at least as good as the best one, ties aside.
  [[nodiscard]] bool welcomes(double unfairness, double performance) const {
    if (none_ || unfairness < best_.unfairness) return true;
    return unfairness == best_.unfairness && performance >= best_.performance;
  }

  void offer(const Candidate& candidate) {
    if (!welcomes(candidate.unfairness, candidate.performance)) return;
    const bool better = none_ || candidate.unfairness < best_.unfairness || candidate.performance > best_.performance;
    if (!better && !(preference(candidate) < preference(best_))) return;
    best_ = candidate;
    none_ = false;
  }

 private:
  // Of equally good candidates the one with the smallest.
  [[nodiscard]] std::tuple<double, double, double> preference(const Candidate& candidate) const {
    const double lower = cuts_[candidate.lower].threshold;
    const double width = cuts_[candidate.upper].threshold - lower;
    return {width, std::abs(lower + width / 2 - 0.5), lower};
  }

  std::span<const RejectOptionCut> cuts_;
  Candidate best_;
  bool none_ = true;
};

// --- Biases that are monotone in both thresholds ---

// The rates that monotone biases compare, at every cut; their denominators do not depend on decisions.
enum class Rate { selection, true_positive, false_positive, false_negative };

double rate_at(Rate rate, const RejectOptionCut& cut, const RejectOptionCut& everybody, int group) {
  const double positives = everybody.tp[group];
  const double negatives = everybody.fp[group];
  switch (rate) {
    case Rate::selection:
      return (cut.tp[group] + cut.fp[group]) / (positives + negatives);
    case Rate::true_positive:
      return cut.tp[group] / positives;
    case Rate::false_positive:
      return cut.fp[group] / negatives;
    case Rate::false_negative:
      return (positives - cut.tp[group]) / positives;
  }
  fail("reject option: unknown rate");
}

// A bias that never falls as the upper threshold rises, nor rises as the lower one does; `reversed` the other way
// round. True of the doubles too, because rounding is monotone. It is made of a rate of each group, or of two rates of
// each, by the operations of the measure in their order, so to its last bit: `bias_of` a pair of cuts.
struct Monotone {
  enum class Compares { difference, mean_of_differences, ratio };

  Rate rate = Rate::selection;
  bool reversed = false;
  Compares compares = Compares::difference;
  Rate other_rate = Rate::selection;  // of a mean of differences
};

// The monotone biases that must all be within the bound for `bias` to be.
struct MonotoneParts {
  OfCounts bias;
  std::array<Monotone, 2> parts;
  std::size_t count = 1;
};

constexpr MonotoneParts kMonotone[] = {
    {statistical_parity_difference, {{{Rate::selection}}}},
    {equal_opportunity_difference, {{{Rate::true_positive}}}},
    {average_odds_difference,
     {{{Rate::false_positive, false, Monotone::Compares::mean_of_differences, Rate::true_positive}}}},
    {false_positive_rate_difference, {{{Rate::false_positive}}}},
    {false_negative_rate_difference, {{{Rate::false_negative, true}}}},
    {disparate_impact, {{{Rate::selection, false, Monotone::Compares::ratio}}}},
    {equalized_odds_difference, {{{Rate::false_positive}, {Rate::true_positive}}}, 2},
};

// Whether one monotone bias is beyond the bound, for any pair of cuts.
class Side {
 public:
  Side(const Monotone& part, const RejectOptionGoal& goal, std::span<const RejectOptionCut> cuts)
      : part_(part), goal_(goal) {
    for (const int group : {0, 1}) {
      rates_[group].reserve(cuts.size());
      for (const RejectOptionCut& cut : cuts) rates_[group].push_back(rate_at(part.rate, cut, cuts[0], group));
      if (part.compares != Monotone::Compares::mean_of_differences) continue;
      other_rates_[group].reserve(cuts.size());
      for (const auto& cut : cuts) other_rates_[group].push_back(rate_at(part.other_rate, cut, cuts[0], group));
    }
  }

  // Whether the bias is beyond the bound at the side where a higher upper threshold brings it back, or `above` at the
  // other.
  [[nodiscard]] bool below(std::size_t lower, std::size_t upper) const { return beyond(lower, upper, true); }
  [[nodiscard]] bool above(std::size_t lower, std::size_t upper) const { return beyond(lower, upper, false); }

 private:
  [[nodiscard]] bool beyond(std::size_t lower, std::size_t upper, bool below) const {
    double bias = rates_[0][lower] - rates_[1][upper];
    if (part_.compares == Monotone::Compares::mean_of_differences) {
      bias = (bias + (other_rates_[0][lower] - other_rates_[1][upper])) / 2;
    } else if (part_.compares == Monotone::Compares::ratio) {
      // Undefined where nobody of group 1 is selected, which is beyond every defined value.
      if (!(rates_[1][upper] > 0)) return !below;
      bias = rates_[0][lower] / rates_[1][upper];
    }
    const bool is_below = (bias < goal_.bias->fair()) != part_.reversed;
    return is_below == below && goal_.bias->unfairness(bias) > goal_.bound;
  }

  Monotone part_;
  const RejectOptionGoal& goal_;
  std::vector<double> rates_[2];  // of each group, by cut
  std::vector<double> other_rates_[2];
};

class Constraint {
 public:
  // Without parts nothing is constrained. The bias is defined for the decisions for everybody.
  Constraint(const RejectOptionGoal& goal, std::span<const Monotone> parts, std::span<const RejectOptionCut> cuts) {
    for (const Monotone& part : parts) sides_.emplace_back(part, goal, cuts);
  }

  [[nodiscard]] bool below(std::size_t lower, std::size_t upper) const {
    return std::any_of(sides_.begin(), sides_.end(), [&](const Side& side) { return side.below(lower, upper); });
  }
  [[nodiscard]] bool above(std::size_t lower, std::size_t upper) const {
    return std::any_of(sides_.begin(), sides_.end(), [&](const Side& side) { return side.above(lower, upper); });
  }

 private:
  std::vector<Side> sides_;
};

// For each lower cut the upper cuts within the bound are an interval, [first, last), that moves up with the lower cut;
// of these the best performance of group 1 is at the front of a queue that falls in performance (a sliding-window
// maximum). `unfairness` is that of every pair, 0 unless nothing is within the bound. Returns the number of distinct
// decisions within it. O(cuts).
std::int64_t search_windows(std::span<const RejectOptionCut> cuts, const Constraint& constraint, const Weights& weights,
                            double unfairness, Best& best) {
  // Favourable decisions gain of_tp and lose of_tn: the same order as tp * of_tp + tn * of_tn.
  const auto performance = [&](int group, std::size_t cut) {
    return weights.of_tp * cuts[cut].tp[group] - weights.of_tn * cuts[cut].fp[group];
  };
  struct Waiting {
    std::size_t cut;
    double performance;
  };
  std::vector<Waiting> queue(cuts.size());  // every cut enters it once; [front, back) wait
  std::size_t front = 0;
  std::size_t back = 0;
  std::size_t first = 0;
  std::size_t last = 0;
  std::int64_t found = 0;
  for (std::size_t lower = 0; lower < cuts.size(); ++lower) {
    const bool decides_anew = lower == 0 || cuts[lower].cell[0] != cuts[lower - 1].cell[0];
    if (decides_anew) {
      const auto advance = [&](std::size_t& cut, auto&& goes_on) {
        for (; cut < cuts.size() && goes_on(cut); ++cut) {
          while (cut + 1 < cuts.size() && cuts[cut + 1].cell[1] == cuts[cut].cell[1]) ++cut;  // decides the same
        }
      };
      advance(first, [&](std::size_t upper) { return constraint.below(lower, upper); });
      const std::size_t before = last;
      advance(last, [&](std::size_t upper) { return !constraint.above(lower, upper); });
      for (std::size_t upper = before; upper < last; ++upper) {
        const double entering = performance(1, upper);
        while (back > front && queue[back - 1].performance < entering) --back;
        queue[back++] = {upper, entering};
      }
    }
    const std::size_t from = std::max(first, lower);
    while (front < back && queue[front].cut < from) ++front;
    if (front == back) continue;
    if (decides_anew) found += cuts[last - 1].cell[1] - cuts[from].cell[1] + 1;
    best.offer({unfairness, performance(0, lower) + queue[front].performance, lower, queue[front].cut});
  }
  return unfairness == 0 ? found : 0;
}

// --- Any bias, any performance ---

// The distinct decisions of one group: cuts [begin, end) decide alike.
struct Cell {
  std::size_t begin;
  std::size_t end;
};

std::vector<Cell> cells_of(std::span<const RejectOptionCut> cuts, int group) {
  std::vector<Cell> cells;
  for (std::size_t cut = 0; cut < cuts.size(); ++cut) {
    if (cells.size() == cuts[cut].cell[group]) cells.push_back({cut, cut});
    cells.back().end = cut + 1;
  }
  return cells;
}

// At most `count` of the cells, evenly spaced, with the first and the last.
std::vector<Cell> thinned(const std::vector<Cell>& cells, std::size_t count) {
  if (cells.size() <= count) return cells;
  std::vector<Cell> few;
  for (std::size_t k = 0; k < count; ++k) few.push_back(cells[k * (cells.size() - 1) / (count - 1)]);
  return few;
}

class PairSearch {
 public:
  PairSearch(std::span<const RejectOptionCut> cuts, const RejectOptionGoal& goal, const BoundObjective& measured,
             const std::optional<Weights>& weights, Best& best)
      : cuts_(cuts), goal_(goal), measured_(measured), weights_(weights), best_(best), pair_(cuts) {
    for (std::size_t cut = 1; cut < cuts.size(); ++cut) {
      if (distance(cut) < distance(middle_)) middle_ = cut;
    }
  }

  // Tries the pair of decisions, which lower <= upper can make, and returns whether it is within the bound.
  bool consider(const Cell& lower, const Cell& upper) {
    const GroupCounts& counts = pair_.at(lower.begin, upper.begin);
    const Value bias = measured_.bias_of(counts);
    double unfairness = bias.defined() ? goal_.bias->unfairness(bias.number()) : kInfinity;
    const bool within = unfairness <= goal_.bound;
    if (within) unfairness = 0;
    const double performance = performance_of(counts);
    if (best_.welcomes(unfairness, performance)) {
      const auto [a, b] = nearest(lower, upper);
      best_.offer({unfairness, performance, a, b});
    }
    return within;
  }

 private:
  [[nodiscard]] double distance(std::size_t cut) const { return std::abs(cuts_[cut].threshold - 0.5); }

  [[nodiscard]] double performance_of(const GroupCounts& counts) const {
    if (weights_) return weights_->of_tp * counts.total().tp + weights_->of_tn * counts.total().tn;
    const Value performance = measured_.performance_of(counts);
    return performance.defined() ? performance.number() : -kInfinity;
  }

  // Of the pairs of cuts that decide so, the one that `Best` prefers.
  [[nodiscard]] std::pair<std::size_t, std::size_t> nearest(const Cell& lower, const Cell& upper) const {
    const std::size_t begin = std::max(lower.begin, upper.begin);
    const std::size_t end = std::min(lower.end, upper.end);
    if (begin >= end) return {lower.end - 1, upper.begin};
    const std::size_t cut = std::clamp(middle_, begin, end - 1);
    return {cut, cut};
  }

  std::span<const RejectOptionCut> cuts_;
  const RejectOptionGoal& goal_;
  const BoundObjective& measured_;
  std::optional<Weights> weights_;
  Best& best_;
  PairCounts pair_;
  std::size_t middle_ = 0;  // the cut nearest to 0.5
};

// Returns the number of pairs within the bound.
std::int64_t search_all_pairs(const std::vector<Cell>& lowers, const std::vector<Cell>& uppers, PairSearch& search) {
  std::int64_t found = 0;
  std::size_t first = 0;
  for (const Cell& lower : lowers) {
    while (uppers[first].end <= lower.begin) ++first;  // the last cell ends with the cuts, so there is one
    for (std::size_t k = first; k < uppers.size(); ++k) found += search.consider(lower, uppers[k]) ? 1 : 0;
  }
  return found;
}

}  // namespace

RejectOptionResult RejectOptionSweep::find_exact(const RejectOptionGoal& goal, std::int64_t max_pairs) const {
  validate(goal);
  require(max_pairs >= 4, "reject option: max_pairs must be at least 4, got {}", max_pairs);
  const BoundObjective measured({.bias = goal.bias, .performance = goal.performance}, sweep_.sorted());
  const GroupCounts everybody = PairCounts(cuts_).counts();
  const std::optional<Weights> weights = linear_weights(*goal.performance, everybody);
  const auto* monotone = std::find_if(std::begin(kMonotone), std::end(kMonotone), [&](const MonotoneParts& entry) {
    return goal.bias->of_counts != nullptr && entry.bias == goal.bias->of_counts;
  });
  const bool is_monotone = monotone != std::end(kMonotone);
  const bool is_constant = goal.bias->of_counts == nullptr;

  Best best(cuts_);
  std::int64_t found = 0;
  bool complete = true;
  if (weights && (is_monotone || is_constant)) {
    // A monotone bias that is undefined for the decisions for everybody always is: a group has no row that it counts.
    const Value bias = measured.bias_of(everybody);
    const double unfairness = bias.defined() ? goal.bias->unfairness(bias.number()) : kInfinity;
    const bool constrained = is_monotone && bias.defined();
    const std::span<const Monotone> parts =
        constrained ? std::span<const Monotone>(monotone->parts).first(monotone->count) : std::span<const Monotone>();
    const bool within = constrained || unfairness <= goal.bound;
    found = search_windows(cuts_, Constraint(goal, parts, cuts_), *weights, within ? 0.0 : unfairness, best);
  } else {
    PairSearch search(cuts_, goal, measured, weights, best);
    const std::vector<Cell> lowers = cells_of(cuts_, 0);
    const std::vector<Cell> uppers = cells_of(cuts_, 1);
    complete =
        static_cast<double>(lowers.size()) * static_cast<double>(uppers.size()) <= static_cast<double>(max_pairs);
    if (complete) {
      found = search_all_pairs(lowers, uppers, search);
    } else {
      for (const auto& [threshold, margin] : reject_option_grid()) {
        search.consider(lowers[cuts_[cut_of(threshold - margin)].cell[0]],
                        uppers[cuts_[cut_of(threshold + margin)].cell[1]]);
      }
      // A group of few decisions keeps them all, and the other one has the more.
      const auto pairs = static_cast<std::size_t>(max_pairs);
      const auto side = static_cast<std::size_t>(std::sqrt(static_cast<double>(max_pairs)));
      found = search_all_pairs(thinned(lowers, std::max(side, pairs / uppers.size())),
                               thinned(uppers, std::max(side, pairs / lowers.size())), search);
    }
  }

  const Candidate& winner = best.candidate();
  const double lower = cuts_[winner.lower].threshold;
  const double upper = cuts_[winner.upper].threshold;
  GroupCounts counts = PairCounts(cuts_).at(winner.lower, winner.upper);
  const Value bias = measured.bias_of(counts);
  const Value performance = measured.performance_of(counts);
  return {.lower = lower,
          .upper = upper,
          .threshold = lower + (upper - lower) / 2,
          .margin = (upper - lower) / 2,
          .counts = std::move(counts),
          .bias = bias,
          .performance = performance,
          .feasible = winner.unfairness == 0,
          .feasible_found = found,
          .complete = complete};
}

}  // namespace posthoc::fairness
