#include "study/report/reasons.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "study/report/classifiers.h"
#include "study/report/our_numbers.h"

namespace posthoc::study {
namespace {

std::string in_units(const Comparison& comparison) {
  if (comparison.units) return fmt::format("{:+.1f} joint standard errors", *comparison.units);
  return fmt::format("{:+.6f}, without any spread", comparison.difference);
}

// "mean .0812 of 40, +1.2 joint standard errors: reproduced".
std::string beside_published(const Moments& ours, const PublishedNumber& number) {
  const Comparison comparison = compare(ours, number.value, number.rounding);
  return fmt::format("mean {:.4f} of {}, {}{}", ours.mean, ours.n, in_units(comparison),
                     comparison.within ? ": reproduced" : "");
}

void add_rerun(const Verdict& verdict, std::vector<std::string>& parts) {
  if (!verdict.with_rerun) return;
  const Comparison published = compare(*verdict.rerun, verdict.number.value, verdict.number.rounding);
  parts.push_back(fmt::format("the release's steps run again are {} from published, ours {} from them",
                              in_units(published), in_units(*verdict.with_rerun)));
  if (verdict.with_rerun->within && !published.within) {
    parts.emplace_back("so the published networks differ from those of either of us");
  } else if (verdict.with_rerun->within) {
    parts.emplace_back("ours agree with these, and these with published: a draw of ten networks lies between");
  }
}

// Whether the network under a cell tells rows apart at all; true where the store does not hold it.
bool network_has_learned(const Results& results, const CellKey& cell) {
  for (const NetworkEntry& entry : results.networks()) {
    const NetworkKey& key = entry.network.key;
    if (key.data == cell.data && key.seed == cell.seed && key.architecture == cell.architecture) {
      return entry.network.learned;
    }
  }
  return true;
}

Group of_networks_that_learned(const Results& results, Group group) {
  std::erase_if(group.entries, [&](const Entry* entry) { return !network_has_learned(results, entry->cell.key); });
  return group;
}

// What the draw of the networks does: further ones, and those alone that learned anything.
void add_networks(const Results& results, const Verdict& verdict, const Group& group, bool published_protocol,
                  std::vector<std::string>& parts) {
  const Select select = selector(verdict.number, published_protocol);
  const Group all = with_further(group);
  const auto of_all = sample(all, select).moments();
  if (!group.further.empty() && of_all) {
    parts.push_back(
        fmt::format("with {} further networks: {}", group.further.size(), beside_published(*of_all, verdict.number)));
  }
  const Group learned = of_networks_that_learned(results, group);
  const auto of_learned = sample(learned, select).moments();
  const std::size_t without = group.entries.size() - learned.entries.size();
  if (without == 0 || !of_learned) return;
  parts.push_back(fmt::format("{} of our {} networks learned nothing; the others alone: {}", without,
                              group.entries.size(), beside_published(*of_learned, verdict.number)));
  if (group.further.empty()) return;
  const std::size_t all_learned = of_networks_that_learned(results, all).entries.size();
  parts.push_back(
      fmt::format("of all {} networks {} learned nothing", all.entries.size(), all.entries.size() - all_learned));
}

// What each switch that was turned alone does to our number, of those that move it: from `base`, whose label a sign
// and the switch's name follow. Nothing if no switch was.
void add_switches(const Results& results, const Verdict& verdict, const std::string& base, char sign,
                  std::vector<std::string>& parts) {
  const Select select = selector(verdict.number, true);
  const auto mean_under = [&](const std::string& protocol) -> std::optional<Moments> {
    const Group* group = group_of(results, verdict.number, protocol);
    return group != nullptr ? sample(*group, select).moments() : std::nullopt;
  };
  const auto before = mean_under(base);
  if (!before) return;
  std::vector<std::string> moving;
  std::size_t tried = 0;
  for (const std::string& protocol : results.protocols()) {
    if (!protocol.starts_with(base + sign)) continue;
    const auto after = mean_under(protocol);
    if (!after) continue;
    ++tried;
    if (after->mean == before->mean) continue;
    const bool met = compare(*after, verdict.number.value, verdict.number.rounding).within;
    moving.push_back(fmt::format("{} to {:.4f}{}", protocol.substr(base.size() + 1), after->mean,
                                 met && base == kPublished ? " (reproduced)" : ""));
  }
  if (tried == 0) return;
  const std::string what =
      fmt::format("each switch turned {} alone, from {:.4f} under {}", sign == '-' ? "off" : "on", before->mean, base);
  parts.push_back(moving.empty() ? fmt::format("{}: none of {} moves it", what, tried)
                                 : fmt::format("{}: {}", what, fmt::join(moving, ", ")));
}

// Where the paper gives the same number twice, what it says there.
void add_other_place(const Verdict& verdict, std::vector<std::string>& parts) {
  const PublishedNumber& number = verdict.number;
  for (const PublishedNumber& other : published_numbers()) {
    const bool same = other.data == number.data && other.protected_attribute == number.protected_attribute &&
                      other.quantity == number.quantity && other.measure == number.measure &&
                      other.method == number.method && other.architecture == number.architecture;
    if (!same || other.place == number.place || other.value.mean == number.value.mean) continue;
    const Comparison comparison = compare(*verdict.ours, other.value, other.rounding);
    parts.push_back(fmt::format("for the same the paper has {:.4f} in {}, from which ours are {}{}", other.value.mean,
                                other.place, in_units(comparison), comparison.within ? ": reproduced" : ""));
  }
}

// What the method gives with the other options that the study runs it with.
void add_options(const Results& results, const Verdict& verdict, const Group& group, bool published_protocol,
                 std::vector<std::string>& parts) {
  for (const std::string& label : results.methods()) {
    const Group* other =
        results.find(group.key.task, group.key.objective, label, group.key.architecture, group.protocol);
    if (other == nullptr || other->method != group.method || label == group.key.method) continue;
    const auto ours = sample(*other, selector(verdict.number, published_protocol)).moments();
    if (!ours || ours->mean == verdict.ours->mean) continue;
    parts.push_back(fmt::format("with the options of {}: {}", label, beside_published(*ours, verdict.number)));
  }
}

// What the choice of a classifier's threshold does to its accuracy.
void add_coarse_threshold(const Results& results, const Verdict& verdict, const std::string& protocol,
                          std::vector<std::string>& parts) {
  const PublishedNumber& number = verdict.number;
  if (number.place != "Table 3" || number.quantity != "accuracy") return;
  const auto coarse = classifier_sample(results, number.data, number.method, kCoarseAccuracy, protocol);
  if (!coarse) return;
  parts.push_back(fmt::format("with the best of the thresholds 0, 0.01, ..., 1 in place of the best of all: {}",
                              beside_published(*coarse->moments(), number)));
}

}  // namespace

std::string reason_not_reproduced(const Results& results, const Verdict& verdict, const std::string& protocol) {
  std::vector<std::string> parts = {in_units(*verdict.with_published)};
  add_rerun(verdict, parts);
  if (verdict.degenerate > 0) {
    parts.push_back(fmt::format("{} of our {} results decide (almost) the same for everybody", verdict.degenerate,
                                verdict.ours->n));
  }
  const bool published = protocol == kPublished;
  const Group* group = verdict.number.place == "Table 3" ? nullptr : group_of(results, verdict.number, protocol);
  add_other_place(verdict, parts);
  if (group != nullptr) {
    add_networks(results, verdict, *group, published, parts);
    add_options(results, verdict, *group, published, parts);
  }
  add_coarse_threshold(results, verdict, protocol, parts);
  if (published) {
    add_switches(results, verdict, kPublished, '-', parts);
    add_switches(results, verdict, kCorrected, '+', parts);
  } else {
    parts.push_back("the protocol is another; see the verdict under " + std::string(kPublished));
  }
  return fmt::format("{}", fmt::join(parts, "; "));
}

}  // namespace posthoc::study
