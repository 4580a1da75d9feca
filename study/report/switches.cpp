#include <algorithm>
#include <fmt/format.h>
#include <map>

#include "study/report/comparisons.h"
#include "study/report/tables.h"

namespace posthoc::study {
namespace {

using report::Cell;
using report::Table;
using report::Tone;

// What each switch of `protocol_switches()` does, in a sentence.
const std::map<std::string_view, const char*> kSentences = {
    {"equalized_odds_on_labels",
     "Equalized odds are fitted on and applied to the true labels, not the network's decisions, so its bars do not "
     "depend on the "
     "network; the older linear program has each group's share of the data where its base rate belongs."},
    {"compas_unfavourable_scores",
     "On COMPAS the favourable label is not to reoffend, but post-processing is given the probability of reoffending, "
     "and the "
     "measures count that label."},
    {"random_keeps_original_weights",
     "Random perturbation remembers its best weights by reference, and the next trial overwrites them: what is "
     "evaluated are the "
     "original weights with the best trial's threshold, unless the last trial was the best."},
    {"random_without_original",
     "The network as it is counts as no trial of random perturbation, so that the result can be worse than it."},
    {"training_keeps_last_epoch",
     "Early stopping remembers the best weights by reference too, so training ends with those of its last epoch."},
    {"adversarial_keeps_last_round",
     "Adversarial fine-tuning ends with the weights of its last round, not of the best one."},
    {"adversarial_with_dropout",
     "Adversarial fine-tuning chooses its threshold, and is evaluated, in training mode: with dropout at work, and the "
     "statistics of "
     "the evaluated batch."},
    {"calibrated_cost_weighted",
     "Calibrated equalized odds were run with the cost 'weighted', where the released settings say false positive "
     "rate."},
    {"calibrated_mix_rates_as_found",
     "Mix rates outside [0, 1] are used as they are: a negative one mixes nothing, one above 1 everything."},
    {"empty_cell_is_zero", "A rate over no rows counts as 0, so that a method can lower its bias by emptying a cell."},
    {"searches_on_grids",
     "Thresholds are looked for on 501 or 1001 equally spaced points, compared in float32, and reject option's on "
     "AIF360's grid, where the "
     "exact search looks at every one that matters."},
};

struct Effect {
  std::string method;
  PairedComparison comparison;  // a pair a seed: the mean over tasks and measures
  std::size_t changed = 0;      // cells that are not the same
  std::size_t cells = 0;
};

// The objective of one method under two protocols, on the same networks' seeds.
std::optional<Effect> effect_on(const Results& results, const std::string& method, const std::string& turned,
                                const std::string& base) {
  Effect effect{method, {}, 0, 0};
  std::map<std::uint64_t, std::pair<std::vector<double>, std::vector<double>>> by_seed;
  for (const Group& group : results.groups()) {
    const CellKey& key = group.key;
    if (group.protocol != turned || key.method != method || key.objective.kind != fairness::Objective::Kind::tradeoff)
      continue;
    const Group* other = results.find(key.task, key.objective, method, key.architecture, base);
    if (other == nullptr) continue;
    const Sample on = sample(group, test_objective);
    const Sample off = sample(*other, test_objective);
    for (std::size_t i = 0; i < on.seeds.size(); ++i) {
      const auto found = std::find(off.seeds.begin(), off.seeds.end(), on.seeds[i]);
      if (found == off.seeds.end()) continue;
      const double before = off.values[static_cast<std::size_t>(found - off.seeds.begin())];
      by_seed[on.seeds[i]].first.push_back(on.values[i]);
      by_seed[on.seeds[i]].second.push_back(before);
      ++effect.cells;
      effect.changed += on.values[i] != before ? 1 : 0;
    }
  }
  if (by_seed.empty()) return std::nullopt;
  std::vector<double> with;
  std::vector<double> without;
  for (const auto& [seed, both] : by_seed) {
    with.push_back(moments(both.first).mean);
    without.push_back(moments(both.second).mean);
  }
  effect.comparison = compare_paired(with, without);
  return effect;
}

}  // namespace

Table switches_table(const Results& results) {
  Table table{"switches",
              "What the published code does otherwise than the paper describes, and what each switch does alone: the "
              "change of the mean "
              "objective on test over the tasks and measures that were run with it, with a 95 % interval over seeds. "
              "Above 0 the switch "
              "makes the objective worse.",
              {"switch", "what it does", "turned", "method", "cells changed", "change of the objective"},
              {},
              4};
  for (const ProtocolSwitch& one : protocol_switches()) {
    const std::string name(one.name);
    const auto sentence = kSentences.find(one.name);
    const std::string what = sentence != kSentences.end() ? sentence->second : "";
    bool any = false;
    const std::pair<std::string, std::string> ways[] = {{fmt::format("{}+{}", kCorrected, name), kCorrected},
                                                        {fmt::format("{}-{}", kPublished, name), kPublished}};
    for (const auto& [turned, base] : ways) {
      if (!results.has_protocol(turned) || !results.has_protocol(base)) continue;
      for (const std::string& method : results.methods()) {
        const auto effect = effect_on(results, method, turned, base);
        if (!effect || effect->changed == 0) continue;
        table.rows.push_back(
            {{any ? "" : name},
             {any ? "" : what},
             {fmt::format("{} {}", base == kCorrected ? "on, from" : "off, from", base)},
             {method},
             {fmt::format("{} of {}", effect->changed, effect->cells)},
             {to_text(effect->comparison), "", effect->comparison.decided() ? Tone::plain : Tone::quiet}});
        any = true;
      }
      if (!any) {
        table.rows.push_back({{name},
                              {what},
                              {base == kCorrected ? "on, from corrected" : "off, from published"},
                              report::quiet("none"),
                              {"0"},
                              {"no cell that was run changes"}});
        any = true;
      }
    }
    if (!any) table.rows.push_back({{name}, {what}, {"-"}, {"-"}, {"-"}, report::quiet("was not turned alone")});
  }
  return table;
}

}  // namespace posthoc::study
