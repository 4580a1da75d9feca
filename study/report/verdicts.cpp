#include "study/report/verdicts.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "study/report/classifiers.h"
#include "study/report/our_numbers.h"
#include "study/report/reasons.h"

namespace posthoc::study {
namespace {

// Why a number cannot be held against a run under `corrected`; empty if it can.
std::string incomparable_when_corrected(const PublishedNumber& number) {
  if (number.method == "equalized-odds")
    return "published bars are of the true labels, ours of the network's decisions";
  if (number.method == "calibrated-equalized-odds") {
    return "published with the cost 'weighted' and mix rates as found, ours with the false positive rate and rates in "
           "[0, 1]";
  }
  if (number.data != "compas") return "";
  if (number.method == "reject-option") return "published ones were given the score of the unfavourable label";
  if (number.measure == "eod") return "of those who would not reoffend, where the published one is of those who would";
  return "";
}

void set_ours(const Results& results, const std::string& protocol, Verdict& verdict) {
  if (verdict.number.place == "Table 3") {
    const std::optional<Sample> sample =
        classifier_sample(results, verdict.number.data, verdict.number.method, verdict.number.quantity, protocol);
    if (!sample) return;
    verdict.ours = sample->moments();
    verdict.source = sample->source();
    return;
  }
  const Group* group = group_of(results, verdict.number, protocol);
  if (group == nullptr) return;
  if (verdict.number.quantity == "seconds") {
    const Sample times = sample(*group, [](const CellResult& cell) { return std::optional(cell.seconds); });
    verdict.ours = times.moments();
    verdict.source = times.source();
    return;
  }
  const Sample values = sample(*group, selector(verdict.number, protocol == kPublished));
  verdict.ours = values.moments();
  verdict.source = values.source();
  for (const Entry* entry : group->entries) verdict.degenerate += is_degenerate(entry->cell) ? 1 : 0;
}

void judge(const Results& results, const std::string& protocol, Verdict& verdict) {
  const PublishedNumber& number = verdict.number;
  std::string incomparable = number.incomparable;
  if (incomparable.empty() && protocol != kPublished) incomparable = incomparable_when_corrected(number);
  if (verdict.ours && verdict.ours->n > 0 && number.quantity != "seconds") {
    verdict.with_published = compare(*verdict.ours, number.value, number.rounding);
    if (verdict.rerun) verdict.with_rerun = compare(*verdict.ours, *verdict.rerun, 0.0);
  }
  if (!incomparable.empty()) {
    verdict.mark = Mark::not_comparable;
    verdict.reason = incomparable;
  } else if (!verdict.with_published) {
    verdict.mark = Mark::missing;
    verdict.reason = "nothing in the store to hold against it";
  } else if (verdict.with_published->within) {
    verdict.mark = Mark::reproduced;
  } else {
    verdict.mark = Mark::not_reproduced;
    verdict.reason = reason_not_reproduced(results, verdict, protocol);
  }
}

}  // namespace

std::string_view to_string(Mark mark) {
  switch (mark) {
    case Mark::reproduced:
      return "reproduced";
    case Mark::not_reproduced:
      return "not reproduced";
    case Mark::not_comparable:
      return "not comparable";
    case Mark::missing:
      break;
  }
  return "not in the store";
}

std::vector<Verdict> verdicts(const Results& results, const std::string& protocol) {
  const auto of_paper = [](const Task& task) { return !paper_task(task.data, task.protected_attribute).empty(); };
  const bool any = std::any_of(results.tasks().begin(), results.tasks().end(), of_paper);
  if (!any || !results.has_protocol(protocol)) return {};
  std::vector<Verdict> all;
  for (const PublishedNumber& number : published_numbers()) {
    Verdict verdict;
    verdict.number = number;
    set_ours(results, protocol, verdict);
    // The rerun counts label 1 as the release does, which for EOD on COMPAS is another question than ours.
    const bool other_question = protocol != kPublished && number.data == "compas" && number.measure == "eod";
    if (!other_question) verdict.rerun = rerun_of(number, protocol == kPublished);
    judge(results, protocol, verdict);
    all.push_back(std::move(verdict));
  }
  return all;
}

std::size_t count(const std::vector<Verdict>& verdicts, Mark mark) {
  return static_cast<std::size_t>(
      std::count_if(verdicts.begin(), verdicts.end(), [&](const Verdict& one) { return one.mark == mark; }));
}

}  // namespace posthoc::study
