#include <algorithm>
#include <fmt/format.h>

#include "study/report/comparisons.h"
#include "study/report/names.h"
#include "study/report/summary.h"
#include "study/report/tables.h"

namespace posthoc::study {
namespace {

using Kind = fairness::Objective::Kind;

// How many results of a method's name are degenerate, over the trade-offs of a protocol.
std::pair<std::size_t, std::size_t> degenerate_of(const Results& results, const std::string& protocol,
                                                  const std::string& method) {
  std::size_t degenerate = 0;
  std::size_t all = 0;
  for (const Group& group : results.groups()) {
    if (group.method != method || group.protocol != protocol || group.key.objective.kind != Kind::tradeoff) continue;
    for (const Entry* entry : group.entries) {
      ++all;
      degenerate += is_degenerate(entry->cell) ? 1 : 0;
    }
  }
  return {degenerate, all};
}

std::string degenerate_sentence(const Results& results) {
  std::string text;
  for (const std::string& protocol : main_protocols(results)) {
    std::string counts;
    for (const char* method : {"threshold", "random", "layerwise", "adversarial", "reject-option"}) {
      const auto [degenerate, all] = degenerate_of(results, protocol, method);
      if (all > 0) counts += fmt::format("{}{} {} of {}", counts.empty() ? "" : ", ", method, degenerate, all);
    }
    if (!counts.empty()) text += fmt::format(" Under {}: {}.", protocol, counts);
  }
  return text;
}

// Whether the twelve bars of equalized odds are the published ones to six digits.
std::string equalized_odds_sentence(const std::vector<Verdict>& verdicts) {
  std::size_t met = 0;
  std::size_t all = 0;
  for (const Verdict& verdict : verdicts) {
    const PublishedNumber& number = verdict.number;
    if (number.method != "equalized-odds" || !number.place.starts_with("Figure 1, plots 1-3") || !verdict.ours)
      continue;
    ++all;
    met += verdict.mark == Mark::reproduced ? 1 : 0;
  }
  if (all == 0) return "";
  return fmt::format(" With the labels in their place we meet {} of its {} bars to six digits, without any network.",
                     met, all);
}

}  // namespace

report::Document plain_page(const Findings& findings) {
  const Results& results = findings.results;
  report::Document page;
  page.title = "What the paper's results are made of";
  page.add(report::Paragraph{
      "\"Post-Hoc Methods for Debiasing Neural Networks\" (Savani, White, Govindarajulu, 2020) takes a trained network "
      "and makes its "
      "decisions fairer without its training data. It compares three methods that change the network's weights with "
      "three that change its "
      "decisions alone, on three data sets. This page says what its numbers turn out to be made of when everything is "
      "run again. Every "
      "number on it comes from the study whose tables and figures lie beside it; report.md has all of them."});

  page.add(report::Heading{"Do the numbers come out again?", 2});
  std::vector<std::string> first;
  for (const std::string& sentence : sentences(findings)) {
    if (sentence.starts_with("Under the protocol")) first.push_back(sentence);
  }
  if (!first.empty()) page.add(report::List{first});
  page.add(
      report::Paragraph{"The protocol \"published\" does what the code published with the paper does; \"corrected\" "
                        "does what the paper describes. "
                        "The switches between the two are in the table of switches, each with what it does alone."});

  page.add(report::Heading{"What the objective rewards", 2});
  page.add(report::Paragraph{
      "Methods minimise 0.75 |bias| + 0.25 (1 - accuracy). A classifier that decides the same for everybody has no "
      "bias, and pays only a "
      "quarter of the share of people it is wrong about. On these data that price is low, so a search that is good at "
      "minimising the objective "
      "tends to end there: at a threshold above, or below, nearly every score. Such results are marked degenerate." +
      degenerate_sentence(results)});
  for (const std::string& sentence : sentences(findings)) {
    if (sentence.starts_with("In ")) page.add(report::Paragraph{sentence});
  }

  page.add(report::Heading{"What the bars of post-processing are", 2});
  page.add(
      report::Paragraph{"Equalized odds were applied to the true labels instead of the network's decisions: the bars "
                        "are of labels with some flipped, which is why "
                        "their accuracy is far above the network's and why they have no spread." +
                        equalized_odds_sentence(findings.verdicts.published)});
  page.add(
      report::Paragraph{"On COMPAS the favourable outcome is not to reoffend, but reject option and calibrated "
                        "equalized odds were given the probability of "
                        "reoffending as if it were that of the favourable outcome: they worked against the network's "
                        "own scores, and calibrated equalized odds "
                        "turned its decisions round."});

  page.add(report::Heading{"What fine-tuning adds to a threshold", 2});
  for (const std::string& sentence : sentences(findings)) {
    if (sentence.starts_with("Fine-tuning")) page.add(report::Paragraph{sentence});
  }
  page.add(report::Paragraph{
      "Every method ends with a search for the best threshold. The row \"threshold\" does only that, on the unchanged "
      "network; what fine-tuning "
      "adds is the difference to this row on the same networks, not to the network as it was trained."});

  page.add(report::Heading{"What somebody who has to decide should look at", 2});
  for (const std::string& sentence : sentences(findings)) {
    if (sentence.starts_with("Under a bound")) page.add(report::Paragraph{sentence});
  }
  const report::Table overview = constrained_overview(results);
  if (!overview.rows.empty()) page.add(overview);

  page.add(report::Heading{"The paper's claims", 2});
  page.add(claims_table(findings.claims));
  return page;
}

}  // namespace posthoc::study
