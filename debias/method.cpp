#include "debias/method.h"

#include <algorithm>
#include <vector>

#include "base/error.h"
#include "debias/adversarial.h"
#include "debias/baselines.h"
#include "debias/calibrated_equalized_odds.h"
#include "debias/equalized_odds.h"
#include "debias/layerwise.h"
#include "debias/random_perturbation.h"
#include "debias/reject_option.h"

namespace posthoc::debias {

std::span<const MethodEntry> methods() {
  static const std::vector<MethodEntry> table = {
      {"majority", "the constant decision for the more frequent label",
       [](const MethodOptions&) { return std::make_unique<Majority>(); }},
      {"default", "the model as it is, with the threshold of the best accuracy",
       [](const MethodOptions&) { return std::make_unique<Default>(); }},
      {"threshold", "the model as it is, with the threshold of the lowest objective",
       [](const MethodOptions&) { return std::make_unique<ThresholdOnly>(); }},
      {"random", "the best of many randomly perturbed copies of the model, each with its own threshold",
       [](const MethodOptions& options) { return std::make_unique<RandomPerturbation>(options.random); }, true},
      {"layerwise", "the network with one layer's weights searched for without gradients, the best of all layers",
       [](const MethodOptions& options) { return std::make_unique<Layerwise>(options.layerwise); }, true},
      {"adversarial", "the model fine-tuned against a critic that learns to tell its bias, by rounds",
       [](const MethodOptions& options) { return std::make_unique<AdversarialFineTuning>(options.adversarial); }, true},
      {"reject-option", "the model as it is; near the threshold decisions favour the unprivileged group",
       [](const MethodOptions& options) {
         return std::make_unique<RejectOptionClassification>(options.reject_option);
       }},
      {"equalized-odds", "decisions kept or turned at random so that both groups' TPR and FPR are equal",
       [](const MethodOptions& options) { return std::make_unique<EqualizedOddsMethod>(options.equalized_odds); }},
      {"calibrated-equalized-odds", "scores of one group replaced at random by its base rate",
       [](const MethodOptions& options) { return std::make_unique<CalibratedEqualizedOdds>(options.calibrated); }},
  };
  return table;
}

std::unique_ptr<Method> method(std::string_view name, const MethodOptions& options) {
  std::string known;
  for (const MethodEntry& entry : methods()) {
    if (entry.name == name) return entry.make(options);
    known += fmt::format("{}{}", known.empty() ? "" : ", ", entry.name);
  }
  fail("there is no method '{}'; the methods are {}", name, known);
}

void validate(const Problem& problem) {
  fairness::validate(problem.validation);
  fairness::validate(problem.objective);
  require(problem.progress != nullptr, "debias: the problem's progress is null; leave it at no_progress()");
  const auto scores = problem.validation.scores;
  const auto bad = std::find_if(scores.begin(), scores.end(), [](double score) { return score < 0.0 || score > 1.0; });
  require(bad == scores.end(), "debias: the score of row {} is {}; scores are probabilities, in [0, 1]",
          bad - scores.begin(), bad == scores.end() ? 0.0 : *bad);
  if (problem.model == nullptr) return;
  const auto rows = static_cast<std::int64_t>(problem.validation.size());
  require(problem.features.defined() && problem.features.rank() == 2 && problem.features.size(0) == rows &&
              problem.features.size(1) == problem.model->inputs(),
          "debias: expected validation features [{}, {}], got {}", rows, problem.model->inputs(),
          problem.features.defined() ? problem.features.shape().text() : "none");
}

}  // namespace posthoc::debias
