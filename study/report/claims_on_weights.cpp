#include <cmath>
#include <fmt/format.h>

#include "study/report/claims.h"
#include "study/report/weights.h"

namespace posthoc::study {
namespace {

using ByTask = std::map<std::string, TaskSensitivity>;

Claim linear_law(const ByTask& tasks) {
  Claim claim{
      "A linear model of the perturbation of the weights explains the bias that it gives.",
      kNotTested,
      {},
      "the share of the variance of the decisions' SPD over perturbed networks that z . mean gradient explains, "
      "a linear model without a fit: holds if at least a half on every task, in part if on half of them",
      {}};
  std::size_t holds = 0;
  std::size_t tested = 0;
  for (const auto& [name, task] : tasks) {
    const auto mean = [&task = task](BiasResponse SensitivityResult::*bias, double (*number)(const BiasResponse&)) {
      return task.mean_response(bias, number);
    };
    const auto gradient = [](const BiasResponse& bias) { return bias.gradient_r2; };
    const double decisions = mean(&SensitivityResult::decisions, gradient);
    if (std::isnan(decisions)) continue;
    ++tested;
    holds += decisions >= 0.5 ? 1 : 0;
    claim.evidence.push_back(fmt::format(
        "{}, {} networks: the mean gradient explains {:.2f} of the decisions' SPD and {:.2f} of the scores'. Least "
        "squares, the published recipe, explains {:.2f} of the trials it learned from, {:.2f} of the same trials after "
        "shuffling, and {:.2f} of others: with more weights than trials its fit says nothing.",
        name, task.networks.size(), decisions, mean(&SensitivityResult::scores, gradient),
        mean(&SensitivityResult::decisions, [](const BiasResponse& bias) { return bias.least_norm.r2; }),
        mean(&SensitivityResult::decisions, [](const BiasResponse& bias) { return bias.permuted.r2; }),
        mean(&SensitivityResult::decisions, [](const BiasResponse& bias) { return bias.least_norm.r2_held_out; })));
  }
  claim.verdict = verdict_of_share(holds, tested);
  return claim;
}

Claim few_weights(const ByTask& tasks) {
  Claim claim{"A small fraction of the weights carries most of the bias.",
              kNotTested,
              {},
              "the share of the weights that holds half of the squared mean gradient, beside that of a direction drawn "
              "blindly: holds if it is at most a fifth of the latter on every task, in part if on half of them",
              {}};
  std::size_t holds = 0;
  std::size_t tested = 0;
  for (const auto& [name, task] : tasks) {
    const double gradient = task.mean_share_of_half("gradient");
    if (std::isnan(gradient)) continue;
    const double blind = task.blind_share_of_half();
    ++tested;
    holds += gradient <= blind / 5.0 ? 1 : 0;
    claim.evidence.push_back(
        fmt::format("{}: half of the squared mean gradient lies in {:.2f} % of the weights; of a blind direction in "
                    "{:.1f} %. Of the "
                    "fitted coefficients it lies in {:.1f} %, and in {:.1f} % after shuffling: they do not show it.",
                    name, 100.0 * gradient, 100.0 * blind, 100.0 * task.mean_share_of_half("least_norm"),
                    100.0 * task.mean_share_of_half("permuted")));
  }
  claim.verdict = verdict_of_share(holds, tested);
  return claim;
}

Claim networks_differ(const ByTask& tasks) {
  Claim claim{
      "Which weights carry the bias differs from network to network.",
      kNotTested,
      {},
      "the mean cosine between the mean gradients of two networks, beside that of shuffled fits: holds on a task "
      "if it is below 0.1; over all tasks if on every one, in part if on half of them",
      {}};
  std::size_t holds = 0;
  std::size_t tested = 0;
  for (const auto& [name, task] : tasks) {
    const SensitivityStack::Row* gradient = task.agreement("gradient");
    if (gradient == nullptr) continue;
    ++tested;
    holds += gradient->mean_cosine < 0.1 ? 1 : 0;
    std::string text =
        fmt::format("{}, {} networks: the mean cosine is {:.2f}, the singular values go from {:.2f} to {:.2f}", name,
                    gradient->singular_values.size(), gradient->mean_cosine, gradient->singular_values.front(),
                    gradient->singular_values.back());
    for (const auto& [direction, what] :
         {std::pair{"least_norm", "fitted coefficients"}, {"permuted", "shuffled fits"}}) {
      const SensitivityStack::Row* row = task.agreement(direction);
      if (row == nullptr) continue;
      text += fmt::format("; of {} {:.3f}, {:.2f} to {:.2f}", what, row->mean_cosine, row->singular_values.front(),
                          row->singular_values.back());
    }
    claim.evidence.push_back(text + ".");
  }
  claim.verdict = verdict_of_share(holds, tested);
  return claim;
}

}  // namespace

std::vector<Claim> claims_on_weights(const Results& results) {
  const ByTask tasks = read_sensitivity(results);
  if (tasks.empty()) return {};
  return {linear_law(tasks), few_weights(tasks), networks_differ(tasks)};
}

}  // namespace posthoc::study
