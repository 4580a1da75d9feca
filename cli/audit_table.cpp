#include "cli/audit_table.h"

#include <fmt/format.h>

#include "cli/json_blocks.h"
#include "cli/table.h"

namespace posthoc::cli {
namespace {

using Kind = fairness::Measure::Kind;

std::vector<std::string> group_row(const fairness::GroupAudit& group, const std::string& label) {
  std::vector<std::string> row = {label, fmt::format("{:.0f}", group.cells.n())};
  for (const fairness::Value& value : {group.base_rate, group.selection_rate, group.tpr, group.fpr}) {
    row.push_back(format_value(value));
  }
  for (const char* name : {"PPV", "ACC"}) {
    const auto& statistic = fairness::find_statistic(name);
    row.push_back(format_value(group.statistics[static_cast<std::size_t>(&statistic - fairness::statistics().data())]));
  }
  return row;
}

void print_groups(std::ostream& out, const fairness::Audit& audit, const std::vector<std::string>& names) {
  std::vector<std::vector<std::string>> rows;
  for (const fairness::GroupAudit& group : audit.groups) {
    rows.push_back(group_row(group, group_label(group.group, names)));
  }
  rows.push_back(group_row(audit.all, "all"));
  out << format_table({"group", "rows", "base rate", "selection rate", "TPR", "FPR", "PPV", "accuracy"}, rows);
}

std::string interval_text(const fairness::Interval& interval) {
  return interval.defined() ? fmt::format("[{:.4f}, {:.4f}]", interval.low, interval.high) : "none";
}

std::string pair_text(const fairness::MeasuredValue& measured, const std::vector<std::string>& names) {
  if (!measured.worst_pair) return "";
  return group_label(measured.worst_pair->first, names) + " / " + group_label(measured.worst_pair->second, names);
}

}  // namespace

std::string group_label(int group, const std::vector<std::string>& names) {
  const auto index = static_cast<std::size_t>(group);
  if (index < names.size()) return fmt::format("{} {}", group, names[index]);
  if (!names.empty() || group > 1) return std::to_string(group);
  return group == 0 ? "0 unprivileged" : "1 privileged";
}

void print_audit(std::ostream& out, const fairness::Audit& audit,
                 const std::vector<fairness::MeasureInterval>& intervals, const std::vector<std::string>& group_names) {
  print_groups(out, audit, group_names);
  const bool many = audit.groups.size() > 2;
  std::string notes;
  for (const bool bias : {true, false}) {
    std::vector<std::vector<std::string>> rows;
    for (std::size_t i = 0; i < audit.measures.size(); ++i) {
      const fairness::MeasuredValue& measured = audit.measures[i];
      if (stands_with_bias(*measured.measure) != bias) continue;
      const std::string name(measured.measure->long_name);
      std::vector<std::string> row = {name, format_value(measured.value)};
      if (!measured.value.defined()) notes += fmt::format("undefined: {}: {}\n", name, measured.value.reason());
      if (!intervals.empty()) {
        const fairness::Interval& interval = intervals[i].interval;
        row.push_back(measured.value.defined() ? interval_text(interval) : "");
        if (measured.value.defined() && !interval.defined()) {
          notes += fmt::format("no interval: {}: {}\n", name, interval.reason);
        }
      }
      if (bias && many) row.push_back(pair_text(measured, group_names));
      rows.push_back(std::move(row));
    }
    std::vector<std::string> header = {bias ? "bias" : "performance", "value"};
    if (!intervals.empty()) header.push_back(fmt::format("{:g} % interval", 100 * intervals[0].interval.level));
    if (bias && many) header.emplace_back("most unfair pair");
    out << "\n" << format_table(header, rows);
  }
  out << "\n"
      << (many ? "differences: the largest gap between two groups; ratios: the smallest of two groups\n"
               : "differences: group 0 minus group 1, 0 is fair; ratios: group 0 over group 1, 1 is fair\n");
  std::string losses;
  for (const fairness::MeasuredValue& measured : audit.measures) {
    if (measured.measure->kind != Kind::loss) continue;
    losses += (losses.empty() ? "" : ", ") + std::string(measured.measure->long_name);
  }
  out << "lower is better: " << losses << "\n" << notes;
}

std::vector<std::string> small_group_warnings(const fairness::Audit& audit, int smallest,
                                              const std::vector<std::string>& group_names) {
  std::vector<std::string> warnings;
  std::string empty;
  for (const fairness::GroupAudit& group : audit.groups) {
    const fairness::CellCounts& cells = group.cells;
    if (cells.n() == 0) {
      empty += (empty.empty() ? "" : ", ") + group_label(group.group, group_names);
    } else if (std::min(cells.positives(), cells.negatives()) < smallest) {
      warnings.push_back(fmt::format(
          "group {} is small: {:.0f} rows, {:.0f} favourable and {:.0f} unfavourable "
          "labels; rates over fewer than {} rows say little",
          group_label(group.group, group_names), cells.n(), cells.positives(), cells.negatives(), smallest));
    }
  }
  if (!empty.empty())
    warnings.insert(warnings.begin(), "no rows in group " + empty + ": nothing can be compared with it");
  return warnings;
}

}  // namespace posthoc::cli
