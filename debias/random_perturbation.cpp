#include "debias/random_perturbation.h"

#include <algorithm>

#include "base/error.h"
#include "base/threads.h"
#include "tensor/random.h"

namespace posthoc::debias {
namespace {

constexpr std::int64_t kMaxTrials = (std::int64_t{1} << 32) - 1;  // a trial's number is one word of its random stream

void require_sigma(double sigma) {
  require(sigma > 0.0 && sigma <= 1e3, "random: sigma must lie in (0, 1000], got {}", sigma);
}

// Sets the parameters of `copy`, a copy of the model whose parameters are `original`, to those of a trial.
void perturb(const std::vector<nn::NamedParameter>& original, nn::Classifier& copy, std::uint64_t seed,
             std::int64_t trial, double sigma) {
  std::vector<nn::NamedParameter> parameters = copy.parameters();
  const RandomStream stream{seed, purpose("perturbation"), static_cast<std::uint32_t>(trial)};
  std::uint64_t first = 0;
  for (std::size_t k = 0; k < parameters.size(); ++k) {
    const Tensor& value = original[k].variable.value();
    parameters[k].variable.mutable_value() = trial == 0 ? value.clone() : random_perturb(value, stream, sigma, first);
    first += static_cast<std::uint64_t>(value.elements());
  }
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
  std::vector<std::shared_ptr<nn::Classifier>> copies(static_cast<std::size_t>(threads()));
  ProgressStage stage(*problem.progress, "random perturbation", count);
  parallel_for(count, [&](std::int64_t index, int worker) {
    std::shared_ptr<nn::Classifier>& copy = copies[static_cast<std::size_t>(worker)];
    if (copy == nullptr) copy = problem.model->clone_classifier();
    const std::int64_t trial = first + index;
    perturb(original, *copy, problem.seed, trial, options_.sigma);
    const std::vector<double> scores = nn::scores(*copy, problem.features);
    const fairness::Outcomes outcomes{scores, problem.validation.labels, problem.validation.groups};
    const auto best = fairness::find_threshold(outcomes, problem.objective, problem.threshold_search);
    trace[static_cast<std::size_t>(index)] = {trial, best.objective, best.threshold, best.bias, best.performance};
    stage.advance(1, "");
  });

  const auto winner = std::min_element(trace.begin(), trace.end(), [](const TracePoint& a, const TracePoint& b) {
    return a.objective < b.objective;  // min_element keeps the first of equals
  });
  const TracePoint best = *winner;
  return {perturbed_copy(*problem.model, problem.seed, best.step, options_.sigma), Threshold{best.threshold},
          std::move(trace), best.step};
}

std::shared_ptr<nn::Classifier> perturbed_copy(const nn::Classifier& model, std::uint64_t seed, std::int64_t trial,
                                               double sigma) {
  require(trial >= 0 && trial <= kMaxTrials, "random: the trial must lie in [0, {}], got {}", kMaxTrials, trial);
  require_sigma(sigma);
  std::shared_ptr<nn::Classifier> copy = model.clone_classifier();
  perturb(model.parameters(), *copy, seed, trial, sigma);
  return copy;
}

}  // namespace posthoc::debias
