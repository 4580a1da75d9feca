#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "debias/evaluation.h"

namespace posthoc::cli {

/// Rows of text under a header, columns as wide as their widest entry; the first flush left, the others right.
std::string format_table(const std::vector<std::string>& header, const std::vector<std::vector<std::string>>& rows);

/// Four digits, or "undefined".
std::string format_value(const fairness::Value& value);

/// One predictor in a comparison.
struct ComparedRow {
  std::string name;
  debias::DecisionRule rule;
  debias::Evaluation valid;
  debias::Evaluation test;
};

/// The table of predictors by objective, bias and performance on validation and on test; degenerate ones are marked
/// and explained below it, undefined values too.
void print_comparison(std::ostream& out, const std::vector<ComparedRow>& rows, const fairness::Objective& objective);

}  // namespace posthoc::cli
