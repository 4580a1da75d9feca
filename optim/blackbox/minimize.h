#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "optim/blackbox/acquisition.h"
#include "optim/blackbox/box.h"

namespace posthoc::optim {

/// What is minimised. A value that is not finite counts as worse than any other: the point is never the result, and the
/// surrogate takes the largest finite value seen for it.
using BlackBox = std::function<double(std::span<const double> point)>;

/// One evaluation, as it is made.
struct Evaluation {
  enum class Origin { given, random, surrogate, neighbour };

  std::int64_t step = 0;  ///< counted from 0
  double value = 0.0;
  std::span<const double> point = {};
  Origin origin = Origin::given;  ///< where the point is from
};

struct MinimizeOptions {
  std::int64_t calls = 100;                            ///< evaluations in all, >= 1; of `minimize`, <= 8192
  std::int64_t initial_points = 10;                    ///< random points before there is a surrogate, >= 1
  std::int64_t candidates = 10000;                     ///< random points among which the surrogate chooses, >= 1
  double local_share = 0.5;                            ///< of the later points: neighbours of the best; in [0, 1]
  Acquisition acquisition = {};                        ///< by which it does
  std::vector<std::vector<double>> first_points = {};  ///< evaluated before all others; in the box, at most `calls`
  std::uint64_t seed = 0;
  std::function<void(const Evaluation&)> on_evaluation = {};  ///< called after each; may throw to stop
};

struct MinimizeResult {
  std::vector<double> point;  ///< of the lowest value, of equal ones the first
  double value = 0.0;
  std::int64_t step = 0;       ///< of this evaluation
  std::vector<double> values;  ///< all evaluations, in order
  std::int64_t guided = 0;     ///< how many points the surrogate chose
  std::int64_t flat = 0;       ///< how many of these among candidates of one and the same acquisition value
};

/// Minimises a function that is expensive, has no gradient and need not be continuous. First come the given points,
/// then random ones, uniform in the box. Of those after them
///
/// - the surrogate chooses some, as in scikit-optimize's `gbrt_minimize`: gradient-boosted regressors of the quantiles
///   0.16, 0.5 and 0.84 (30 trees of depth 3 each) are fitted to all points so far, and of many random candidates the
///   best by the acquisition is taken;
/// - a share of `local_share`, spread evenly, are neighbours of the best point so far: each coordinate is moved with
///   probability 1/2, 1/4 or 1/8 (in turn), at least one is, uniformly by up to a quarter of the box's width, and cut
///   off at the box. scikit-optimize has none of these (0). Without them it is hardly better than random search in ten
///   or more dimensions; see docs/methods/layerwise.md.
///
/// With no more calls than given and random points it is `random_search`. Draws depend on (seed, step, candidate,
/// dimension) alone. Throws `Error` on a bad box or options, and when no value was finite; what the function or
/// `on_evaluation` throws passes through.
MinimizeResult minimize(const BlackBox& function, const Box& box, const MinimizeOptions& options = {});

/// The same without a surrogate: the given points, then random ones. The first ones are those of `minimize`.
MinimizeResult random_search(const BlackBox& function, const Box& box, const MinimizeOptions& options = {});

}  // namespace posthoc::optim
