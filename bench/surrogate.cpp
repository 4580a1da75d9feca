#include "surrogate.h"

#include <algorithm>

#include "tensor/random.h"

namespace posthoc::bench {
namespace {

constexpr std::array<double, 3> kQuantiles = {0.16, 0.5, 0.84};

optim::BoostingOptions options_of(double quantile) {
  return {.loss = optim::BoostingOptions::Loss::quantile, .quantile = quantile, .spread_ties = true};
}

optim::Box cube(std::size_t dimensions) {
  return {std::vector<double>(dimensions, -1.0), std::vector<double>(dimensions, 1.0)};
}

}  // namespace

GuidedCall::GuidedCall(std::size_t dimensions, std::size_t known)
    : box_(cube(dimensions)),
      sorted_(dimensions, known),
      candidates_(box_, kCandidates, {1, purpose("bench candidates"), 0}) {
  for (std::size_t i = 0; i < known; ++i) {
    const RandomStream stream{1, purpose("bench points"), static_cast<std::uint32_t>(i)};
    std::vector<double> point(dimensions);
    for (std::size_t j = 0; j < dimensions; ++j) point[j] = box_.at(j, random_uniform_at(stream, j));
    for (const double x : point) points_.push_back(static_cast<float>(x));
    sorted_.insert(std::span<const float>(points_).last(dimensions));
    values_.push_back(bowl(point));
  }
}

optim::QuantileSurrogate GuidedCall::fit() const {
  std::vector<optim::BoostedTrees> models =
      fit_boosted_quantiles({points_, dimensions()}, sorted_, values_, kQuantiles, options_of(kQuantiles[0]));
  optim::QuantileSurrogate surrogate;
  std::move(models.begin(), models.end(), surrogate.begin());
  return surrogate;
}

optim::QuantileSurrogate GuidedCall::fit_simply() const {
  optim::QuantileSurrogate surrogate;
  for (std::size_t q = 0; q < surrogate.size(); ++q) {
    surrogate[q] = fit_boosted_trees({points_, dimensions()}, values_, options_of(kQuantiles[q]));
  }
  return surrogate;
}

double GuidedCall::best() const { return *std::min_element(values_.begin(), values_.end()); }

optim::Candidates::Choice GuidedCall::choose(const optim::QuantileSurrogate& surrogate) const {
  return candidates_.choose(surrogate, {}, best());
}

optim::Candidates::Choice GuidedCall::choose_simply(const optim::QuantileSurrogate& surrogate) const {
  return candidates_.choose_simply(surrogate, {}, best());
}

double bowl(std::span<const double> x) {
  double sum = 0.0;
  for (std::size_t j = 0; j < x.size(); ++j) {
    const double distance = x[j] - 0.3;
    sum += distance * distance / static_cast<double>(j + 1);
  }
  return sum;
}

optim::MinimizeResult search_bowl(std::uint64_t seed) {
  return optim::minimize(bowl, cube(8), {.calls = 40, .initial_points = 10, .seed = seed});
}

}  // namespace posthoc::bench
