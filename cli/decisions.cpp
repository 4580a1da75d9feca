#include "cli/decisions.h"

#include <filesystem>

#include "base/error.h"

namespace posthoc::cli {

bool ignores_groups(const debias::DecisionRule& rule) { return std::holds_alternative<debias::Threshold>(rule); }

Decisions decide_rows(const debias::DecisionRule& rule, std::span<const double> scores,
                      std::span<const std::int32_t> groups, std::uint64_t seed, const data::Table& table) {
  debias::validate(rule);
  require(groups.size() == scores.size() || (groups.empty() && ignores_groups(rule)),
          "{}: expected a group for each of {} rows, got {}", table.source(), scores.size(), groups.size());
  Decisions result;
  for (std::size_t row = 0; row < scores.size(); ++row) {
    const std::int32_t group = groups.empty() ? 0 : groups[row];
    require(ignores_groups(rule) || group == debias::kUnprivileged || group == debias::kPrivileged,
            "{}: group {}, but the decision rule knows the groups 0 (unprivileged) and 1 (privileged) alone",
            table.where(row), group);
    result.probabilities.push_back(debias::favourable_probability(rule, scores[row], group));
    result.decisions.push_back(debias::decide(result.probabilities.back(), seed, row) ? 1 : 0);
  }
  return result;
}

void require_free_names(const data::Table& table, const std::vector<std::string>& names, const std::string& prefix) {
  for (const std::string& name : names) {
    require(!table.find_column(prefix + name),
            "{}: it has a column '{}' already; rename that one, or give --prefix TEXT for the names of the new columns",
            table.source(), prefix + name);
  }
}

std::vector<data::AddedColumn> columns_of(const Decisions& decisions, const std::string& prefix) {
  data::AddedColumn probability{prefix + "favourable_probability", {}};
  data::AddedColumn decision{prefix + "decision", {}};
  for (const double value : decisions.probabilities) probability.fields.push_back(fmt::format("{}", value));
  for (const std::uint8_t value : decisions.decisions) decision.fields.emplace_back(value == 1 ? "1" : "0");
  return {std::move(probability), std::move(decision)};
}

void require_not_input(const std::string& output, const std::vector<std::string>& inputs) {
  for (const std::string& input : inputs) {
    std::error_code status;
    require(!std::filesystem::equivalent(output, input, status),
            "{}: it is read, and would be written over; name "
            "another output",
            output);
  }
}

}  // namespace posthoc::cli
