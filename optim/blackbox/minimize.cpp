#include "optim/blackbox/minimize.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "optim/blackbox/candidates.h"
#include "tensor/random.h"

namespace posthoc::optim {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

void validate(const MinimizeOptions& options, const Box& box) {
  constexpr std::int64_t kMostCalls = std::numeric_limits<std::int32_t>::max();  // a step numbers a random stream
  validate(box);
  validate(options.acquisition);
  require(options.calls >= 1 && options.calls <= kMostCalls,
          "minimize: the number of calls must lie in [1, {}], got {}", kMostCalls, options.calls);
  require(options.initial_points >= 1, "minimize: there must be at least 1 initial point, got {}",
          options.initial_points);
  require(options.local_share >= 0.0 && options.local_share <= 1.0,
          "minimize: the share of neighbours must lie in [0, 1], got {}", options.local_share);
  require(options.candidates >= 1, "minimize: there must be at least 1 candidate, got {}", options.candidates);
  require(static_cast<std::int64_t>(options.first_points.size()) <= options.calls,
          "minimize: {} first points are given, and there are only {} calls", options.first_points.size(),
          options.calls);
  for (const std::vector<double>& point : options.first_points) {
    require(point.size() == box.dimensions(), "minimize: a first point has {} coordinates, the box {}", point.size(),
            box.dimensions());
    for (std::size_t j = 0; j < point.size(); ++j) {
      require(box.low[j] <= point[j] && point[j] <= box.high[j],
              "minimize: coordinate {} of a first point is {}, outside the box's {} to {}", j, point[j], box.low[j],
              box.high[j]);
    }
  }
}

std::vector<double> random_point(const Box& box, std::uint64_t seed, std::int64_t step) {
  const RandomStream stream{seed, purpose("black box: random points"), static_cast<std::uint32_t>(step)};
  std::vector<double> point(box.dimensions());
  for (std::size_t j = 0; j < point.size(); ++j) point[j] = box.at(j, random_uniform_at(stream, j));
  return point;
}

// The k-th neighbour of the best point; `minimize` says what that is.
std::vector<double> neighbour(const Box& box, const std::vector<double>& best, std::uint64_t seed, std::int64_t step,
                              std::int64_t k) {
  constexpr double kReach = 0.25;  // of the box's width
  const RandomStream stream{seed, purpose("black box: neighbours"), static_cast<std::uint32_t>(step)};
  const double moved = 0.5 / static_cast<double>(std::int64_t{1} << k % 3);
  std::vector<double> draws(box.dimensions());  // one says whether a coordinate moves and, if so, where to
  for (std::size_t j = 0; j < draws.size(); ++j) draws[j] = random_uniform_at(stream, j) / moved;
  double& least = *std::min_element(draws.begin(), draws.end());
  if (least >= 1.0) least *= moved;  // one moves in any case
  std::vector<double> point = best;
  for (std::size_t j = 0; j < draws.size(); ++j) {
    if (draws[j] >= 1.0) continue;
    const double way = kReach * (2.0 * draws[j] - 1.0) * (box.high[j] - box.low[j]);
    point[j] = std::clamp(point[j] + way, box.low[j], box.high[j]);
  }
  return point;
}

// All points so far, and the next one by what they say.
class Guide {
 public:
  Guide(const Box& box, const MinimizeOptions& options)
      : box_(box), options_(options), sorted_(box.dimensions(), static_cast<std::size_t>(options.calls)) {}

  void tell(std::span<const double> point, double value) {
    const std::size_t first = rows_.size();
    for (const double x : point) rows_.push_back(static_cast<float>(x));
    sorted_.insert(std::span<const float>(rows_).subspan(first));
    values_.push_back(value);
  }

  // The point of a step; `flat` says whether it was chosen for nothing.
  [[nodiscard]] std::vector<double> ask(std::int64_t step, bool& flat) const {
    const std::vector<double> targets = finite_values();
    const RandomStream ties{options_.seed, purpose("black box: ties"), static_cast<std::uint32_t>(step)};
    const std::size_t first_feature = random_block(ties, 0).v[0] % box_.dimensions();
    const BoostingOptions boosting{
        .loss = BoostingOptions::Loss::quantile, .tree = {.first_feature = first_feature}, .spread_ties = true};
    std::vector<BoostedTrees> models =
        fit_boosted_quantiles({rows_, box_.dimensions()}, sorted_, targets, kQuantiles, boosting);
    QuantileSurrogate surrogate;
    std::move(models.begin(), models.end(), surrogate.begin());
    const RandomStream stream{options_.seed, purpose("black box: candidates"), static_cast<std::uint32_t>(step)};
    const Candidates candidates(box_, options_.candidates, stream);
    const double best = *std::min_element(targets.begin(), targets.end());
    const Candidates::Choice choice = candidates.choose(surrogate, options_.acquisition, best);
    flat = choice.flat;
    return candidates.point(choice.candidate);
  }

