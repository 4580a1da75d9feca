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
      "if the median is at least 10, in part if it is at least 3",
      {}};
  const auto ratios = [&](const std::string& protocol, Degenerate degenerate) {
    std::vector<double> found;
    for_each_question(results, protocol, [&](const ObjectiveKey&, const std::vector<const Group*>& groups) {
      for (const Group* group : groups) {
        if (group->method != "default") continue;
        const auto bias = sample(*group, test_bias, degenerate).moments();
        const auto accuracy = sample(*group, test_accuracy, degenerate).moments();
        if (bias && accuracy && bias->n > 1 && accuracy->std > 0) found.push_back(bias->std / accuracy->std);
      }
    });
    std::sort(found.begin(), found.end());
    return found;
  };
  const auto verdict = [](const std::vector<double>& found) -> std::string {
    if (found.empty()) return kNotTested;
    return median(found) >= 10 ? kHolds : median(found) >= 3 ? kHoldsInPart : kDoesNotHold;
  };
  for (const std::string& protocol : main_protocols(results)) {
    const std::vector<double> all = ratios(protocol, Degenerate::counts);
    if (all.empty()) continue;
    const std::vector<double> deciding = ratios(protocol, Degenerate::left_out);
    add(claim, protocol,
        fmt::format("the median ratio is {:.1f}, from {:.1f} to {:.1f} over {} tasks and measures; without degenerate "
                    "results {}",
                    median(all), all.front(), all.back(), all.size(),
                    deciding.empty() ? "nothing is left"
                                     : fmt::format("{:.1f}, from {:.1f} to {:.1f}", median(deciding), deciding.front(),
                                                   deciding.back())));
    claim.judge(protocol, verdict(all), verdict(deciding));
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

// Several comparisons of one side.
Claim compared(const Results& results, Claim claim, const std::vector<std::string>& methods,
               const std::vector<std::pair<std::string, std::vector<std::string>>>& against) {
  for (const std::string& protocol : main_protocols(results)) {
    std::size_t compared = 0;
    std::size_t lower = 0;
    std::size_t compared_deciding = 0;
    std::size_t lower_deciding = 0;
    for (const auto& [name, others] : against) {
      const Sides both = sides(results, protocol, labels_of(results, methods), labels_of(results, others));
      if (!both.all) continue;
      ++compared;
      lower += is_lower(both.all) ? 1 : 0;
      compared_deciding += both.deciding ? 1 : 0;
      lower_deciding += is_lower(both.deciding) ? 1 : 0;
      add(claim, protocol, sentence(name, both));
    }
    if (compared == 0) continue;
    constexpr double kAny = 0.0;
    claim.judge(protocol, verdict_of_share(lower, compared, kAny),
                verdict_of_share(lower_deciding, compared_deciding, kAny));
  }
  return claim;
}

constexpr const char* kPairedRule =
    "the mean difference of the objective over tasks and measures with its 95 % interval over seeds, below 0 is "
    "better: holds if the interval lies below 0 against everything named, in part if against some of it";

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
              "the method with the lowest mean objective in each task and measure: holds if no method has it in all",
              {}};
  const auto verdict = [](const std::map<std::string, std::size_t>& wins) -> std::string {
    return wins.empty() ? kNotTested : wins.size() > 1 ? kHolds : kDoesNotHold;
  };
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
    claim.judge(protocol, verdict(wins), verdict(deciding));
  }
  return claim;
}

Claim layerwise_is_best(const Results& results) {
  Claim claim{
      "Layer-wise optimisation reaches the lowest objective of all methods in most tasks and measures.",
      kNotTested,
      {},
      "cells in which its mean is the lowest of the six methods: holds if in more than half, in part if in a quarter",
      {}};
  const std::vector<std::string> labels = labels_of(results, {"layerwise"});
  for (const std::string& protocol : main_protocols(results)) {
    std::vector<std::string> texts;
    std::vector<std::string> verdicts;
    for (const Degenerate degenerate : {Degenerate::counts, Degenerate::left_out}) {
      std::size_t cells = 0;
      const auto wins = winners(results, protocol, methods_of_paper(false), degenerate, cells);
      std::size_t own = 0;
      for (const std::string& label : labels) own += wins.contains(label) ? wins.at(label) : 0;
      texts.push_back(fmt::format("{} of {} cells", own, cells));
      verdicts.emplace_back(cells == 0         ? kNotTested
                            : 2 * own > cells  ? kHolds
                            : 4 * own >= cells ? kHoldsInPart
                                               : kDoesNotHold);
    }
    if (labels.empty() || verdicts[0] == kNotTested) continue;
    add(claim, protocol, fmt::format("in {}, without degenerate results in {}", texts[0], texts[1]));
    claim.judge(protocol, verdicts[0], verdicts[1]);
  }
  return claim;
}

Claim debiasing_depends_on_seed(const Results& results) {
  Claim claim{"How hard a network is to debias depends on how its training began.",
              kNotTested,
              {},
              "the standard deviation of the objective over seeds, after each method, in percent of its mean: holds if "
              "the median over methods, tasks and measures is at least 5 %",
              {}};
  // Of the methods, and of the networks as they are.
  const auto spreads = [&](const std::string& protocol, Degenerate degenerate) {
    std::pair<std::vector<double>, std::vector<double>> found;
    for_each_question(results, protocol, [&](const ObjectiveKey&, const std::vector<const Group*>& groups) {
      for (const Group* group : groups) {
        const auto objective = sample(*group, test_objective, degenerate).moments();
        if (!objective || objective->n < 2 || objective->mean <= 0) continue;
        const double spread = objective->std / objective->mean;
        if (family_of(group->method) != Family::baseline) found.first.push_back(spread);
        if (group->method == "default") found.second.push_back(spread);
      }
    });
    return found;
  };
  const auto verdict = [](const std::vector<double>& found) -> std::string {
    return found.empty() ? kNotTested : median(found) >= 0.05 ? kHolds : kDoesNotHold;
  };
  for (const std::string& protocol : main_protocols(results)) {
    const auto [after, before] = spreads(protocol, Degenerate::counts);
    if (after.empty()) continue;
    const auto [after_deciding, before_deciding] = spreads(protocol, Degenerate::left_out);
    std::string text = fmt::format("{:.0f} % after debiasing", 100 * median(after));
    if (!after_deciding.empty())
      text += fmt::format(", without degenerate results {:.0f} %", 100 * median(after_deciding));
    if (!before.empty()) text += fmt::format(", {:.0f} % of the networks as they are", 100 * median(before));
    add(claim, protocol, text);
    claim.judge(protocol, verdict(after), verdict(after_deciding));
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
      compared(results, {"Fine-tuning beats post-processing on average.", kNotTested, {}, kPairedRule, {}}, kFineTuning,
               {{"the three post-processing methods", kPostProcessing},
                {"reject option alone", {"reject-option"}},
                {"choosing the threshold alone", {"threshold"}},
                {"the majority decision", {"majority"}}}),
      compared(results, {"Random perturbation is a strong baseline.", kNotTested, {}, kPairedRule, {}}, {"random"},
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
