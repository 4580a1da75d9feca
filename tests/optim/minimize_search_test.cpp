// How well the search does: the medians of docs/methods/layerwise.md, with fewer candidates.

#include <algorithm>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <iostream>

#include "optim/blackbox/minimize.h"
#include "optim/test_functions.h"

namespace posthoc::optim {
namespace {

using Kind = Acquisition::Kind;

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return (values[(values.size() - 1) / 2] + values[values.size() / 2]) / 2.0;
}

TEST(Minimize, BeatsRandomSearch) {
  constexpr std::uint64_t kSeeds = 20;
  for (const Kind kind : {Kind::lower_confidence_bound, Kind::expected_improvement}) {
    for (const TestFunction& f : test_functions()) {
      std::vector<double> guided;
      std::vector<double> random;
      int wins = 0;
      for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
        const MinimizeOptions options{.calls = 80, .candidates = 2000, .acquisition = {.kind = kind}, .seed = seed};
        guided.push_back(minimize(f.function, f.box, options).value);
        random.push_back(random_search(f.function, f.box, options).value);
        wins += guided.back() < random.back() ? 1 : 0;
      }
      std::cout << fmt::format("{}: median {:.3f}, random search {:.3f}, better for {} of {} seeds\n", f.name,
                               median(guided), median(random), wins, kSeeds);
      EXPECT_LT(median(guided), median(random)) << f.name;
      EXPECT_GT(wins, 10) << f.name;
    }
  }
}

}  // namespace
}  // namespace posthoc::optim
