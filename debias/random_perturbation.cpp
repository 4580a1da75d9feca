#include "debias/random_perturbation.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "base/error.h"
#include "base/threads.h"
#include "debias/fused/device_trials.h"
#include "debias/fused/network.h"
#include "fairness/bounded_search.h"
#include "tensor/random.h"

namespace posthoc::debias {
namespace {

constexpr std::int64_t kMaxTrials = (std::int64_t{1} << 32) - 1;  // a trial's number is one word of its random stream

void require_sigma(double sigma) {
  require(sigma > 0.0 && sigma <= 1e3, "random: sigma must lie in (0, 1000], got {}", sigma);
}

// Sets `parameters`, of a copy of the model whose parameters are `original`, to those of a trial.
void perturb(const std::vector<nn::NamedParameter>& original, std::vector<nn::NamedParameter>& parameters,
             std::uint64_t seed, std::int64_t trial, double sigma) {
  const RandomStream stream{seed, purpose("perturbation"), static_cast<std::uint32_t>(trial)};
  std::uint64_t first = 0;
  for (std::size_t k = 0; k < parameters.size(); ++k) {
    const Tensor& value = original[k].variable.value();
    parameters[k].variable.mutable_value() = trial == 0 ? value.clone() : random_perturb(value, stream, sigma, first);
    first += static_cast<std::uint64_t>(value.elements());
  }
}

// What one thread works in.
struct Worker {
  std::shared_ptr<nn::Classifier> copy;
  std::vector<nn::NamedParameter> parameters;  // of the copy
  FusedScorer fused;
  std::optional<fairness::BoundedSearch> bounded;  // where it suits the problem
  std::optional<fairness::ScoreSweep> sweep;
  fairness::SortBuffers buffers;
};

Worker worker_for(const Problem& problem) {
  Worker worker;
  worker.copy = problem.model->clone_classifier();
  worker.parameters = worker.copy->parameters();
  const auto& [scores, labels, groups] = problem.validation;
  if (problem.threshold_search == fairness::ThresholdSearch::exact() &&
      fairness::BoundedSearch::suits(problem.objective, fairness::group_count(groups))) {
    worker.bounded.emplace(problem.objective, labels, groups);
  }
  return worker;
}

fairness::ThresholdResult find(const Problem& problem, std::span<const double> scores, Worker& worker) {
  if (worker.bounded) return worker.bounded->find(scores);
  const fairness::Outcomes outcomes{scores, problem.validation.labels, problem.validation.groups};
  if (worker.sweep) {
    worker.sweep->assign(outcomes, worker.buffers);
  } else {
    worker.sweep.emplace(outcomes);
  }
  return worker.sweep->find(problem.objective, problem.threshold_search);
}

TracePoint point(const Problem& problem, std::int64_t trial, std::span<const double> scores, Worker& worker) {
  const fairness::ThresholdResult best = find(problem, scores, worker);
  return {trial, best.objective, best.threshold, best.bias, best.performance};
}

// A trial as the fused pass sees it, where it can be used (`rows`) and the scores are sound, else as its network does.
// The original is always seen as itself, so that the result is never worse than it, not even by rounding.
TracePoint look(const Problem& problem, std::int64_t trial, Worker& worker, const std::optional<FusedRows>& rows) {
  if (rows && trial > 0) {
    const std::vector<double>& scores = worker.fused.scores(*worker.copy->chain(), *rows);
    if (std::all_of(scores.begin(), scores.end(), [](double score) { return std::isfinite(score); })) {
      return point(problem, trial, scores, worker);
    }
  }
  return point(problem, trial, nn::scores(*worker.copy, problem.features), worker);
}

// On a device, all trials but the original at once. Gives those that it could not see, to be looked at one by one.
std::vector<std::int64_t> look_on_device(DeviceTrials& device, std::int64_t first, std::vector<TracePoint>& trace,
                                         ProgressStage& stage) {
  std::vector<std::int64_t> unseen;
  if (first == 0) unseen.push_back(0);
  const auto count = static_cast<std::int64_t>(trace.size());
  std::vector<std::optional<TracePoint>> points;
  for (std::int64_t begin = first == 0 ? 1 : 0; begin < count;) {
    points.assign(static_cast<std::size_t>(std::min(device.batch(), count - begin)), std::nullopt);
    device.points(first + begin, points);
    for (const std::optional<TracePoint>& point : points) {
      if (point) {
        trace[static_cast<std::size_t>(begin)] = *point;
        stage.advance(1, "");
      } else {
        unseen.push_back(begin);
      }
      ++begin;
    }
  }
  return unseen;
}

// min_element keeps the first of equals.
std::vector<TracePoint>::iterator best_of(std::vector<TracePoint>& trace) {
  return std::min_element(trace.begin(), trace.end(),
                          [](const TracePoint& a, const TracePoint& b) { return a.objective < b.objective; });
}

}  // namespace

RandomPerturbation::RandomPerturbation(const RandomOptions& options) : options_(options) {
  require(options.trials >= 1 && options.trials <= kMaxTrials,
          "random: the number of trials must lie in [1, {}], got {}", kMaxTrials, options.trials);
  require_sigma(options.sigma);
}

Debiased RandomPerturbation::fit(const Problem& problem) const {
  validate(problem);
  require(problem.model != nullptr, "random: this method changes the model, and only scores were given");
  const std::vector<nn::NamedParameter> original = problem.model->parameters();
  const std::int64_t first = options_.include_original ? 0 : 1;
  const std::int64_t count = options_.trials + 1 - first;

  std::vector<TracePoint> trace(static_cast<std::size_t>(count));
  std::vector<Worker> workers(static_cast<std::size_t>(threads()));
  const std::optional<FusedRows> rows = options_.fused ? FusedRows::of(*problem.model, problem.features) : std::nullopt;
  const std::unique_ptr<DeviceTrials> device = options_.fused ? DeviceTrials::of(problem, options_.sigma) : nullptr;
  ProgressStage stage(*problem.progress, "random perturbation", count);
  std::vector<std::int64_t> open(static_cast<std::size_t>(count));
  std::iota(open.begin(), open.end(), 0);
  if (device) open = look_on_device(*device, first, trace, stage);
  parallel_for(static_cast<std::int64_t>(open.size()), [&](std::int64_t which, int number) {
    const std::int64_t index = open[static_cast<std::size_t>(which)];
    Worker& worker = workers[static_cast<std::size_t>(number)];
    if (worker.copy == nullptr) worker = worker_for(problem);
    const std::int64_t trial = first + index;
    perturb(original, worker.parameters, problem.seed, trial, options_.sigma);
    trace[static_cast<std::size_t>(index)] = look(problem, trial, worker, rows);
    stage.advance(1, "");
  });

  // The fused pass rounds in its own way. The threshold has to hold for the network as anyone else will run it, so the
  // winner is looked at as such; in the rare case that it then wins no longer, so is the next.
  Worker& judge = workers.front();
  if (judge.copy == nullptr) judge = worker_for(problem);
  std::vector<bool> looked_at(trace.size(), !rows && !device);
  for (;;) {
    const auto best = best_of(trace);
    const TracePoint chosen = *best;
    perturb(original, judge.parameters, problem.seed, chosen.step, options_.sigma);
    const auto index = static_cast<std::size_t>(best - trace.begin());
    if (looked_at[index]) return {judge.copy, Threshold{chosen.threshold}, std::move(trace), chosen.step};
    looked_at[index] = true;
    *best = point(problem, chosen.step, nn::scores(*judge.copy, problem.features), judge);
  }
}

std::shared_ptr<nn::Classifier> perturbed_copy(const nn::Classifier& model, std::uint64_t seed, std::int64_t trial,
                                               double sigma) {
  require(trial >= 0 && trial <= kMaxTrials, "random: the trial must lie in [0, {}], got {}", kMaxTrials, trial);
  require_sigma(sigma);
  std::shared_ptr<nn::Classifier> copy = model.clone_classifier();
  std::vector<nn::NamedParameter> parameters = copy->parameters();
  perturb(model.parameters(), parameters, seed, trial, sigma);
  return copy;
}

}  // namespace posthoc::debias
