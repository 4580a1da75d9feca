#pragma once

#include <cstdint>
#include <vector>

#include "optim/blackbox/candidates.h"
#include "optim/blackbox/minimize.h"
#include "optim/gbrt/sorted_samples.h"

// One guided call of the minimisation without gradients: what is known, the surrogate fitted to it, the candidate that
// it chooses.

namespace posthoc::bench {

class GuidedCall {
 public:
  static constexpr std::int64_t kCandidates = 10'000;

  /// `known` random points of the box [-1, 1]^dimensions and their values.
  GuidedCall(std::size_t dimensions, std::size_t known);

  [[nodiscard]] optim::QuantileSurrogate fit() const;
  [[nodiscard]] optim::QuantileSurrogate fit_simply() const;
  [[nodiscard]] optim::Candidates::Choice choose(const optim::QuantileSurrogate& surrogate) const;
  [[nodiscard]] optim::Candidates::Choice choose_simply(const optim::QuantileSurrogate& surrogate) const;

  [[nodiscard]] std::size_t dimensions() const { return box_.dimensions(); }
  [[nodiscard]] const std::vector<float>& points() const { return points_; }  ///< [known, dimensions]
  [[nodiscard]] const std::vector<double>& values() const { return values_; }

 private:
  [[nodiscard]] double best() const;

  optim::Box box_;
  std::vector<float> points_;
  std::vector<double> values_;
  optim::SortedSamples sorted_;
  optim::Candidates candidates_;
};

/// What is minimised: a bowl whose axes matter less and less, so that a few of many dimensions count.
double bowl(std::span<const double> x);

/// A search in the box [-1, 1]^8 by 40 calls, 10 of them at random, as `posthoc` makes them.
optim::MinimizeResult search_bowl(std::uint64_t seed);
inline constexpr std::uint64_t kSearchSeeds = 5;

}  // namespace posthoc::bench
