#pragma once

namespace posthoc::testing {

/// How planted_<build> ends; the last two are what the sanitizers are told to end with.
enum Verdict { kClean = 0, kValue = 10, kEmulator = 11, kAddress = 12, kRace = 13 };

}  // namespace posthoc::testing
