#include "study/report/study_report.h"

#include <algorithm>
#include <fmt/format.h>

#include "base/error.h"
#include "base/file.h"
#include "report/html.h"
#include "report/markdown.h"
#include "report/render.h"
#include "study/report/summary.h"
#include "study/report/tables.h"
#include "study/report/weights.h"
#include "study/study_file.h"

namespace posthoc::study {
namespace {

namespace fs = std::filesystem;
using report::Callout;
using report::Document;
using report::Figure;
using report::Heading;
using report::List;
using report::Paragraph;
using report::Table;
using report::Tone;

template <typename Blocks>
void add_all(Document& document, const Blocks& blocks) {
  for (const auto& block : blocks) document.add(block);
}

void add_if(Document& document, const std::optional<report::Figure>& figure) {
  if (figure) document.add(*figure);
}

void add_rows(Document& document, const report::Table& table) {
  if (!table.rows.empty()) document.add(table);
}

void add_summary(Document& document, const Findings& findings) {
  const Results& results = findings.results;
  document.add(Heading{"Summary"});
  const std::vector<std::string> missing = results.missing();
  if (!missing.empty()) {
    document.add(Callout{fmt::format("The study is not finished, and this report speaks of what is there. Missing: {}.",
                                     fmt::join(missing, "; ")),
                         Tone::bad});
  }
  for (const StoreContents& store : results.stores()) {
    for (const std::string& warning : store.warnings)
      document.add(Callout{fmt::format("Warning: {}", warning), Tone::bad});
  }
  document.add(Paragraph{question(results)});
  document.add(List{sentences(findings)});
  add_if(document, verdict_figure(findings.verdicts));
  add_if(document, paired_figure(results));
  add_if(document, constrained_figure(results));
}

void add_constrained(Document& document, const Results& results) {
  if (results.objectives(fairness::Objective::Kind::constrained).empty()) return;
  document.add(Heading{"The table a practitioner should read"});
  document.add(
      Paragraph{"The paper's objective can be won by deciding the same for everybody. Here it cannot: every method "
                "looks for the best performance among "
                "the decisions whose bias is within a bound on the validation rows. Whether the bound then holds on "
                "rows that nobody has seen is the other "
                "half of the answer."});
  add_rows(document, constrained_overview(results));
  add_all(document, constrained_tables(results));
}

void add_claims(Document& document, const std::vector<Claim>& claims) {
  if (claims.empty()) return;
  document.add(Heading{"The paper's claims"});
  document.add(claims_table(claims));
  for (const Claim& claim : claims) {
    if (claim.verdict == kNotTested) continue;  // the table has said so
    document.add(Heading{claim.claim, 3});
    const Tone tone = claim.verdict == kHolds ? Tone::good : claim.verdict == kDoesNotHold ? Tone::bad : Tone::plain;
    const std::string by_protocol = to_text(claim.judgements);
    document.add(Callout{fmt::format("Verdict: {}{}. Decided by {}.", claim.verdict,
                                     by_protocol.empty() ? "" : " (" + by_protocol + ")", claim.rule),
                         tone});
    document.add(List{claim.evidence});
  }
}

void add_tradeoffs(Document& document, const Findings& findings) {
  const Results& results = findings.results;
  const auto figures = objective_figures(results, findings.verdicts);
  if (figures.empty()) return;
  document.add(Heading{"The objective (Figure 1, plots 1-3)"});
  add_all(document, figures);
  add_all(document, objective_tables(results, findings.verdicts));
  document.add(Heading{"Paired comparisons"});
  document.add(
      Paragraph{"Networks differ more than methods do. Comparing two methods on the same networks takes that out of "
                "the difference; two bars side by side do "
                "not."});
  add_all(document, paired_tables(results));
  document.add(Heading{"Bias against accuracy (Figure 1, plots 4-6)"});
  add_all(document, plane_figures(results, findings.verdicts));
  const auto architectures = architecture_figures(results, findings.verdicts);
  if (architectures.empty()) return;
  document.add(Heading{"Other networks (Figure 1, plots 7-8)"});
  add_all(document, architectures);
}

void add_verdicts(Document& document, const VerdictsByProtocol& verdicts) {
  if (verdicts.published.empty() && verdicts.corrected.empty()) return;
  document.add(Heading{"Every published number"});
  document.add(
      Paragraph{"A number counts as reproduced if ours lies within two joint standard errors of it, sqrt(s1^2 / n1 + "
                "s2^2 / n2), plus half a unit of its last "
                "digit; without any spread on either side, if the two agree to 1e-6. One in twenty differs by more "
                "than that although nothing is wrong."});
  for (const char* protocol : {kPublished, kCorrected}) {
    if (!verdicts.of(protocol).empty()) document.add(verdicts_table(verdicts.of(protocol), protocol));
  }
}

void add_settings(Document& document, const Results& results) {
  document.add(Heading{"Every setting"});
  for (const StoreContents& store : results.stores()) {
    document.add(Heading{fmt::format("Study {}", store.study.name), 3});
    std::vector<std::string> facts = {fmt::format("{} finished cells, {} networks, {} further records",
                                                  store.cells.size(), store.networks.size(), store.others.size())};
    if (store.wall_seconds > 0) {
      facts.push_back(fmt::format("{:.0f} s in all, on {} threads in the last run; at most {:.0f} MB of memory",
                                  store.wall_seconds, store.threads, static_cast<double>(store.peak_rss_bytes) / 1e6));
    }
    document.add(List{facts});
    document.add(report::Verbatim{to_toml(store.study)});
  }
}

void make_folder(const fs::path& folder) {
  std::error_code status;
  fs::create_directories(folder, status);
  require(fs::is_directory(folder), "cannot write a report to {}: {}", folder.string(),
          status ? status.message() : "it is no folder");
}

std::set<std::string> names_of(const report::Drawings& drawings) {
  std::set<std::string> names;
  for (const auto& [name, drawing] : drawings) names.insert(name);
  return names;
}

void write_tables(const std::vector<report::Data>& data, const fs::path& folder, bool cells) {
  make_folder(folder);
  for (const report::Data& one : data) {
    if (cells || one.id != "cells") write_file(folder / (one.id + ".csv"), report::to_csv(one));
  }
}

void add_weights(Document& document, const Results& results) {
  const Table table = sensitivity_table(results);
  if (table.rows.empty()) return;
  document.add(Heading{"Which weights carry the bias (Figure 2)"});
  document.add(Paragraph{
      "The paper fits a linear model from a thousand random perturbations of a network's weights to the SPD that they "
      "give. A network has more weights than there are trials, so such a model fits any biases, shuffled ones too; "
      "what it says of other trials, and the mean gradient, which needs no fit, tell what of it is a law."});
  document.add(table);
  for (const Figure& figure : sensitivity_figures(results)) document.add(figure);
}

}  // namespace

StudyReport make_report(const Results& results) {
  const Findings findings = find_out(results);
  StudyReport report;
  Document& document = report.document;
  document.title = fmt::format("Study: {}", results.stores().front().study.name);
  add_summary(document, findings);
  add_constrained(document, results);
  add_claims(document, findings.claims);
  add_tradeoffs(document, findings);
  document.add(Heading{"Networks, times and other classifiers (Tables 1-3)"});
  add_rows(document, networks_table(results, findings.verdicts));
  add_rows(document, seconds_table(results));
  add_rows(document, classifiers_table(findings.verdicts));
  add_weights(document, results);
  if (results.protocols().size() > 1 || results.has_protocol(kPublished)) {
    document.add(Heading{"The switches of the published protocol"});
    document.add(switches_table(results));
  }
  add_verdicts(document, findings.verdicts);
  add_settings(document, results);

  report.page = plain_page(findings);
  report.summary = summary_json(findings);
  report.findings = sentences(findings);
  report.data = {groups_data(results), cells_data(results), verdicts_data(findings.verdicts), paired_data(results),
                 claims_data(findings.claims)};
  return report;
}

std::vector<std::string> write_report(const StudyReport& written, const fs::path& folder) {
  make_folder(folder / "figures");
  const report::Rendered drawings = report::render(written.document);
  const Document document = report::with_notes(written.document, drawings.notes);
  for (const auto& [name, svg] : drawings.svg) write_file(folder / "figures" / (name + ".svg"), svg);
  for (const auto& [name, pdf] : drawings.pdf) write_file(folder / "figures" / (name + ".pdf"), pdf);
  write_tables(written.data, folder / "tables", true);
  write_file(folder / "report.md", report::to_markdown(document, "figures", names_of(drawings.svg)));
  write_file(folder / "summary.json", written.summary);
  write_file(folder / "report.html", report::to_html(document, drawings.svg));
  return drawings.notes;
}

std::vector<std::string> write_docs(const StudyReport& written, const fs::path& folder, const std::string& made_by) {
  make_folder(folder / "figures");
  const report::Rendered drawings = report::render(written.document);
  for (const auto& [name, svg] : drawings.svg) write_file(folder / "figures" / (name + ".svg"), svg);
  write_tables(written.data, folder / "tables", false);
  write_file(folder / "summary.json", written.summary);
  write_file(folder / "report.md", report::to_markdown(written.document, "figures", names_of(drawings.svg)));
  Document page = written.page;
  page.add(Heading{"How this was made"});
  page.add(report::Verbatim{made_by});
  write_file(folder / "README.md", report::to_markdown(page, "figures", names_of(drawings.svg)));
  return drawings.notes;
}

}  // namespace posthoc::study
