// Audits a small table of scores: what every measure says of the decisions `score > 0.5`.
#include <cstdint>
#include <fmt/core.h>
#include <vector>

#include "base/error.h"
#include "fairness/report.h"

using namespace posthoc::fairness;

int main() try {
  const std::vector<double> scores{0.125, 0.375, 0.25, 0.625, 0.25, 0.75, 0.875, 0.9375};
  const std::vector<std::uint8_t> labels{0, 1, 0, 1, 0, 0, 1, 1};
  const std::vector<std::int32_t> groups{0, 0, 0, 0, 1, 1, 1, 1};  // 1 is the privileged group

  const Audit result = audit({scores, labels, groups}, 0.5);
  for (const GroupAudit& group : result.groups) {
    fmt::print("group {}: {} rows, selected {:.2f}, TPR {:.2f}\n", group.group, group.cells.n(),
               group.selection_rate.number(), group.tpr.number());
  }
  for (const auto& [measure, value, worst_pair] : result.measures) {
    if (!value.defined()) {
      fmt::print("{}: undefined, {}\n", measure->long_name, value.reason());
    } else if (measure->kind == Measure::Kind::bias) {
      fmt::print("{} {:+.3f}, fair is {}\n", measure->long_name, value.number(), measure->fair());
    } else {
      fmt::print("{} {:.3f}\n", measure->long_name, value.number());
    }
  }
} catch (const posthoc::Error& error) {
  fmt::print(stderr, "{}\n", error.what());
  return 1;
}
