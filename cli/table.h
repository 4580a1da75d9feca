#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "cli/comparison.h"

namespace posthoc::cli {

/// Rows of text under a header, columns as wide as their widest entry; the first flush left, the others right.
std::string format_table(const std::vector<std::string>& header, const std::vector<std::vector<std::string>>& rows);

/// Four digits, or "undefined".
std::string format_value(const fairness::Value& value);

/// "[-0.1000, 0.2000]", or "none".
std::string format_interval(const fairness::Interval& interval);

/// The table of predictors by objective, bias and performance on validation and, where there are such rows, on test;
/// below it what the objective is, the bias on test with its interval, and why a row is degenerate or undefined. A rule
/// that randomises stands there with its expected values.
void print_comparison(std::ostream& out, const std::vector<ComparedRow>& rows, const fairness::Objective& objective);

/// "degenerate", "infeasible", both or neither.
std::string remark_on(const ComparedRow& row);

/// Lines on what the objective is and which rows have expected values.
void print_objective(std::ostream& out, const std::vector<ComparedRow>& rows, const fairness::Objective& objective);

/// Lines on why rows are degenerate, infeasible or have an undefined objective.
void print_reasons(std::ostream& out, const std::vector<ComparedRow>& rows, const fairness::Objective& objective);

/// Three cells of a table: objective, bias and performance.
std::vector<std::string> cells_of(const debias::Evaluation& evaluation);

}  // namespace posthoc::cli
