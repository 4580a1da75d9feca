#include "study/report/summary.h"

#include <algorithm>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "study/report/comparisons.h"
#include "study/report/names.h"
#include "study/report/tables.h"

namespace posthoc::study {
namespace {

using Json = nlohmann::ordered_json;
using Kind = fairness::Objective::Kind;

template <typename T, typename Name>
std::string list(const std::vector<T>& things, Name&& name) {
  std::string text;
  for (std::size_t i = 0; i < things.size(); ++i) {
    text += i == 0 ? "" : i + 1 == things.size() ? " and " : ", ";
    text += name(things[i]);
  }
  return text;
}

std::string itself(const std::string& text) { return text; }

// Cells of the main protocol in which deciding the same for everybody beats the mean of a family.
std::string majority_sentence(const Results& results) {
  const std::string protocol = main_protocols(results).front();
  std::size_t cells = 0;
  std::size_t won = 0;
  for (const ObjectiveKey& objective : results.objectives(Kind::tradeoff)) {
    for (const Task& task : results.tasks()) {
      std::optional<double> majority;
      std::optional<double> lowest;
      for (const Group* group : methods_of(results, task.name, objective, results.main_architecture(), protocol)) {
        const auto mean = sample(*group, test_objective).moments();
        if (!mean) continue;
        if (group->method == "majority") {
          majority = mean->mean;
        } else if (!lowest || mean->mean < *lowest) {
          lowest = mean->mean;
        }
      }
      if (!majority || !lowest) continue;
      ++cells;
      won += *majority <= *lowest ? 1 : 0;
    }
  }
  if (cells == 0) return "";
  return fmt::format(
      "In {} of {} tasks and measures no method has a lower mean objective than deciding the same for everybody "
      "(majority).",
      won, cells);
}

std::string pooled_sentence(const Results& results, const std::vector<std::string>& methods,
                            const std::vector<std::string>& others, const std::string& text) {
  const auto pooled =
      compare_pooled(results, main_protocols(results).front(), labels_of(results, methods), labels_of(results, others));
  if (!pooled) return "";
  return fmt::format(
      "{}: {} over {} tasks and measures (mean difference of the objective, 95 % interval over seeds; below 0 the "
      "former is better).",
      text, to_text(pooled->comparison), pooled->cells);
}

std::string constrained_sentence(const Results& results) {
  // Who does not keep the bound where it was asked for is not in the running.
  constexpr double kNearlyAll = 0.9;
  const Bounded* best = nullptr;
  const std::vector<Bounded> rows = bounded(results);
  for (const Bounded& row : rows) {
    if (static_cast<double>(row.kept_on_validation) < kNearlyAll * static_cast<double>(row.networks)) continue;
    if (row.name == "majority" || row.means.empty()) continue;
    if (best == nullptr || moments(row.means).mean > moments(best->means).mean) best = &row;
  }
  if (best == nullptr) return "";
  return fmt::format(
      "Under a bound on the bias, which refusing to decide cannot win, {} has the highest mean {} on test, {:.4f}, of "
      "the methods that keep "
      "the bound on validation for nine networks of ten or more. On test the bound then holds for {} of its {}.",
      best->method, words(results.objectives(Kind::constrained).front().performance), moments(best->means).mean,
      best->kept_on_test, best->networks);
}

std::string verdict_sentence(const std::vector<Verdict>& verdicts, const std::string& protocol) {
  const std::size_t good = count(verdicts, Mark::reproduced);
  const std::size_t bad = count(verdicts, Mark::not_reproduced);
  if (good + bad == 0) return "";
  return fmt::format(
      "Under the protocol {} we reproduce {} of {} comparable published numbers within two joint standard errors.",
      protocol, good, good + bad);
}

Json verdicts_json(const std::vector<Verdict>& verdicts) {
  Json json = {{"comparable", count(verdicts, Mark::reproduced) + count(verdicts, Mark::not_reproduced)},
               {"reproduced", count(verdicts, Mark::reproduced)},
               {"not_comparable", count(verdicts, Mark::not_comparable)},
               {"not_in_store", count(verdicts, Mark::missing)},
               {"not_reproduced", Json::array()}};
  for (const Verdict& verdict : verdicts) {
    if (verdict.mark != Mark::not_reproduced) continue;
    const PublishedNumber& number = verdict.number;
    json["not_reproduced"].push_back(
        {{"where", number.place},
         {"task", number.task},
         {"quantity", number.quantity},
         {"measure", number.measure},
         {"method", number.method},
         {"ours", verdict.ours->mean},
         {"published", number.value.mean},
         {"units", verdict.with_published->units ? Json(*verdict.with_published->units) : Json()},
         {"reason", verdict.reason}});
  }
  return json;
}

}  // namespace

Findings find_out(const Results& results) {
  Findings findings{results, {verdicts(results, kPublished), verdicts(results, kCorrected)}, claims(results), 0, 0};
  for (const Entry& entry : results.entries()) {
    if (entry.cell.method == "majority") continue;
    ++findings.choosing;
    findings.degenerate_winners += is_degenerate(entry.cell) ? 1 : 0;
  }
  return findings;
}

std::string question(const Results& results) {
  std::vector<std::string> studies;
  for (const StoreContents& store : results.stores()) studies.push_back(fmt::format("\"{}\"", store.study.name));
  std::size_t networks = 0;
  for (const Group& group : results.groups()) networks = std::max(networks, group.entries.size());
  const auto objectives = [&](Kind kind) {
    return list(results.objectives(kind), [](const ObjectiveKey& objective) { return formula(objective); });
  };
  std::string text = fmt::format(
      "The study {} asks how fair a trained network's decisions can be made without training it again, and at what "
      "price. It has the tasks "
      "{}; the methods {}; {} network{} a task; and the protocol{} {}.",
      list(studies, itself), list(results.tasks(), [](const Task& task) { return task.name; }),
      list(results.methods(), itself), networks, networks == 1 ? "" : "s", results.protocols().size() == 1 ? "" : "s",
      list(main_protocols(results), itself));
  if (!results.objectives(Kind::tradeoff).empty()) {
    text +=
        fmt::format(" Every method minimises {} on validation data and is judged on test data, which it has not seen.",
                    objectives(Kind::tradeoff));
  }
  if (!results.objectives(Kind::constrained).empty())
    text += fmt::format(" Apart from that: {}.", objectives(Kind::constrained));
  return text;
}

std::vector<std::string> sentences(const Findings& findings) {
  const Results& results = findings.results;
  const std::vector<std::string> post_processing = {"reject-option", "equalized-odds", "calibrated-equalized-odds"};
  const std::vector<std::string> fine_tuning = {"random", "layerwise", "adversarial"};
  std::vector<std::string> all = {
      verdict_sentence(findings.verdicts.published, kPublished),
      verdict_sentence(findings.verdicts.corrected, kCorrected),
      fmt::format("{} of {} results decide (almost) the same for everybody: the objective rewards refusing to decide. "
                  "They are counted as "
                  "degenerate winners, and every claim below is judged with and without them.",
                  findings.degenerate_winners, findings.choosing),
      majority_sentence(results),
      pooled_sentence(results, fine_tuning, post_processing, "Fine-tuning against post-processing"),
      pooled_sentence(results, fine_tuning, {"reject-option"}, "Fine-tuning against reject option alone"),
      pooled_sentence(results, fine_tuning, {"threshold"}, "Fine-tuning against choosing the threshold alone"),
      constrained_sentence(results),
  };
  std::size_t hold = 0, part = 0, fall = 0;
  for (const Claim& claim : findings.claims) {
    hold += claim.verdict == kHolds ? 1 : 0;
    part += claim.verdict == kHoldsInPart ? 1 : 0;
    fall += claim.verdict == kDoesNotHold ? 1 : 0;
  }
  if (hold + part + fall > 0 && (!findings.verdicts.published.empty() || !findings.verdicts.corrected.empty())) {
    all.push_back(fmt::format("Of the paper's claims that could be tested {} hold, {} hold in part and {} do not.",
                              hold, part, fall));
  }
  all.erase(std::remove(all.begin(), all.end(), ""), all.end());
  return all;
}

std::string summary_json(const Findings& findings) {
  const Results& results = findings.results;
  double seconds = 0;
  std::int64_t memory = 0;
  for (const StoreContents& store : results.stores()) {
    seconds += store.wall_seconds;
    memory = std::max(memory, store.peak_rss_bytes);
  }
  Json json = {{"published", verdicts_json(findings.verdicts.published)},
               {"corrected", verdicts_json(findings.verdicts.corrected)},
               {"claims", Json::array()},
               {"seconds", seconds},
               {"peak_rss_bytes", memory},
               {"cells", results.entries().size()},
               {"degenerate_winners", findings.degenerate_winners},
               {"complete", results.missing().empty()}};
  for (const Claim& claim : findings.claims) {
    Json judgements = Json::object();
    for (const Judgement& one : claim.judgements) {
      judgements[one.protocol] = {{"verdict", one.verdict}};
      if (!one.without_degenerate.empty()) judgements[one.protocol]["without_degenerate"] = one.without_degenerate;
    }
    json["claims"].push_back({{"claim", claim.claim},
                              {"verdict", claim.verdict},
                              {"protocols", judgements},
                              {"evidence", fmt::format("{}", fmt::join(claim.evidence, " "))}});
  }
  return json.dump(2) + "\n";
}

}  // namespace posthoc::study
