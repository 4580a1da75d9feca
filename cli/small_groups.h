#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/task.h"
#include "fairness/intersection.h"
#include "tensor/tensor.h"

namespace posthoc::cli {

/// The validation rows that a method optimises for, when some groups of an intersection are too small to count.
struct LargeGroups {
  fairness::CountedRows counted;
  Tensor features;                    ///< of those rows, in the model's dtype
  std::vector<std::string> left_out;  ///< names of the groups that do not count
  std::vector<std::string> notes;     ///< one line for each of them
};

/// Nothing if every group that occurs has at least `smallest` validation rows, or if there are but two groups: without
/// one of those there would be nothing to compare. Throws `Error` if fewer than two groups are large enough.
std::optional<LargeGroups> without_small_groups(const Task& task, int smallest);

}  // namespace posthoc::cli
