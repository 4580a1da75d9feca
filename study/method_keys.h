#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "debias/method_options.h"
#include "study/study.h"

// The options of the methods as keys of a study file, once for reading and for writing.

namespace posthoc::study {

/// The names of an enumeration's values.
template <typename Enum>
using Names = std::vector<std::pair<std::string_view, Enum>>;

/// Calls `visit(key, member)` for each option of the method, of type std::int64_t, double or bool, and
/// `visit(key, member, names)` for one that is a choice. The threshold of equalized odds is absent here: unset, it has
/// no number.
template <typename Choice, typename Visit>
void visit_options(Choice& choice, Visit&& visit) {
  auto& options = choice.options;
  if (choice.name == "random") {
    visit("trials", options.random.trials);
    visit("sigma", options.random.sigma);
    visit("original", options.random.include_original);
  } else if (choice.name == "layerwise") {
    using Acquisition = debias::LayerwiseOptions::Acquisition;
    visit("calls", options.layerwise.calls);
    visit("initial_points", options.layerwise.initial_points);
    visit("box", options.layerwise.box);
    visit("local_share", options.layerwise.local_share);
    visit("candidates", options.layerwise.candidates);
    visit("beta", options.layerwise.beta);
    visit("acquisition", options.layerwise.acquisition,
          Names<Acquisition>{{"lcb", Acquisition::lower_confidence_bound}, {"ei", Acquisition::expected_improvement}});
    visit("batch_norm", options.layerwise.batch_norm);
  } else if (choice.name == "adversarial") {
    visit("rounds", options.adversarial.rounds);
    visit("critic_steps", options.adversarial.critic_steps);
    visit("actor_steps", options.adversarial.actor_steps);
    visit("batch", options.adversarial.batch);
    visit("learning_rate", options.adversarial.learning_rate);
  } else if (choice.name == "reject-option") {
    using Mode = debias::RejectOptionOptions::Mode;
    visit("mode", options.reject_option.mode, Names<Mode>{{"exact", Mode::exact}, {"grid", Mode::grid}});
    visit("metric_bound", options.reject_option.metric_bound);
  } else if (choice.name == "calibrated-equalized-odds") {
    using Cost = debias::CalibratedOptions::Cost;
    visit("cost", options.calibrated.cost,
          Names<Cost>{{"fpr", Cost::fpr}, {"fnr", Cost::fnr}, {"weighted", Cost::weighted}});
  }
}

}  // namespace posthoc::study
