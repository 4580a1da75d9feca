#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "nn/module.h"

namespace posthoc::optim {

struct LbfgsOptions {
  int max_iterations = 1000;         ///< at least 0
  int memory = 20;                   ///< steps that the curvature is estimated from; at least 1
  double gradient_tolerance = 1e-8;  ///< done when no element of the gradient is larger; at least 0
};

struct LbfgsResult {
  int iterations = 0;
  double loss = 0.0;
  double gradient = 0.0;   ///< its largest element's magnitude
  bool converged = false;  ///< within the tolerance
};

/// Minimises a smooth loss of all its parameters at once, without minibatches, by L-BFGS (Nocedal and Wright 2006,
/// algorithm 7.5) with a line search by bisection for the weak Wolfe conditions (Lewis and Overton 2013,
/// algorithm 2.6). For small models whose exact optimum is wanted; steps are computed in float64 and are as fine as the
/// parameters' dtype.
///
/// `loss` records the loss at the parameters' values as they are when it is called; it must have one element and depend
/// on nothing else that changes. The parameters are left at the best point found, which is the last one. It ends when
/// converged, after `max_iterations`, or when rounding leaves no lower point in the direction of search. Throws `Error`
/// on options out of range, and when the loss is not finite where it starts.
LbfgsResult minimize_lbfgs(const std::vector<nn::NamedParameter>& parameters, const std::function<Variable()>& loss,
                           const LbfgsOptions& options = {});

}  // namespace posthoc::optim
