#include "study/report/tables.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "study/report/comparisons.h"
#include "study/report/names.h"
#include "study/report/our_numbers.h"

namespace posthoc::study {
namespace {

using report::Cell;
using report::quiet;
using report::Table;
using report::Tone;
using Kind = fairness::Objective::Kind;

Cell cell_of(const Sample& sample) {
  if (sample.empty()) return quiet("undefined");
  std::string text = plus_minus(sample);
  if (sample.undefined > 0) text += fmt::format(" ({} undefined)", sample.undefined);
  return {text, sample.source()};
}

// "3 of 10" results that are degenerate; nothing if none is.
Cell degenerate_cell(const Group& group) {
  const auto degenerate = std::count_if(group.entries.begin(), group.entries.end(),
                                        [](const Entry* entry) { return is_degenerate(entry->cell); });
  if (degenerate == 0) return quiet("-");
  return {fmt::format("{} of {}", degenerate, group.entries.size()), "", Tone::bad};
}

const Verdict* objective_verdict(const std::vector<Verdict>& verdicts, const Group& group) {
  for (const Verdict& verdict : verdicts) {
    const PublishedNumber& number = verdict.number;
    if (number.place.starts_with("Figure 1, plots 1-3") && number.data == group.key.data &&
        number.protected_attribute == group.key.protected_attribute && number.method == group.method &&
        number.measure == group.key.objective.measure) {
      return &verdict;
    }
  }
  return nullptr;
}

// What the release run again has for a group that nothing is published of: the threshold alone.
std::optional<Moments> rerun_of_group(const Group& group, const Verdict* verdict) {
  if (verdict != nullptr) return verdict->rerun;
  const bool published = group.protocol == kPublished;
  if (!published && group.key.data == "compas" && group.key.objective.measure == "eod") return std::nullopt;
  PublishedNumber number;
  number.data = group.key.data;
  number.protected_attribute = group.key.protected_attribute;
  number.quantity = "objective";
  number.measure = group.key.objective.measure;
  number.method = group.method;
  number.architecture = group.key.architecture;
  return rerun_of(number, published);
}

Cell moments_cell(const std::optional<Moments>& moments) { return moments ? Cell{plus_minus(*moments)} : quiet("-"); }

Cell units_cell(const Verdict& verdict) {
  if (!verdict.with_published) return quiet("-");
  const Comparison& comparison = *verdict.with_published;
  const std::string text =
      comparison.units ? fmt::format("{:+.1f}", *comparison.units) : fmt::format("{:+.1e}", comparison.difference);
  if (verdict.mark == Mark::reproduced) return {text, verdict.reason, Tone::good};
  if (verdict.mark == Mark::not_reproduced) return {text, verdict.reason, Tone::bad};
  return {text, verdict.reason, Tone::quiet};
}

void add_objective_columns(std::vector<Cell>& row, const Results& results, const VerdictsByProtocol& verdicts,
                           const std::string& protocol, const Task& task, const ObjectiveKey& objective,
                           const std::string& method) {
  const bool of_paper = objective == paper_objective(objective.measure) && !verdicts.of(protocol).empty();
  const Group* group = results.find(task.name, objective, method, results.main_architecture(), protocol);
  if (group == nullptr) {
    const std::size_t columns = verdicts.of(protocol).empty() ? 2 : protocol == kPublished ? 5 : 3;
    for (std::size_t i = 0; i < columns; ++i) row.push_back(quiet(i == 0 ? "not run" : "-"));
    return;
  }
  row.push_back(cell_of(sample(*group, test_objective)));
  row.push_back(degenerate_cell(*group));
  if (verdicts.of(protocol).empty()) return;
  const Verdict* verdict = of_paper ? objective_verdict(verdicts.of(protocol), *group) : nullptr;
  row.push_back(moments_cell(of_paper ? rerun_of_group(*group, verdict) : std::nullopt));
  if (protocol != kPublished) return;
  row.push_back(verdict != nullptr ? Cell{plus_minus(verdict->number.value)} : quiet("-"));
  row.push_back(verdict != nullptr ? units_cell(*verdict) : quiet("-"));
}

std::string share(std::size_t part, std::size_t all) { return fmt::format("{} of {}", part, all); }

std::size_t kept(const Group& group, PartResult CellResult::*part) {
  return static_cast<std::size_t>(std::count_if(group.entries.begin(), group.entries.end(),
                                                [&](const Entry* entry) { return (entry->cell.*part).feasible; }));
}

Sample unfairness(const Group& group) {
  return sample(group, [](const CellResult& cell) -> std::optional<double> {
    if (!cell.test.bias) return std::nullopt;
    return std::abs(*cell.test.bias);
  });
}

const Group* by_name(const std::vector<const Group*>& groups, const std::string& method) {
  const auto found =
      std::find_if(groups.begin(), groups.end(), [&](const Group* group) { return group->method == method; });
  return found == groups.end() ? nullptr : *found;
}

Cell difference_cell(const Group* group, const Group* other, const Select& select, bool lower_is_better) {
  if (group == nullptr || other == nullptr || group == other) return quiet("-");
  const auto difference = compare_groups(*group, *other, select);
  if (!difference) return quiet("undefined");
  Cell cell{to_text(*difference), fmt::format("{} networks, sign-flip p = {:.3f}", difference->pairs, difference->p)};
  if (difference->decided()) cell.tone = (difference->mean < 0) == lower_is_better ? Tone::good : Tone::bad;
  return cell;
}

}  // namespace

std::string plus_minus(const Moments& moments) {
  if (moments.n < 2) return fmt::format("{:.4f}", moments.mean);
  return fmt::format("{:.4f} ± {:.4f}", moments.mean, moments.std);
}

std::string plus_minus(const Sample& sample) {
  const auto moments = sample.moments();
  return moments ? plus_minus(*moments) : "undefined";
}

std::vector<Table> objective_tables(const Results& results, const VerdictsByProtocol& verdicts) {
  std::vector<Table> tables;
  for (const ObjectiveKey& objective : results.objectives(Kind::tradeoff)) {
    Table table{
        fmt::format("objective-{}", objective_id(objective)),
        fmt::format(
            "{} on test, mean ± standard deviation over networks ({}). Lower is better. \"Degenerate\": results that "
            "decide "
            "(almost) the same for everybody. Difference: ours minus published in joint standard errors, shaded "
            "blue within 2, orange beyond. Point at a number for the lines of the store behind it.",
            formula(objective), to_string(results.main_architecture())),
        {"task", "method"},
        {},
        2};
    for (const std::string& protocol : main_protocols(results)) {
      table.header.push_back(protocol + ": ours");
      table.header.emplace_back("degenerate");
      if (verdicts.of(protocol).empty()) continue;
      table.header.emplace_back("run again");
      if (protocol == kPublished) table.header.insert(table.header.end(), {"published", "difference"});
    }
    for (const Task& task : results.tasks()) {
      for (const std::string& method : results.methods()) {
        std::vector<Cell> row = {{task.name}, {method}};
        bool any = false;
        for (const std::string& protocol : main_protocols(results)) {
          add_objective_columns(row, results, verdicts, protocol, task, objective, method);
          any = any || results.find(task.name, objective, method, results.main_architecture(), protocol) != nullptr;
        }
        if (any) table.rows.push_back(std::move(row));
      }
    }
    if (!table.rows.empty()) tables.push_back(std::move(table));
  }
  return tables;
}

std::vector<Table> constrained_tables(const Results& results) {
  std::vector<Table> tables;
  const std::string protocol = main_protocols(results).front();
  for (const ObjectiveKey& objective : results.objectives(Kind::constrained)) {
    Table table{
        fmt::format("constrained-{}", report::slug(objective.measure)),
        fmt::format("The {} on validation, and what becomes of it on test (protocol {}; mean ± standard deviation). "
                    "\"Against threshold\": paired difference of the {} on test with its 95 % interval.",
                    formula(objective), protocol, words(objective.performance)),
        {"task", "method", words(objective.performance), "against threshold",
         fmt::format("|{}|", measure_name(objective.measure)), "bound kept, validation", "bound kept, test", "accuracy",
         "degenerate"},
        {},
        2};
    const Select performance = [](const CellResult& cell) { return cell.test.performance; };
    for (const Task& task : results.tasks()) {
      const auto groups = methods_of(results, task.name, objective, results.main_architecture(), protocol);
      for (const Group* group : groups) {
        const std::size_t on_test = kept(*group, &CellResult::test);
        table.rows.push_back(
            {{task.name},
             {group->key.method},
             cell_of(sample(*group, performance)),
             difference_cell(group, by_name(groups, "threshold"), performance, false),
             cell_of(unfairness(*group)),
             {share(kept(*group, &CellResult::valid), group->entries.size())},
             {share(on_test, group->entries.size()), "", 2 * on_test < group->entries.size() ? Tone::bad : Tone::plain},
             cell_of(sample(*group, test_accuracy)),
             degenerate_cell(*group)});
      }
    }
    if (!table.rows.empty()) tables.push_back(std::move(table));
  }
  return tables;
}

Table constrained_overview(const Results& results) {
  const std::string protocol = main_protocols(results).front();
  Table table{
      "constrained", "", {"method", "cells", "", "bound kept, validation", "bound kept, test", "degenerate"}, {}, 1};
  const auto objectives = results.objectives(Kind::constrained);
  if (objectives.empty()) return table;
  table.header[2] = words(objectives.front().performance);
  table.caption = fmt::format(
      "The table a practitioner should read: the {}, over all {} tasks and measures (protocol {}, mean over networks "
      "and cells). "
      "Refusing to decide has a balanced accuracy of 0.5 here and wins nothing.",
      objectives.size() == 1 ? formula(objectives.front())
                             : fmt::format("best {} with the bias at most {} on validation",
                                           words(objectives.front().performance), objectives.front().weight),
      results.tasks().size() * objectives.size(), protocol);
  for (const Bounded& row : bounded(results)) {
    table.rows.push_back({{row.method},
                          {std::to_string(row.means.size())},
                          row.means.empty() ? quiet("undefined") : Cell{fmt::format("{:.4f}", moments(row.means).mean)},
                          {share(row.kept_on_validation, row.networks)},
                          {share(row.kept_on_test, row.networks)},
                          {share(row.degenerate, row.networks)}});
  }
  return table;
}

std::vector<Bounded> bounded(const Results& results) {
  std::vector<Bounded> rows;
  const std::string protocol = main_protocols(results).front();
  for (const std::string& method : results.methods()) {
    Bounded row;
    row.method = method;
    for (const ObjectiveKey& objective : results.objectives(Kind::constrained)) {
      for (const Task& task : results.tasks()) {
        const Group* group = results.find(task.name, objective, method, results.main_architecture(), protocol);
        if (group == nullptr) continue;
        row.name = group->method;
        const Sample values = sample(*group, [](const CellResult& cell) { return cell.test.performance; });
        if (const auto all = values.moments()) row.means.push_back(all->mean);
        row.networks += group->entries.size();
        row.kept_on_validation += kept(*group, &CellResult::valid);
        row.kept_on_test += kept(*group, &CellResult::test);
        for (const Entry* entry : group->entries) row.degenerate += is_degenerate(entry->cell) ? 1 : 0;
      }
    }
    if (row.networks > 0) rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<Table> paired_tables(const Results& results) {
  std::vector<Table> tables;
  for (const std::string& protocol : main_protocols(results)) {
    Table table{
        fmt::format("paired-{}", report::slug(protocol)),
        fmt::format(
            "Paired differences of the objective on test under the protocol {}: the same networks, mean and 95 % "
            "interval of Student; point at one for the number of networks and the sign-flip test. Below 0 the method "
            "is better; shaded where the interval holds no 0.",
            protocol),
        {"task", "measure", "method", "against threshold", "against default", "against majority"},
        {},
        3};
    for (const ObjectiveKey& objective : results.objectives(Kind::tradeoff)) {
      for (const Task& task : results.tasks()) {
        const auto groups = methods_of(results, task.name, objective, results.main_architecture(), protocol);
        for (const Group* group : groups) {
          if (group->method == "majority" || group->method == "default") continue;
          table.rows.push_back({{task.name},
                                {measure_name(objective.measure)},
                                {group->key.method},
                                difference_cell(group, by_name(groups, "threshold"), test_objective, true),
                                difference_cell(group, by_name(groups, "default"), test_objective, true),
                                difference_cell(group, by_name(groups, "majority"), test_objective, true)});
        }
      }
    }
    if (!table.rows.empty()) tables.push_back(std::move(table));
  }
  return tables;
}

}  // namespace posthoc::study
