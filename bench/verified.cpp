#include "verified.h"

#include <algorithm>
#include <benchmark/benchmark.h>
#include <chrono>
#include <cmath>
#include <exception>
#include <fmt/format.h>
#include <fstream>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "base/threads.h"
#include "fma_peak.h"
#include "tensor/backend.h"
#include "tensor/cpu/blas_threads.h"

namespace posthoc::bench {
namespace {

// The row at work and what its check said.
struct Held {
  std::string name;
  Row row;
  std::string wrong;
};

Held& held() {
  static Held row;
  return row;
}

int& wrong_rows() {
  static int count = 0;
  return count;
}

void hold(const std::string& name, const std::function<Row()>& make) {
  if (held().name == name) return;
  held() = {};  // what the last row worked on goes first
  held().name = name;
  try {
    held().row = make();
    held().wrong = held().row.check();
  } catch (const std::exception& error) {
    held().wrong = error.what();
  }
  if (!held().wrong.empty()) ++wrong_rows();
}

// Linux keeps the most memory that a process has had, and begins anew when it is told so. What other rows have left
// first goes back to it.
void forget_peak_memory() {
  backend(Device::cpu()).allocator().release_cache();
#ifdef __GLIBC__
  malloc_trim(0);
#endif
  std::ofstream("/proc/self/clear_refs") << "5";
}

// In MiB; 0 where the system does not say.
double peak_memory() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    double kib = 0.0;
    if (word == "VmHWM:" && status >> kib) return kib / 1024.0;
  }
  return 0.0;
}

std::string name_of(const Work& work) {
  constexpr const char* kSize[] = {"", "/quick", "/full"};
  return fmt::format("{}/{}{}{}", work.what, work.on, work.threads > 1 ? fmt::format("/{} threads", work.threads) : "",
                     kSize[static_cast<int>(work.size)]);
}

double seconds_of(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// What the core can do now: its clock is another a second later. The best of some tries of a tenth of a millisecond.
double peak_gflops() {
  constexpr int kTries = 5;
  constexpr long kSteps = 20'000;
  double best = 0.0;
  for (int i = 0; i < kTries; ++i) {
    double flop = 0.0;
    const double seconds = seconds_of([&] {
      float sum = 0.0F;
      flop = fma_peak_flop(kSteps, sum);
      benchmark::DoNotOptimize(sum);
    });
    best = std::max(best, flop / seconds * 1e-9);
  }
  return best;
}

// The steps of a row on several threads, each beside one on one thread.
void time_in_turn(int threads, const std::function<void()>& step, benchmark::State& state) {
  double on_one = 0.0;
  for (auto _ : state) {
    step();
    state.PauseTiming();
    set_threads(1);
    on_one += seconds_of(step);
    set_threads(threads);
    state.ResumeTiming();
  }
  state.counters["one_thread_us"] = 1e6 * on_one / static_cast<double>(state.iterations());
}

void time_steps(const Work& work, benchmark::State& state) {
  const std::function<void()>& step = held().row.step;
  if (work.threads > 1) return time_in_turn(work.threads, step, state);
  const double before = peak_gflops();
  for (auto _ : state) step();
  state.counters["peak_gflops"] = (before + peak_gflops()) / 2.0;
}

// What `rows.py` reads beside the times. A row that is wrong keeps its label alone.
void report(const Work& work, benchmark::State& state) {
  state.SetLabel(fmt::format("{}|{}|{}|{}|{}|{}|{}|{}", work.row, work.what, work.on, work.threads, work.pieces,
                             work.flop, work.items, work.item));
  state.counters["peak_memory_mib"] = peak_memory();
}

}  // namespace

void add_row(const Work& work, const std::function<Row()>& make) {
  const std::string name = name_of(work);
  const auto measure = [work, name, make](benchmark::State& state) {
    set_threads(work.threads);
    hold(name, make);
    forget_peak_memory();
    if (held().wrong.empty()) {
      time_steps(work, state);
    } else {
      state.SkipWithError(held().wrong.c_str());
    }
    report(work, state);
  };
  auto* row = benchmark::RegisterBenchmark(name.c_str(), measure)->Unit(benchmark::kMicrosecond)->UseRealTime();
  if (work.repetitions > 0) row->Repetitions(work.repetitions);
}

int run(int argc, char** argv) {
  cpu::end_blas_threads();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  held() = {};
  return wrong_rows() == 0 ? 0 : 1;
}

std::string difference(std::string_view what, double actual, double expected, double relative) {
  if (std::abs(actual - expected) <= relative * std::abs(expected)) return "";
  return fmt::format("{}: {} instead of {}, further off than {}", what, actual, expected, relative);
}

}  // namespace posthoc::bench
