#include <algorithm>
#include <fmt/format.h>
#include <map>

#include "study/report/comparisons.h"
#include "study/report/names.h"
#include "study/report/tables.h"

namespace posthoc::study {
namespace {

using report::Cell;
using report::quiet;
using report::Table;
using report::Tone;
using Kind = fairness::Objective::Kind;

Tone tone_of(Mark mark) {
  switch (mark) {
    case Mark::reproduced:
      return Tone::good;
    case Mark::not_reproduced:
      return Tone::bad;
    case Mark::not_comparable:
    case Mark::missing:
      break;
  }
  return Tone::quiet;
}

// With as many digits as stand in the paper.
std::string as_printed(const PublishedNumber& number) {
  const int digits = number.rounding < 1e-5 ? 6 : 3;
  if (number.value.n < 2) return fmt::format("{:.{}f}", number.value.mean, digits);
  return fmt::format("{:.{}f} ± {:.{}f}", number.value.mean, digits, number.value.std, digits);
}

std::string ours_of(const Verdict& verdict) {
  if (!verdict.ours) return "-";
  const int digits = verdict.number.rounding < 1e-5 ? 6 : 4;
  return fmt::format("{:.{}f} ± {:.{}f}", verdict.ours->mean, digits, verdict.ours->std, digits);
}

const Verdict* find(const std::vector<Verdict>& verdicts, const std::string& place, const std::string& data,
                    const std::string& protected_attribute, const std::string& quantity, const std::string& measure) {
  for (const Verdict& verdict : verdicts) {
    const PublishedNumber& number = verdict.number;
    if (number.place == place && number.data == data && number.protected_attribute == protected_attribute &&
        number.quantity == quantity && number.measure == measure) {
      return &verdict;
    }
  }
  return nullptr;
}

// The network as it is, by any of the trade-offs: its threshold does not depend on the measure.
const Group* default_group(const Results& results, const Task& task, const std::string& measure,
                           const std::string& protocol) {
  for (const ObjectiveKey& objective : results.objectives(Kind::tradeoff)) {
    if (!measure.empty() && objective.measure != measure) continue;
    for (const Group* group : methods_of(results, task.name, objective, results.main_architecture(), protocol)) {
      if (group->method == "default") return group;
    }
  }
  return nullptr;
}

}  // namespace

Table networks_table(const Results& results, const VerdictsByProtocol& verdicts) {
  const bool of_paper = !verdicts.published.empty() || !verdicts.corrected.empty();
  Table table{
      "table1-networks",
      fmt::format(
          "Bias and accuracy on test of the networks as they are (default), mean ± standard deviation over networks{}.",
          of_paper ? " (the paper's Table 1)" : ""),
      {"task", "quantity"},
      {},
      2};
  for (const std::string& protocol : main_protocols(results)) table.header.push_back(protocol + ": ours");
  if (of_paper) table.header.emplace_back("published");
  std::vector<std::string> measures;
  for (const ObjectiveKey& objective : results.objectives(Kind::tradeoff)) {
    if (std::find(measures.begin(), measures.end(), objective.measure) == measures.end())
      measures.push_back(objective.measure);
  }
  measures.emplace_back();
  for (const Task& task : results.tasks()) {
    for (const std::string& measure : measures) {
      std::vector<Cell> row = {{task.name}, {measure.empty() ? "accuracy" : measure_name(measure)}};
      bool any = false;
      for (const std::string& protocol : main_protocols(results)) {
        const Group* group = default_group(results, task, measure, protocol);
        const Sample values = group != nullptr ? sample(*group, measure.empty() ? test_accuracy : test_bias) : Sample();
        any = any || !values.empty();
        row.push_back(values.empty() ? quiet(group != nullptr ? "undefined" : "-")
                                     : Cell{plus_minus(values), values.source()});
      }
      if (of_paper) {
        const auto& some = verdicts.published.empty() ? verdicts.corrected : verdicts.published;
        const Verdict* verdict =
            find(some, "Table 1", task.data, task.protected_attribute, measure.empty() ? "accuracy" : "bias", measure);
        row.push_back(verdict != nullptr ? Cell{as_printed(verdict->number)} : quiet("-"));
      }
      if (any) table.rows.push_back(std::move(row));
    }
  }
  return table;
}

Table seconds_table(const Results& results) {
  const std::string protocol = main_protocols(results).front();
  Table table{
      "table2-seconds",
      fmt::format(
          "Seconds of a method, mean over networks and measures, on one thread (protocol {}; the paper's Table 2). "
          "Published times in brackets are of another computer and other programs.",
          protocol),
      {"method"},
      {},
      1};
  const std::vector<PublishedNumber> published = published_numbers();
  for (const Task& task : results.tasks()) table.header.push_back(task.name);
  for (const std::string& method : results.methods()) {
    std::vector<Cell> row = {{method}};
    bool any = false;
    for (const Task& task : results.tasks()) {
      double sum = 0;
      Sample lines;
      std::string name;
      for (const Group& group : results.groups()) {
        if (group.key.task != task.name || group.key.method != method || group.protocol != protocol ||
            group.key.objective.kind != Kind::tradeoff || group.key.architecture != results.main_architecture()) {
          continue;
        }
        name = group.method;
        for (const Entry* entry : group.entries) {
          sum += entry->cell.seconds;
          lines.sources.push_back(entry->source);
        }
      }
      if (lines.sources.empty()) {
        row.push_back(quiet("-"));
        continue;
      }
      any = true;
      std::string text = fmt::format("{:.3g}", sum / static_cast<double>(lines.sources.size()));
      for (const PublishedNumber& number : published) {
        if (number.place == "Table 2" && number.data == task.data && number.method == name &&
            number.protected_attribute == task.protected_attribute) {
          text += fmt::format(" ({:.3g})", number.value.mean);
        }
      }
      row.push_back({text, lines.source()});
    }
    if (any) table.rows.push_back(std::move(row));
  }
  return table;
}

Table classifiers_table(const VerdictsByProtocol& verdicts) {
  Table table{"table3-classifiers",
              "Classifiers on test, mean ± standard deviation over seeds (the paper's Table 3).",
              {"data", "quantity", "classifier", "corrected: ours", "published protocol: ours", "published",
               "difference", "mark"},
              {},
              3};
  const auto& some = verdicts.published.empty() ? verdicts.corrected : verdicts.published;
  for (std::size_t i = 0; i < some.size(); ++i) {
    const Verdict& verdict = some[i];
    if (verdict.number.place != "Table 3") continue;
    const Verdict* corrected = verdicts.corrected.empty() ? nullptr : &verdicts.corrected[i];
    if (!verdict.ours && (corrected == nullptr || !corrected->ours)) continue;
    const std::string units = verdict.with_published && verdict.with_published->units
                                  ? fmt::format("{:+.1f}", *verdict.with_published->units)
                                  : "-";
    table.rows.push_back(
        {{verdict.number.task},
         {verdict.number.quantity},
         {verdict.number.method},
         corrected != nullptr && corrected->ours ? Cell{ours_of(*corrected), corrected->source} : quiet("-"),
         verdicts.published.empty() ? quiet("-") : Cell{ours_of(verdict), verdict.source},
         {as_printed(verdict.number)},
         {units},
         {std::string(to_string(verdict.mark)), verdict.reason, tone_of(verdict.mark)}});
  }
  return table;
}

Table verdicts_table(const std::vector<Verdict>& verdicts, const std::string& protocol) {
  Table table{fmt::format("verdicts-{}", report::slug(protocol)),
              fmt::format("Every published number beside ours under the protocol {}: mean ± standard deviation, the "
                          "difference in joint "
                          "standard errors, and why a number is not reproduced or cannot be compared.",
                          protocol),
              {"where", "task", "quantity", "method", "mark", "reason", "ours", "published", "run again", "difference"},
              {},
              6};
  for (const Verdict& verdict : verdicts) {
    const PublishedNumber& number = verdict.number;
    std::string difference = "-";
    if (verdict.with_published) {
      difference = verdict.with_published->units
                       ? fmt::format("{:+.1f}", *verdict.with_published->units)
                       : fmt::format("{:+.1e} (no spread)", verdict.with_published->difference);
    }
    std::string quantity = number.quantity;
    if (!number.measure.empty()) quantity += ", " + measure_name(number.measure);
    table.rows.push_back({{number.place},
                          {number.task},
                          {quantity},
                          {number.method},
                          {std::string(to_string(verdict.mark)), "", tone_of(verdict.mark)},
                          {verdict.reason},
                          {ours_of(verdict), verdict.source},
                          {as_printed(number)},
                          verdict.rerun ? Cell{plus_minus(*verdict.rerun)} : quiet("-"),
                          {difference}});
  }
  return table;
}

Table claims_table(const std::vector<Claim>& claims) {
  Table table{"claims",
              "What the paper says, in our words, and what these results say of it. The verdict is the weaker one of "
              "the first protocol's two: with all results, and without degenerate ones.",
              {"claim", "verdict", "by protocol"},
              {},
              3};
  for (const Claim& claim : claims) {
    const Tone tone = claim.verdict == kHolds ? Tone::good : claim.verdict == kDoesNotHold ? Tone::bad : Tone::plain;
    table.rows.push_back({{claim.claim}, {claim.verdict, "", tone}, {to_text(claim.judgements)}});
  }
  return table;
}

}  // namespace posthoc::study
