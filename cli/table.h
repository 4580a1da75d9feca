#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "debias/evaluation.h"
#include "fairness/bootstrap_measure.h"

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
  fairness::MeasureInterval bias_on_test;  ///< how sure the bias on test is
};

/// A rule on the rows that a method saw and on those that it did not, with the interval of its bias on the latter:
/// percentile, 95 %, 2000 resamples of seed 0: the same predictor has the same interval, whatever seed made it.
ComparedRow compare(const std::string& name, const debias::DecisionRule& rule, const fairness::Outcomes& valid,
                    const fairness::Outcomes& test, const fairness::Objective& objective);

/// "[-0.1000, 0.2000]", or "none".
std::string format_interval(const fairness::Interval& interval);

/// The table of predictors by objective, bias and performance on validation and on test; degenerate ones are marked
/// and explained below it, undefined values too, and the bias on test with its interval.
void print_comparison(std::ostream& out, const std::vector<ComparedRow>& rows, const fairness::Objective& objective);

}  // namespace posthoc::cli
