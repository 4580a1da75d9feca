#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "base/random_stream.h"
#include "optim/blackbox/acquisition.h"
#include "optim/blackbox/box.h"
#include "optim/gbrt/gradient_boosting.h"

namespace posthoc::optim {

/// Regressors of the quantiles 0.16, 0.5 and 0.84: mean = the middle one, sigma = half the distance of the outer ones,
/// which may be 0 or negative.
using QuantileSurrogate = std::array<BoostedTrees, 3>;

/// Uniform random points of a box that need not be stored: coordinate j of candidate c is draw j * stride + c of the
/// stream, with stride the number of candidates rounded up to a multiple of 4.
class Candidates {
 public:
  struct Choice {
    std::int64_t candidate = 0;
    bool flat = false;  ///< all candidates have the same acquisition value, so that the choice says nothing
  };

  /// Throws `Error` on a bad box or fewer than 1 candidate.
  Candidates(const Box& box, std::int64_t count, const RandomStream& stream);

  [[nodiscard]] std::int64_t size() const { return count_; }
  [[nodiscard]] std::vector<double> point(std::int64_t candidate) const;

  /// The candidate of the lowest acquisition value, of equal ones the first. The simple version: it makes every point.
  [[nodiscard]] Choice choose_simply(const QuantileSurrogate& surrogate, const Acquisition& acquisition,
                                     double best) const;

  /// The same choice, fast: it draws only the coordinates that a tree asks for, and walks the trees for hundreds of
  /// candidates at once. Throws `Error` on trees deeper than 3.
  [[nodiscard]] Choice choose(const QuantileSurrogate& surrogate, const Acquisition& acquisition, double best) const;

 private:
  Box box_;
  std::int64_t count_;
  RandomStream stream_;
};

}  // namespace posthoc::optim
