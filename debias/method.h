#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/progress.h"
#include "debias/decision_rule.h"
#include "debias/method_options.h"
#include "fairness/objective.h"
#include "fairness/threshold.h"
#include "nn/module.h"

namespace posthoc::debias {

/// What is to be made fairer, and what fair means. The spans are borrowed.
struct Problem {
  /// The trained network; null when only its scores are at hand. A method never changes it.
  std::shared_ptr<const nn::Classifier> model;
  Tensor features;                             ///< [n, d] of the validation rows; undefined without a model
  fairness::Outcomes validation;               ///< the original model's scores, labels and groups of the same rows
  fairness::Objective objective;               ///< what to minimise
  fairness::ThresholdSearch threshold_search;  ///< how every method finds its threshold
  std::uint64_t seed = 0;
  Progress* progress = &no_progress();
};

/// One candidate that a method looked at.
struct TracePoint {
  std::int64_t step = 0;  ///< a trial or a round
  double objective = 0.0;
  double threshold = 0.0;
  fairness::Value bias = 0.0;
  fairness::Value performance = 0.0;
};

/// A figure that a method reports of itself, beyond what measures say: "lp_objective", "critic_loss".
struct Detail {
  std::string name;
  fairness::Value value = 0.0;
};

/// A debiased predictor: a model and a decision rule.
struct Debiased {
  std::shared_ptr<const nn::Classifier> model;  ///< the original one for methods that change decisions alone
  DecisionRule rule;
  std::vector<TracePoint> trace;        ///< in the order of `step`; empty for methods that try nothing
  std::int64_t best_step = 0;           ///< the trace's winner
  std::vector<std::string> notes = {};  ///< what the user has to know of this result: a bound that nothing met, say
  std::vector<Detail> details = {};
};

/// A way to make a predictor fairer. To add one: derive, and give it a row in the table of method.cpp.
class Method {
 public:
  Method() = default;
  Method(const Method&) = delete;
  Method& operator=(const Method&) = delete;
  virtual ~Method() = default;

  /// The result depends on the problem and the method's options alone, not on the number of threads. Throws `Error`
  /// on a bad problem, and when the method needs a model and there is none.
  [[nodiscard]] virtual Debiased fit(const Problem& problem) const = 0;
};

/// One row of the table of methods.
struct MethodEntry {
  std::string_view name;
  std::string_view description;
  std::function<std::unique_ptr<Method>(const MethodOptions&)> make;
  bool needs_model = false;  ///< it makes another network; scores alone are not enough
};

std::span<const MethodEntry> methods();

/// The method of this name. Throws `Error` that lists the known ones, or on bad options.
std::unique_ptr<Method> method(std::string_view name, const MethodOptions& options = {});

/// Throws `Error` unless outcomes and objective are sound, scores lie in [0, 1] and, if there is a model, it fits the
/// features and these the outcomes. Every `fit` calls it first.
void validate(const Problem& problem);

}  // namespace posthoc::debias