 private:
  static constexpr std::array<double, 3> kQuantiles = {0.16, 0.5, 0.84};

  [[nodiscard]] std::vector<double> finite_values() const {
    double worst = -kInfinity;
    for (const double value : values_) worst = std::isfinite(value) ? std::max(worst, value) : worst;
    if (worst == -kInfinity) worst = 0.0;  // nothing is known: every candidate is as good
    std::vector<double> values = values_;
    for (double& value : values) value = std::isfinite(value) ? value : worst;
    return values;
  }

  const Box& box_;
  const MinimizeOptions& options_;
  std::vector<float> rows_;
  SortedSamples sorted_;
  std::vector<double> values_;
};

using Origin = Evaluation::Origin;

// The origin of each point. Those after the first `unguided` are neighbours by the share, evenly spread.
Origin origin_of(std::int64_t step, std::int64_t unguided, const MinimizeOptions& options) {
  if (step < static_cast<std::int64_t>(options.first_points.size())) return Origin::given;
  if (step < unguided) return Origin::random;
  const auto neighbours_before = [&](std::int64_t k) {
    return static_cast<std::int64_t>(options.local_share * static_cast<double>(k));
  };
  const std::int64_t k = step - unguided;
  return neighbours_before(k + 1) > neighbours_before(k) ? Origin::neighbour : Origin::surrogate;
}

// The search with `unguided` points before there is a surrogate, or neighbours.
MinimizeResult search(const BlackBox& function, const Box& box, const MinimizeOptions& options, Guide* guide,
                      std::int64_t unguided) {
  MinimizeResult result;
  result.value = kInfinity;
  std::int64_t neighbours = 0;
  for (std::int64_t step = 0; step < options.calls; ++step) {
    Origin origin = origin_of(step, unguided, options);
    if (origin == Origin::neighbour && result.point.empty()) origin = Origin::random;  // no finite value so far
    bool flat = false;
    std::vector<double> point;
    switch (origin) {
      case Origin::given:
        point = options.first_points[static_cast<std::size_t>(step)];
        break;
      case Origin::random:
        point = random_point(box, options.seed, step);
        break;
      case Origin::surrogate:
        point = guide->ask(step, flat);
        break;
      case Origin::neighbour:
        point = neighbour(box, result.point, options.seed, step, neighbours++);
        break;
    }
    const double value = function(point);
    if (guide != nullptr) guide->tell(point, value);
    result.values.push_back(value);
    result.guided += origin == Origin::surrogate ? 1 : 0;
    result.flat += flat ? 1 : 0;
    if (std::isfinite(value) && value < result.value) {
      result.point = point;
      result.value = value;
      result.step = step;
    }
    if (options.on_evaluation) options.on_evaluation({step, value, point, origin});
  }
  require(std::isfinite(result.value), "minimize: none of {} evaluations gave a finite value", options.calls);
  return result;
}

}  // namespace

MinimizeResult minimize(const BlackBox& function, const Box& box, const MinimizeOptions& options) {
  validate(options, box);
  const std::int64_t unguided = static_cast<std::int64_t>(options.first_points.size()) + options.initial_points;
  if (options.calls <= unguided) return search(function, box, options, nullptr, options.calls);
  constexpr auto kMostCalls = static_cast<std::int64_t>(SortedSamples::kMaxSamples);
  require(options.calls <= kMostCalls, "minimize: a surrogate takes at most {} calls, got {}", kMostCalls,
          options.calls);
  Guide guide(box, options);
  return search(function, box, options, &guide, unguided);
}

MinimizeResult random_search(const BlackBox& function, const Box& box, const MinimizeOptions& options) {
  validate(options, box);
  return search(function, box, options, nullptr, options.calls);
}

}  // namespace posthoc::optim
