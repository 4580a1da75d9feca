#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "data/csv_write.h"
#include "debias/decision_rule.h"

namespace posthoc::cli {

/// What a rule decides on the rows of a file.
struct Decisions {
  std::vector<double> probabilities;    ///< of a favourable decision
  std::vector<std::uint8_t> decisions;  ///< 1 favourable; drawn from (seed, row) where the probability is a fraction
};

/// Row i of `table` has score i and group i. `groups` may be empty for a rule that does not look at them. Throws
/// `Error` that names the row of a group that the rule does not know.
Decisions decide_rows(const debias::DecisionRule& rule, std::span<const double> scores,
                      std::span<const std::int32_t> groups, std::uint64_t seed, const data::Table& table);

/// Whether the rule decides on the score alone.
bool ignores_groups(const debias::DecisionRule& rule);

/// The columns "favourable_probability" and "decision", their names after `prefix`.
std::vector<data::AddedColumn> columns_of(const Decisions& decisions, const std::string& prefix);

/// Throws `Error` that says what to do if the table has a column of one of these names after `prefix`.
void require_free_names(const data::Table& table, const std::vector<std::string>& names, const std::string& prefix);

/// Throws `Error` if `output` is one of the files that a command reads.
void require_not_input(const std::string& output, const std::vector<std::string>& inputs);

}  // namespace posthoc::cli
