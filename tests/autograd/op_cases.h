#pragma once

#include <functional>
#include <string>
#include <vector>

#include "autograd/variable.h"

namespace posthoc::testing {

/// Where the inputs of a case lie.
enum class Domain {
  any,         ///< standard normal
  off_zero,    ///< at least 0.1 from 0, where the derivative jumps
  positive,    ///< at least 0.1
  probability  ///< in (0.05, 0.95)
};

/// One differentiable operation on one list of input shapes. To add an operation: add a line to op_cases.cpp.
struct OpCase {
  std::string name;
  std::vector<Shape> shapes;
  Domain domain;
  std::function<Variable(const std::vector<Variable>&)> function;  // on any floating dtype and device
  /// Largest error in float32 against float64, relative to the largest element. 1e-6 is a few roundings; a case that
  /// needs more says why.
  double tolerance = 1e-6;
};

/// Every operation of autograd/ops.h and autograd/losses.h, on broadcast and empty shapes too.
const std::vector<OpCase>& op_cases();

/// Leaves for a case: values that float32 holds exactly, so that both dtypes start from the same numbers.
std::vector<Variable> inputs_of(const OpCase& op, Dtype dtype, Device device = Device::cpu());

}  // namespace posthoc::testing
