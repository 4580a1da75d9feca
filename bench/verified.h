#pragma once

#include <benchmark/benchmark.h>
#include <cmath>
#include <exception>
#include <fmt/format.h>
#include <functional>
#include <string>

// What every program here has in common: a row is timed only after its result was found right.

namespace posthoc::bench {

/// "" where the two agree to `relative`, else what was compared and by how much it differs. A NaN never agrees.
inline std::string difference(const std::string& what, double actual, double expected, double relative) {
  if (std::abs(actual - expected) <= relative * std::abs(expected)) return "";
  return fmt::format("{}: {} instead of {}, further off than {}", what, actual, expected, relative);
}

/// Registers a row: `check` returns "" or what is wrong with the row's result, `step` is what is timed, and `flop` are
/// its floating-point operations, 0 where they say nothing. `make` builds both anew for each run.
struct Row {
  std::function<std::string()> check;
  std::function<void()> step;
};

inline int& wrong_rows() {
  static int count = 0;
  return count;
}

inline void add_row(const std::string& name, double flop, const std::function<Row()>& make) {
  benchmark::RegisterBenchmark(name.c_str(), [flop, make](benchmark::State& state) {
    const auto skip = [&](const char* why) {
      ++wrong_rows();
      state.SkipWithError(why);
    };
    try {
      const Row row = make();
      if (const std::string wrong = row.check(); !wrong.empty()) return skip(wrong.c_str());
      for (auto _ : state) row.step();
    } catch (const std::exception& error) {
      return skip(error.what());
    }
    if (flop > 0.0) {
      state.counters["FLOP/s"] = benchmark::Counter(flop, benchmark::Counter::kIsIterationInvariantRate);
    }
  })->Unit(benchmark::kMicrosecond);
}

/// Runs the rows that the command line asks for (`--help` lists its options). Returns the exit status: 1 if a row's
/// result was wrong.
inline int run(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  return wrong_rows() == 0 ? 0 : 1;
}

}  // namespace posthoc::bench
