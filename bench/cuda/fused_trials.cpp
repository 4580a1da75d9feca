// Random perturbation's trials by the fused kernels, on the CUDA device 0: A scores them, B finds each one's threshold,
// C the best of them; and whole searches on the device and on the host, side by side. Each row is timed only after its
// result was found to be the host's, bit by bit. Without a device it says so and ends with 77.

#include <benchmark/benchmark.h>
#include <cstdio>
#include <fmt/format.h>

#include "debias/fused/cuda/trial_kernels.h"
#include "debias/fused/network.h"
#include "debias/random_perturbation.h"
#include "fairness/threshold.h"
#include "tasks.h"
#include "tensor/cuda/cuda_backend.h"
#include "verified.h"

namespace posthoc::bench {
namespace {

constexpr int kTrials = 201;
constexpr double kSigma = 0.1;

struct DeviceTask {
  explicit DeviceTask(const Shape& shape) : task(shape) {
    const auto plan = debias::TrialPlan::of(*task.model, task.x);
    kernels = debias::cuda_trial_kernels(*plan, debias::cells_of(task.problem.validation), task.problem.seed, kSigma,
                                         Device::cuda(0));
    objective = *debias::device_objective(task.problem.objective, 2);
  }

  [[nodiscard]] std::size_t rows() const { return task.problem.validation.size(); }
  // Trials counted from 1, as the fused pass of the host scores them where it multiplies all columns, like the kernels.
  [[nodiscard]] std::vector<double> host_scores(std::int64_t trial) const {
    const auto copy = debias::perturbed_copy(*task.model, task.problem.seed, trial, kSigma);
    debias::FusedScorer scorer;
    return scorer.scores(*copy->chain(), *debias::FusedRows::of(*task.model, task.x, debias::FirstLayer::dense));
  }

  Task task;
  std::unique_ptr<debias::TrialKernels> kernels;
  debias::DeviceObjective objective;
};

std::string check_scores(const DeviceTask& task, std::vector<float>& scores) {
  task.kernels->scores(1, kTrials, scores);
  for (const std::int64_t trial : {1, 77, kTrials}) {
    const std::vector<double> host = task.host_scores(trial);
    for (std::size_t row = 0; row < host.size(); ++row) {
      const double got = scores[static_cast<std::size_t>(trial - 1) * host.size() + row];
      if (!(got == host[row])) return fmt::format("trial {}, row {}: {} instead of {}", trial, row, got, host[row]);
    }
  }
  return "";
}

std::string check_cuts(const DeviceTask& task, std::vector<debias::DeviceCut>& cuts) {
  task.kernels->cuts(1, task.objective, cuts);
  for (const std::int64_t trial : {1, 77, kTrials}) {
    const fairness::Outcomes& rows = task.task.problem.validation;
    const auto scores = task.host_scores(trial);
    const auto host = fairness::find_threshold({scores, rows.labels, rows.groups}, task.task.problem.objective);
    const debias::DeviceCut& cut = cuts[static_cast<std::size_t>(trial - 1)];
    if (!(cut.threshold == host.threshold && cut.objective == host.objective)) {
      return fmt::format("trial {}: threshold {} instead of {}", trial, cut.threshold, host.threshold);
    }
  }
  return "";
}

Row score(const Shape& shape) {
  auto task = std::make_shared<DeviceTask>(shape);
  auto scores = std::make_shared<std::vector<float>>(task->rows() * kTrials);
  return {[=] { return check_scores(*task, *scores); }, [=] { task->kernels->scores(1, kTrials, *scores); }};
}

Row sweep(const Shape& shape) {
  auto task = std::make_shared<DeviceTask>(shape);
  auto cuts = std::make_shared<std::vector<debias::DeviceCut>>(kTrials);
  return {[=] { return check_cuts(*task, *cuts); }, [=] { task->kernels->cuts(1, task->objective, *cuts); }};
}

Row winner(const Shape& shape) {
  auto task = std::make_shared<DeviceTask>(shape);
  return {[=]() -> std::string {
            std::vector<debias::DeviceCut> cuts(kTrials);
            std::string wrong = check_cuts(*task, cuts);
            if (!wrong.empty()) return wrong;
            const auto best = task->kernels->best(1, kTrials, task->objective);
            for (std::size_t i = 0; i < cuts.size(); ++i) {
              const bool better = cuts[i].objective < best.objective;
              const bool first = cuts[i].objective == best.objective && i < best.trial;
              if (better || first) return fmt::format("trial {} is better than {}", i, best.trial);
            }
            return "";
          },
          [=] { benchmark::DoNotOptimize(task->kernels->best(1, kTrials, task->objective).trial); }};
}

// A whole search, from the problem to the model that won, and back on the host.
Row search(const Shape& shape, bool on_device) {
  auto task = std::make_shared<Task>(shape);
  const auto run = [task](bool there) {
    debias::Problem problem = task->problem;
    if (there) {
      auto model = task->model->clone_classifier();
      model->to(Device::cuda(0));
      problem.model = model;
      problem.features = task->x.to(Device::cuda(0));
    }
    return debias::RandomPerturbation({.trials = kTrials, .sigma = kSigma}).fit(problem);
  };
  return {[=]() -> std::string {
            const auto here = run(false).best_step;
            const auto there = run(true).best_step;
            return here == there ? "" : fmt::format("trial {} won on the device, {} on the host", there, here);
          },
          [=] { benchmark::DoNotOptimize(run(on_device).best_step); }};
}

void add_rows(const Shape& shape) {
  const std::string on(shape.name);
  const double flop = shape.flop();
  add_row({.what = "A: trial scored", .on = on, .pieces = kTrials, .flop = flop}, [=] { return score(shape); });
  add_row({.what = "A, B: trial swept", .on = on, .pieces = kTrials, .flop = flop}, [=] { return sweep(shape); });
  add_row({.what = "A, B, C: trial of a winner", .on = on, .pieces = kTrials, .flop = flop},
          [=] { return winner(shape); });
  add_row({.what = "trial of a search, device", .on = on, .pieces = kTrials + 1, .flop = flop},
          [=] { return search(shape, true); });
  add_row({.what = "trial of a search, host", .on = on, .pieces = kTrials + 1, .flop = flop},
          [=] { return search(shape, false); });
}

}  // namespace
}  // namespace posthoc::bench

int main(int argc, char** argv) {
  if (posthoc::cuda_device_count() == 0) {
    std::printf("skipped: no CUDA device can be used: %s\n", posthoc::why_no_cuda_device().c_str());
    return 77;
  }
  for (const posthoc::bench::Shape& shape : posthoc::bench::kShapes) posthoc::bench::add_rows(shape);
  return posthoc::bench::run(argc, argv);
}
