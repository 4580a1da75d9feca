// A bias measure of one's own: one function, used to choose a threshold without a change to the library.
#include <cstdint>
#include <fmt/core.h>
#include <vector>

#include "base/error.h"
#include "fairness/gap.h"
#include "fairness/threshold.h"

using namespace posthoc::fairness;

// The difference of the groups' shares of people wrongly turned away. Over no rows it is undefined, with the reason.
Value wrongly_rejected_difference(const GroupCounts& counts) {
  return group_difference(
      counts, [](const GroupCounts& c, int group) { return ratio(c[group].fn, c[group].n(), "has no rows", group); });
}

int main() try {
  const std::vector<double> scores{0.125, 0.25, 0.375, 0.625, 0.25, 0.75, 0.875, 0.9375};
  const std::vector<std::uint8_t> labels{0, 1, 0, 1, 0, 1, 1, 1};
  const std::vector<std::int32_t> groups{0, 0, 0, 0, 1, 1, 1, 1};  // 1 is the privileged group

  const Measure measure{"wrd",
                        "wrongly_rejected_difference",
                        Measure::Kind::bias,
                        /*worst=*/1.0,
                        "difference of the shares of wrong rejections",
                        wrongly_rejected_difference};
  const Measure& accuracy = find_measure("accuracy");
  for (const double lambda : {0.0, 0.75}) {
    const auto best = find_threshold({scores, labels, groups}, Objective{&measure, &accuracy, lambda});
    fmt::print("lambda {:.2f}: threshold {:.4f}, {} {:+.2f}, accuracy {:.3f}\n", lambda, best.threshold, measure.name,
               best.bias.number(), best.performance.number());
  }
} catch (const posthoc::Error& error) {
  fmt::print(stderr, "{}\n", error.what());
  return 1;
}
