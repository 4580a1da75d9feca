#include <csignal>
#include <cstdlib>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <string>
#include <sys/wait.h>

#include "cuda_emulator/planted/verdicts.h"

// Every planted bug is found by the builds that have to find it, as what it is; kernels without one are clean in all.
// A build that stops finding something, or finds what is not there, fails.

namespace posthoc::testing {
namespace {

struct Bug {
  int number;
  const char* what;
  const char* plain;  // verdicts, separated by |
  const char* asan;
  const char* tsan;
};

void PrintTo(const Bug& bug, std::ostream* to) { *to << bug.what; }

constexpr Bug kBugs[] = {
    {0, "no bug", "clean", "clean", "clean"},
#include "planted_bugs.inc"
};

std::string verdict(const std::string& build, int bug, int seed) {
  const std::string options = fmt::format(
      "ASAN_OPTIONS=detect_leaks=0:exitcode={0} UBSAN_OPTIONS=exitcode={0} "
      "TSAN_OPTIONS=exitcode={1}:halt_on_error=1:atexit_sleep_ms=0",
      static_cast<int>(kAddress), static_cast<int>(kRace));
  const std::string command = fmt::format("{} {} {}{} {} {} >/dev/null 2>&1", options,
                                          build == "tsan" ? PLANTED_LAUNCHER : "", PLANTED_PROGRAM, build, bug, seed);
  const int status = std::system(command.c_str());
  if (!WIFEXITED(status)) return "crash";
  switch (WEXITSTATUS(status)) {
    case kClean:
      return "clean";
    case kValue:
      return "value";
    case kEmulator:
      return "emulator";
    case kAddress:
      return "address";
    case kRace:
      return "race";
    case 128 + SIGABRT:
      return "crash";
    default:
      return fmt::format("exit {}", WEXITSTATUS(status));
  }
}

bool is_one_of(const std::string& verdict, const std::string& allowed) {
  return ("|" + allowed + "|").find("|" + verdict + "|") != std::string::npos;
}

class PlantedBug : public ::testing::TestWithParam<Bug> {};

TEST_P(PlantedBug, IsFoundByTheBuildsThatFindItsKind) {
  const Bug& bug = GetParam();
  std::string row = fmt::format("{:2} {}: plain", bug.number, bug.what);
  const auto expect = [&](const std::string& build, int seed, const char* allowed) {
    const std::string seen = verdict(build, bug.number, seed);
    row += " " + seen;
    EXPECT_TRUE(is_one_of(seen, allowed))
        << build << ", order " << seed << ": expected " << allowed << ", got " << seen;
  };
  for (const int seed : {0, 1, 2}) expect("plain", seed, bug.plain);
  row += ", asan";
  expect("asan", 0, bug.asan);
  row += ", tsan";
  expect("tsan", 0, bug.tsan);
  RecordProperty("row", row);
  fmt::print("{}\n", row);
}

INSTANTIATE_TEST_SUITE_P(All, PlantedBug, ::testing::ValuesIn(kBugs),
                         [](const auto& bug) { return fmt::format("number{}", bug.param.number); });

}  // namespace
}  // namespace posthoc::testing
