#pragma once

#include <cstdio>
#include <cstdlib>
#include <fmt/core.h>
#include <string_view>

namespace posthoc::fuzz {

/// What each target implements: feeds the bytes to its parser. True if they parsed, after checks that what was read
/// keeps its promises; an `Error` passes through. `LLVMFuzzerTestOneInput` (target.cpp) and the replay of the corpus
/// (replay.cpp) call it.
bool parses(std::string_view bytes);

/// Feeds the bytes to `parses` and checks that a refusal is an `Error` of one line. True if they parsed.
bool run_one(std::string_view bytes);

/// Ends the process unless `condition` holds, as libFuzzer wants to be told of a finding.
inline void check(bool condition, std::string_view what) {
  if (condition) return;
  fmt::print(stderr, "fuzz: a property does not hold: {}\n", what);
  std::abort();
}

}  // namespace posthoc::fuzz
