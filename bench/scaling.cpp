// Whole methods: what a second thread gains, how time grows with the rows and memory with the rows and the trials.
// Bits must be the same for any number of threads.

#include <algorithm>
#include <benchmark/benchmark.h>
#include <cmath>
#include <filesystem>
#include <fmt/format.h>
#include <memory>
#include <unistd.h>

#include "base/threads.h"
#include "debias/layerwise.h"
#include "debias/random_perturbation.h"
#include "fairness/bootstrap.h"
#include "fma_peak.h"
#include "nn/mlp.h"
#include "study/runner.h"
#include "study/store.h"
#include "study/study_file.h"
#include "tasks.h"
#include "verified.h"

namespace posthoc::bench {
namespace {

using Numbers = std::vector<double>;

// The reference of a run on several threads is the same on one. `run` returns what is compared.
template <typename Run>
Row threaded(int threads, const Run& run) {
  return {[=] {
            const auto many = run();
            set_threads(1);
            const auto one = run();
            set_threads(threads);
            return std::string(many == one ? "" : "another result than on one thread");
          },
          [=] { benchmark::DoNotOptimize(run().data()); }};
}

Numbers numbers_of(const debias::Debiased& result) {
  Numbers numbers = {static_cast<double>(result.best_step)};
  for (const debias::TracePoint& point : result.trace) numbers.push_back(point.objective);
  return numbers;
}

Row random_perturbation(const Shape& shape, int threads) {
  const auto task = std::make_shared<Task>(shape);
  return threaded(threads, [=] { return numbers_of(debias::RandomPerturbation().fit(task->problem)); });
}

Row layerwise(const Shape& shape, int threads) {
  const auto task = std::make_shared<Task>(shape);
  return threaded(threads, [=] { return numbers_of(debias::Layerwise({.calls = 15}).fit(task->problem)); });
}

constexpr int kResamples = 2000;

// Beside one thread, the interval of statistical parity is compared with the normal approximation: the standard error
// of a difference of two shares.
Row bootstrap(const Shape& shape, int threads) {
  const auto task = std::make_shared<Task>(shape);
  const auto run = [=] { return fairness::bootstrap(task->rows.outcomes(), 0.5, {.resamples = kResamples}); };
  const Row row = threaded(threads, [=] {
    Numbers ends;
    for (const fairness::MeasureInterval& measured : run()) {
      if (!measured.interval.defined()) continue;
      ends.push_back(measured.interval.low);
      ends.push_back(measured.interval.high);
    }
    return ends;
  });
  const auto check_length = [=] {
    const fairness::GroupCounts counts = fairness::count(task->rows.outcomes(), 0.5);
    double variance = 0.0;
    for (const int group : {0, 1}) {
      const double share = counts[group].selected() / counts[group].n();
      variance += share * (1.0 - share) / counts[group].n();
    }
    for (const fairness::MeasureInterval& measured : run()) {
      if (measured.measure->name != "spd") continue;
      const double length = measured.interval.high - measured.interval.low;
      return difference("the interval of spd", length, 2.0 * 1.96 * std::sqrt(variance), 0.1);
    }
    return std::string("no interval of spd");
  };
  return {[=] {
            const std::string wrong = row.check();
            return wrong.empty() ? check_length() : wrong;
          },
          row.step};
}

// Networks are trained, methods run on them and are judged, all in a folder that goes afterwards.
Row study_run(int threads) {
  const study::Study study = study::parse_study(R"(
    name = "bench"
    measures = ["spd"]
    performance = "accuracy"
    seeds = [0, 1, 2, 3, 4, 5, 6, 7]
    max_epochs = 4
    patience = 4
    [[tasks]]
    name = "synthetic"
    data = "synthetic"
    protected = "group"
    [[methods]]
    name = "default"
    [[methods]]
    name = "random"
    trials = 51
    [[architectures]]
    depth = 10
    width = 32
    dropout = 0.2
  )",
                                                "the benchmark's study");
  return threaded(threads, [=] {
    const auto folder = std::filesystem::temp_directory_path() / fmt::format("posthoc_bench_{}", getpid());
    std::filesystem::remove_all(folder);
    study::run_study(study, folder, {});
    const study::StoreContents contents = study::read_store(folder);
    std::filesystem::remove_all(folder);
    std::vector<std::string> results;
    for (const study::NetworkResult& network : contents.networks) results.push_back(to_record(network).result);
    for (const study::CellResult& cell : contents.cells) results.push_back(to_record(cell).result);
    return results;
  });
}

// The winner's objective must be that of its network on the plain path.
Row trials(const Shape& shape, std::int64_t count) {
  const auto task = std::make_shared<Task>(shape);
  const auto run = [=] { return debias::RandomPerturbation({.trials = count}).fit(task->problem); };
  return {[=] {
            const debias::Debiased result = run();
            const auto winner = debias::perturbed_copy(*task->model, task->problem.seed, result.best_step, 0.1);
            const ScoredRows& rows = task->rows;
            const std::vector<double> scores = nn::scores(*winner, task->x);
            const auto best = fairness::find_threshold({scores, rows.labels, rows.groups}, task->problem.objective);
            return difference("the objective", result.trace[static_cast<std::size_t>(result.best_step)].objective,
                              best.objective, 0.0);
          },
          [=] { benchmark::DoNotOptimize(run().best_step); }};
}

// What the machine itself gains from a second thread where nothing is shared but its clock.
Row registers(int threads) {
  const auto run = [] {
    constexpr std::int64_t kParts = 400;
    constexpr long kSteps = 20'000;
    Numbers sums(kParts);
    parallel_for(kParts, [&](std::int64_t part, int /*worker*/) {
      float sum = 0.0F;
      fma_peak_flop(kSteps, sum);
      sums[static_cast<std::size_t>(part)] = sum;
    });
    return sums;
  };
  return threaded(threads, run);
}

void add_thread_rows() {
  const Shape& adult = kShapes[0];
  const Shape& compas = kShapes[2];
  for (const int count : {1, 2}) {
    add_row({.row = 7, .what = "multiply-adds on registers", .on = "no data", .threads = count},
            [=] { return registers(count); });
    add_row({.row = 7, .what = "random perturbation, 201 trials", .on = "adult", .threads = count, .size = Size::quick},
            [=] { return random_perturbation(adult, count); });
    add_row({.row = 7,
             .what = "bootstrap, 2000 resamples",
             .on = "adult",
             .items = kResamples,
             .item = "resample",
             .threads = count,
             .size = Size::quick},
            [=] { return bootstrap(adult, count); });
    add_row({.row = 7, .what = "layer-wise, 15 calls", .on = "compas", .threads = count, .size = Size::quick},
            [=] { return layerwise(compas, count); });
    add_row({.row = 7, .what = "study, 8 networks", .on = "synthetic", .threads = count, .size = Size::quick},
            [=] { return study_run(count); });
  }
}

// 100 features; an evaluation of a network is a piece of work.
void add_size_rows() {
  constexpr std::int64_t kTrials = 4;
  struct Rows {
    const char* on;
    std::int64_t rows;
    Size size;
  };
  for (const Rows& n : {Rows{"10^4 rows", 10'000, Size::smoke}, Rows{"10^5 rows", 100'000, Size::quick},
                        Rows{"10^6 rows", 1'000'000, Size::full}, Rows{"10^7 rows", 10'000'000, Size::full}}) {
    add_row({.row = 7,
             .what = "random perturbation, 4 trials",
             .on = n.on,
             .pieces = kTrials + 1,
             .items = static_cast<double>(n.rows),
             .item = "row",
             .size = n.size,
             .repetitions = n.size == Size::full ? 3 : 0},
            [=] {
              return trials({n.on, n.rows, 100}, kTrials);
            });
  }
  for (const std::int64_t count : {100, 1000, 10000}) {
    add_row({.row = 7,
             .what = "random perturbation, compas",
             .on = fmt::format("{} trials", count),
             .pieces = static_cast<double>(count + 1),
             .size = count > 1000  ? Size::full
                     : count > 100 ? Size::quick
                                   : Size::smoke},
            [=] { return trials(kShapes[2], count); });
  }
}

}  // namespace
}  // namespace posthoc::bench

int main(int argc, char** argv) {
  posthoc::bench::add_thread_rows();
  posthoc::bench::add_size_rows();
  return posthoc::bench::run(argc, argv);
}
