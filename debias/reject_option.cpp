#include "debias/reject_option.h"

#include <utility>

#include "base/error.h"
#include "fairness/reject_option.h"

namespace posthoc::debias {
namespace {

using fairness::RejectOptionGoal;
using fairness::RejectOptionResult;
using Mode = RejectOptionOptions::Mode;

// What the user has to know of a result that is not what was asked for.
std::vector<std::string> notes_on(const RejectOptionResult& result, const RejectOptionGoal& goal, Mode mode) {
  const std::string_view bias = goal.bias->name;
  const bool grid = mode == Mode::grid;
  std::vector<std::string> notes;
  if (!result.bias.defined()) {
    notes.push_back(
        fmt::format("{} is undefined, because {}; this is the best balanced accuracy", bias, result.bias.reason()));
  } else if (!result.feasible) {
    notes.push_back(fmt::format(
        "no {} brings {} within {} of {}; {}",
        grid ? "point of the grid" : (result.complete ? "pair of thresholds" : "pair of thresholds that was tried"),
        bias, goal.bound, goal.bias->fair(),
        grid ? "this is the smallest bias, which AIF360 takes then, not the nearest" : "this is the nearest"));
  }
  if (!result.performance.defined()) {
    notes.push_back(fmt::format("the balanced accuracy is undefined, because {}", result.performance.reason()));
  }
  if (!result.complete) {
    notes.push_back(fmt::format(
        "reject-option: with {} there are too many pairs of thresholds on so many rows; evenly spaced ones and "
        "the grid were tried",
        bias));
  }
  return notes;
}

}  // namespace

RejectOptionClassification::RejectOptionClassification(const RejectOptionOptions& options) : options_(options) {
  require(options.metric_bound >= 0.0 && options.metric_bound <= 1.0,
          "reject-option: the bound on the bias must lie in [0, 1], got {}", options.metric_bound);
}

Debiased RejectOptionClassification::fit(const Problem& problem) const {
  validate(problem);
  const RejectOptionGoal goal{
      problem.objective.bias,
      &fairness::find_measure("balanced_accuracy", fairness::Measure::Kind::performance),
      options_.metric_bound,
  };
  const fairness::RejectOptionSweep sweep(problem.validation);
  const bool grid = options_.mode == Mode::grid;
  const RejectOptionResult found = grid ? sweep.find_on_grid(goal) : sweep.find_exact(goal);

  Debiased debiased{
      problem.model,
      grid ? RejectOption::around(found.threshold, found.margin) : RejectOption::between(found.lower, found.upper),
      {},
      0,
      notes_on(found, goal, options_.mode),
      {}};
  debiased.details = {{"constraint_value", found.bias},
                      {"balanced_accuracy", found.performance},
                      {"feasible_points", static_cast<double>(found.feasible_found)}};
  if (grid) {
    debiased.details.push_back({"grid_index", static_cast<double>(found.grid_index)});
    debiased.details.push_back({"num_tied_optima", static_cast<double>(found.tied)});
  }
  return debiased;
}

}  // namespace posthoc::debias
