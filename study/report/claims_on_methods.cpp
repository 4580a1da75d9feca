#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <map>
#include <set>

#include "study/report/claims.h"
#include "study/report/comparisons.h"
#include "study/report/names.h"

namespace posthoc::study {
namespace {

using Kind = fairness::Objective::Kind;

const std::vector<std::string> kFineTuning = {"random", "layerwise", "adversarial"};
const std::vector<std::string> kPostProcessing = {"reject-option", "equalized-odds", "calibrated-equalized-odds"};

void add(Claim& claim, const std::string& protocol, const std::string& sentence) {
  claim.evidence.push_back(fmt::format("{}: {}.", protocol, sentence));
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

// Calls `visit(objective, groups of all methods)` for every task and trade-off on the main architecture.
template <typename Visit>
void for_each_question(const Results& results, const std::string& protocol, Visit&& visit) {
  for (const ObjectiveKey& objective : results.objectives(Kind::tradeoff)) {
    for (const Task& task : results.tasks()) {
      const auto groups = methods_of(results, task.name, objective, results.main_architecture(), protocol);
      if (!groups.empty()) visit(objective, groups);
    }
  }
}

Claim bias_varies_more(const Results& results) {
  Claim claim{
      "From one training seed to the next the bias varies an order of magnitude more than the accuracy.",
      kNotTested,
      {},
      "the ratio of the two standard deviations of the network as it is (default), a ratio a task and measure: holds "
      "if the median is at least 10, in part if it is at least 3"};
  for (const std::string& protocol : main_protocols(results)) {
    std::vector<double> ratios;
    for_each_question(results, protocol, [&](const ObjectiveKey&, const std::vector<const Group*>& groups) {
      for (const Group* group : groups) {
        if (group->method != "default") continue;
        const auto bias = sample(*group, test_bias).moments();
        const auto accuracy = sample(*group, test_accuracy).moments();
        if (bias && accuracy && bias->n > 1 && accuracy->std > 0) ratios.push_back(bias->std / accuracy->std);
      }
    });
    if (ratios.empty()) continue;
    const double middle = median(ratios);
    const auto [low, high] = std::minmax_element(ratios.begin(), ratios.end());
    add(claim, protocol,
        fmt::format("the median ratio is {:.1f}, from {:.1f} to {:.1f} over {} tasks and measures", middle, *low, *high,
                    ratios.size()));
    if (claim.verdict == kNotTested) claim.verdict = middle >= 10 ? kHolds : middle >= 3 ? kHoldsInPart : kDoesNotHold;
  }
  return claim;
}

struct Sides {
  std::optional<Pooled> all;
  std::optional<Pooled> deciding;  // without degenerate results
};

Sides sides(const Results& results, const std::string& protocol, const std::vector<std::string>& methods,
            const std::vector<std::string>& others) {
  return {compare_pooled(results, protocol, methods, others),
          compare_pooled(results, protocol, methods, others, Degenerate::left_out)};
}

std::string sentence(const std::string& against, const Sides& sides) {
  const auto one = [](const Pooled& pooled) {
    return fmt::format("{}, lower in {} of {} cells", to_text(pooled.comparison), pooled.lower, pooled.cells);
  };
  return fmt::format("against {} {}; without degenerate results {}", against, one(*sides.all),
                     sides.deciding ? one(*sides.deciding) : "nothing is left");
}

bool is_lower(const std::optional<Pooled>& pooled) {
  return pooled && pooled->comparison.decided() && pooled->comparison.mean < 0;
}

// Several comparisons of one side; the verdict follows the first protocol, `corrected` where there is one.
Claim compared(const Results& results, Claim claim, const std::vector<std::string>& methods,
               const std::vector<std::pair<std::string, std::vector<std::string>>>& against) {
  for (const std::string& protocol : main_protocols(results)) {
    std::size_t lower = 0;
    std::size_t compared = 0;
    bool first_lower = false;
    for (const auto& [name, others] : against) {
      const Sides both = sides(results, protocol, labels_of(results, methods), labels_of(results, others));
      if (!both.all) continue;
      if (&name == &against.front().first) first_lower = is_lower(both.all);
      lower += is_lower(both.all) && is_lower(both.deciding) ? 1 : 0;
      ++compared;
      add(claim, protocol, sentence(name, both));
    }
    if (compared > 0 && claim.verdict == kNotTested) {
      claim.verdict = lower == compared ? kHolds : lower > 0 || first_lower ? kHoldsInPart : kDoesNotHold;
    }
  }
  return claim;
}

constexpr const char* kPairedRule =
    "the mean difference of the objective over tasks and measures with its 95 % interval over seeds, below 0 is "
    "better: holds if the interval lies below 0 against everything named, with and without degenerate "
    "results; in part if against some of it; judged under the corrected protocol where there is one";

// The methods with the lowest mean objective, how often each.
std::map<std::string, std::size_t> winners(const Results& results, const std::string& protocol,
                                           const std::set<std::string>& allowed, Degenerate degenerate,
                                           std::size_t& cells) {
  std::map<std::string, std::size_t> wins;
  cells = 0;
  for_each_question(results, protocol, [&](const ObjectiveKey&, const std::vector<const Group*>& groups) {
    const Group* best = nullptr;
    double lowest = 0;
    for (const Group* group : groups) {
      if (!allowed.contains(group->method)) continue;
      const auto mean = sample(*group, test_objective, degenerate).moments();
      if (!mean || (best != nullptr && mean->mean >= lowest)) continue;
      best = group;
      lowest = mean->mean;
    }
    if (best == nullptr) return;
    ++cells;
    ++wins[best->key.method];
  });
  return wins;
}

std::string list(const std::map<std::string, std::size_t>& wins) {
  std::string text;
  for (const auto& [name, times] : wins) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, times);
  return text;
}

std::set<std::string> methods_of_paper(bool with_baselines) {
  std::set<std::string> names(kFineTuning.begin(), kFineTuning.end());
  names.insert(kPostProcessing.begin(), kPostProcessing.end());
  if (with_baselines) names.insert({"majority", "default", "threshold"});
  return names;
}

Claim nothing_dominates(const Results& results) {
  Claim claim{"No method is the best everywhere.",
              kNotTested,
              {},
              "the method with the lowest mean objective in each task and measure: holds if no method has it in all"};
  for (const std::string& protocol : main_protocols(results)) {
    std::size_t cells = 0;
    const auto wins = winners(results, protocol, methods_of_paper(false), Degenerate::counts, cells);
    if (cells == 0) continue;
    std::size_t left = 0;
    const auto deciding = winners(results, protocol, methods_of_paper(false), Degenerate::left_out, left);
    std::size_t all = 0;
    const auto with_baselines = winners(results, protocol, methods_of_paper(true), Degenerate::counts, all);
    add(claim, protocol,
        fmt::format("of {} cells the lowest mean has {}; without degenerate results {}; with the baselines {}", cells,
                    list(wins), list(deciding), list(with_baselines)));
    if (claim.verdict == kNotTested) claim.verdict = wins.size() > 1 ? kHolds : kDoesNotHold;
  }
  return claim;
}

Claim layerwise_is_best(const Results& results) {
  Claim claim{
      "Layer-wise optimisation reaches the lowest objective of all methods in most tasks and measures.",
      kNotTested,
      {},
      "cells in which its mean is the lowest of the six methods: holds if in more than half, in part if in a quarter"};
  for (const std::string& protocol : main_protocols(results)) {
    if (labels_of(results, {"layerwise"}).empty()) break;
    std::string text;
    for (const Degenerate degenerate : {Degenerate::counts, Degenerate::left_out}) {
      std::size_t cells = 0;
      const auto wins = winners(results, protocol, methods_of_paper(false), degenerate, cells);
      if (cells == 0) continue;
      std::size_t own = 0;
      for (const std::string& label : labels_of(results, {"layerwise"}))
        own += wins.contains(label) ? wins.at(label) : 0;
      const bool first = degenerate == Degenerate::counts;
      text += fmt::format("{}in {} of {} cells", first ? "" : ", without degenerate results ", own, cells);
      if (!first || claim.verdict != kNotTested) continue;
      claim.verdict = 2 * own > cells ? kHolds : 4 * own >= cells ? kHoldsInPart : kDoesNotHold;
    }
    if (!text.empty()) add(claim, protocol, text);
  }
  return claim;
}

Claim debiasing_depends_on_seed(const Results& results) {
  Claim claim{"How hard a network is to debias depends on how its training began.",
              kNotTested,
              {},
              "the standard deviation of the objective over seeds, after each method, in percent of its mean: holds if "
              "the median "
              "over methods, tasks and measures is at least 5 %"};
  for (const std::string& protocol : main_protocols(results)) {
    std::vector<double> spreads;
    std::vector<double> before;
    for_each_question(results, protocol, [&](const ObjectiveKey&, const std::vector<const Group*>& groups) {
      for (const Group* group : groups) {
        const auto objective = sample(*group, test_objective).moments();
        if (!objective || objective->n < 2 || objective->mean <= 0) continue;
        const double spread = objective->std / objective->mean;
        if (group->method == "default") before.push_back(spread);
        if (family_of(group->method) != Family::baseline) spreads.push_back(spread);
      }
    });
    if (spreads.empty()) continue;
    const double middle = median(spreads);
    std::string text = fmt::format("{:.0f} % after debiasing", 100 * middle);
    if (!before.empty()) text += fmt::format(", {:.0f} % of the networks as they are", 100 * median(before));
    add(claim, protocol, text);
    if (claim.verdict == kNotTested) claim.verdict = middle >= 0.05 ? kHolds : kDoesNotHold;
  }
  return claim;
}

}  // namespace

std::vector<std::string> main_protocols(const Results& results) {
  std::vector<std::string> found;
  for (const char* protocol : {kCorrected, kPublished}) {
    if (results.has_protocol(protocol)) found.emplace_back(protocol);
  }
  if (found.empty()) found.push_back(results.protocols().front());
  return found;
}

std::vector<Claim> claims_on_methods(const Results& results) {
  return {
      bias_varies_more(results),
      debiasing_depends_on_seed(results),
      compared(results, {"Fine-tuning beats post-processing on average.", kNotTested, {}, kPairedRule}, kFineTuning,
               {{"the three post-processing methods", kPostProcessing},
                {"reject option alone", {"reject-option"}},
                {"choosing the threshold alone", {"threshold"}},
                {"the majority decision", {"majority"}}}),
      compared(results, {"Random perturbation is a strong baseline.", kNotTested, {}, kPairedRule}, {"random"},
               {{"the network as it is", {"default"}},
                {"adversarial fine-tuning", {"adversarial"}},
                {"choosing the threshold alone", {"threshold"}},
                {"the majority decision", {"majority"}}}),
      nothing_dominates(results),
      layerwise_is_best(results),
  };
}

std::vector<Claim> claims(const Results& results) {
  if (results.objectives(Kind::tradeoff).empty()) return {};
  std::vector<Claim> all = claims_on_methods(results);
  for (auto* more : {claims_on_settings, claims_on_weights}) {
    for (Claim& claim : more(results)) all.push_back(std::move(claim));
  }
  return all;
}

}  // namespace posthoc::study
