#include "debias/fused/device_trials.h"

#include <algorithm>
#include <cmath>

#include "base/threads.h"

namespace posthoc::debias {
namespace {

std::optional<DeviceObjective> swept_on_device(const Problem& problem) {
  if (problem.threshold_search.kind != fairness::ThresholdSearch::Kind::exact) return std::nullopt;
  return device_objective(problem.objective, fairness::group_count(problem.validation.groups));
}

}  // namespace

std::unique_ptr<DeviceTrials> DeviceTrials::of(const Problem& problem, double sigma) {
  const Device device = problem.features.device();
  if (device.is_cpu()) return nullptr;
  const std::optional<TrialPlan> plan = TrialPlan::of(*problem.model, problem.features);
  if (!plan || plan->rows == 0) return nullptr;
  auto kernels = cuda_trial_kernels(*plan, cells_of(problem.validation), problem.seed, sigma, device);
  return kernels ? std::make_unique<DeviceTrials>(problem, std::move(kernels)) : nullptr;
}

DeviceTrials::DeviceTrials(const Problem& problem, std::unique_ptr<TrialKernels> kernels)
    : problem_(problem),
      kernels_(std::move(kernels)),
      objective_(swept_on_device(problem)),
      measures_(problem.objective, problem.validation) {
  if (objective_) all_ = count_cells(cells_of(problem.validation));
}

TracePoint DeviceTrials::point(std::int64_t trial, const DeviceCut& cut) const {
  fairness::GroupCounts counts(2);
  for (int group = 0; group < 2; ++group) {
    const double tn = cut.rejected.rows[2 * group];
    const double fn = cut.rejected.rows[2 * group + 1];
    counts.add(group, {.tp = all_.rows[2 * group + 1] - fn, .fp = all_.rows[2 * group] - tn, .tn = tn, .fn = fn});
  }
  return {trial, cut.objective, cut.threshold, measures_.bias_of(counts), measures_.performance_of(counts)};
}

void DeviceTrials::points(std::int64_t first, std::span<std::optional<TracePoint>> points) {
  const auto most = static_cast<std::size_t>(kernels_->batch());
  std::vector<DeviceCut> cuts;
  for (std::size_t begin = 0; begin < points.size(); begin += most) {
    const auto some = points.subspan(begin, std::min(most, points.size() - begin));
    const std::int64_t trial = first + static_cast<std::int64_t>(begin);
    if (!objective_) {
      sweep_on_host(trial, some);
      continue;
    }
    cuts.resize(some.size());
    kernels_->cuts(static_cast<std::uint32_t>(trial), *objective_, cuts);
    for (std::size_t i = 0; i < some.size(); ++i) {
      some[i].reset();
      if (cuts[i].sound != 0) some[i] = point(trial + static_cast<std::int64_t>(i), cuts[i]);
    }
  }
}

void DeviceTrials::sweep_on_host(std::int64_t first, std::span<std::optional<TracePoint>> points) {
  const fairness::Outcomes& rows = problem_.validation;
  std::vector<float> scores(rows.size() * points.size());
  kernels_->scores(static_cast<std::uint32_t>(first), static_cast<int>(points.size()), scores);
  parallel_for(static_cast<std::int64_t>(points.size()), [&](std::int64_t index, int /*number*/) {
    const auto i = static_cast<std::size_t>(index);
    const auto begin = scores.begin() + static_cast<std::ptrdiff_t>(i * rows.size());
    const std::vector<double> its(begin, begin + static_cast<std::ptrdiff_t>(rows.size()));
    points[i].reset();
    if (!std::all_of(its.begin(), its.end(), [](double score) { return std::isfinite(score); })) return;
    const auto best =
        fairness::find_threshold({its, rows.labels, rows.groups}, problem_.objective, problem_.threshold_search);
    points[i] = {first + index, best.objective, best.threshold, best.bias, best.performance};
  });
}

}  // namespace posthoc::debias
