#include "study/report/verdicts.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "study/report/classifiers.h"
#include "study/report/names.h"

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

// The bias of SPD and AOD changes its sign with the label that counts as favourable.
double sign_of(const PublishedNumber& number, bool published_protocol) {
  return number.quantity == "bias" && number.data == "compas" && !published_protocol ? -1.0 : 1.0;
}

Select selector(const PublishedNumber& number, bool published_protocol) {
  if (number.quantity == "objective") return test_objective;
  if (number.quantity == "accuracy") return test_accuracy;
  const double sign = sign_of(number, published_protocol);
  return [sign](const CellResult& cell) -> std::optional<double> {
    if (!cell.test.bias) return std::nullopt;
    return sign * *cell.test.bias;
  };
}

// Our group for a number. Its measure may be any where it plays no part: the accuracy of a network as it is.
const Group* group_of(const Results& results, const PublishedNumber& number, const std::string& protocol) {
  const std::string task = task_name(results, number.data, number.protected_attribute);
  for (const char* measure : {"spd", "eod", "aod"}) {
    if (!number.measure.empty() && number.measure != measure) continue;
    // The first label of the method: the study may run it with several options.
    for (const std::string& label : results.methods()) {
      const Group* group = results.find(task, paper_objective(measure), label, number.architecture, protocol);
      if (group != nullptr && group->method == number.method) return group;
    }
  }
  return nullptr;
}

void set_ours(const Results& results, const std::string& protocol, Verdict& verdict) {
  const bool published_protocol = protocol == kPublished;
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
  const Sample values = sample(*group, selector(verdict.number, published_protocol));
  verdict.ours = values.moments();
  verdict.source = values.source();
  for (const Entry* entry : group->entries) verdict.degenerate += is_degenerate(entry->cell) ? 1 : 0;
}

std::string in_units(const Comparison& comparison) {
  if (comparison.units) return fmt::format("{:+.1f} joint standard errors", *comparison.units);
  return fmt::format("{:+.6f}, without any spread", comparison.difference);
}

// The protocols with one switch less than `published` under which the number is met, of those that were run.
std::vector<std::string> switches_that_mend(const Results& results, const Verdict& verdict) {
  std::vector<std::string> mending;
  for (const std::string& protocol : results.protocols()) {
    const std::string prefix = std::string(kPublished) + "-";
    if (!protocol.starts_with(prefix)) continue;
    const Group* group = group_of(results, verdict.number, protocol);
    if (group == nullptr) continue;
    const auto ours = sample(*group, selector(verdict.number, true)).moments();
    if (ours && compare(*ours, verdict.number.value, verdict.number.rounding).within) {
      mending.push_back(protocol.substr(prefix.size()));
    }
  }
  return mending;
}

// What each switch that was turned on alone does to our number, of those that move it.
std::vector<std::string> switches_that_move(const Results& results, const Verdict& verdict) {
  std::vector<std::string> moving;
  const Group* base = group_of(results, verdict.number, kCorrected);
  if (base == nullptr) return moving;
  const auto before = sample(*base, selector(verdict.number, true)).moments();
  const std::string prefix = std::string(kCorrected) + "+";
  for (const std::string& protocol : results.protocols()) {
    if (!before || !protocol.starts_with(prefix)) continue;
    const Group* group = group_of(results, verdict.number, protocol);
    const auto after = group != nullptr ? sample(*group, selector(verdict.number, true)).moments() : std::nullopt;
    if (!after || after->mean == before->mean) continue;
    moving.push_back(
        fmt::format("{} from {:.4f} to {:.4f}", protocol.substr(prefix.size()), before->mean, after->mean));
  }
  return moving;
}

// What was tried and seen, not what may be.
std::string reason_not_reproduced(const Results& results, const Verdict& verdict, const std::string& protocol) {
  std::vector<std::string> parts = {in_units(*verdict.with_published)};
  if (verdict.with_rerun) {
    const Comparison published_rerun = compare(*verdict.rerun, verdict.number.value, verdict.number.rounding);
    parts.push_back(fmt::format("the release's steps run again are {} from published, ours {} from them",
                                in_units(published_rerun), in_units(*verdict.with_rerun)));
    if (verdict.with_rerun->within && !published_rerun.within) {
      parts.emplace_back("so the published networks differ from those of either of us");
    } else if (verdict.with_rerun->within) {
      parts.emplace_back("ours agree with these, and these with published: a draw of ten networks lies between");
    }
  }
  if (verdict.degenerate > 0) {
    parts.push_back(fmt::format("{} of our {} results decide (almost) the same for everybody", verdict.degenerate,
                                verdict.ours->n));
  }
  if (protocol == kPublished) {
    const std::vector<std::string> mending = switches_that_mend(results, verdict);
    std::string list;
    for (const std::string& name : mending) list += (list.empty() ? "" : ", ") + name;
    if (!mending.empty()) parts.push_back("met when this switch alone is turned off: " + list);
    const std::vector<std::string> moving = switches_that_move(results, verdict);
    if (!moving.empty()) {
      parts.push_back(fmt::format("switches that move it when turned on alone: {}", fmt::join(moving, ", ")));
    }
  } else {
    parts.push_back("the protocol is another; see the verdict under " + std::string(kPublished));
  }
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : "; ") + part;
  return text;
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

ObjectiveKey paper_objective(const std::string& measure) {
  return {measure, "accuracy", fairness::Objective::Kind::tradeoff, 0.75};
}

std::string task_name(const Results& results, const std::string& data, const std::string& protected_attribute) {
  for (const Task& task : results.tasks()) {
    if (task.data == data && task.protected_attribute == protected_attribute) return task.name;
  }
  return "";
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
