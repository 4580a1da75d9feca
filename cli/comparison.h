#pragma once

#include <optional>
#include <string>

#include "cli/common_options.h"
#include "debias/evaluation.h"
#include "fairness/bootstrap_measure.h"

namespace posthoc::cli {

/// A rule on the rows that a method saw and, if there are any, on those that it did not.
struct OnBoth {
  debias::Evaluation valid;
  std::optional<debias::Evaluation> test;
  /// How sure the bias on test is: percentile, 95 %, 2000 resamples of seed 0: the same predictor has the same
  /// interval, whatever seed made it.
  std::optional<fairness::MeasureInterval> bias_on_test;
};

/// One predictor in a comparison.
struct ComparedRow {
  std::string name;
  debias::DecisionRule rule;
  /// By the expected counts, where the rule randomises; the interval then covers what its draws add.
  OnBoth expected;
  /// Of a rule that randomises: the decisions drawn once.
  std::optional<OnBoth> drawn;
};

/// `seed` is that of the draws of a rule that randomises. Throws `Error` as `debias::evaluate` does.
ComparedRow compare(const std::string& name, const debias::DecisionRule& rule, const fairness::Outcomes& valid,
                    const std::optional<fairness::Outcomes>& test, const fairness::Objective& objective,
                    std::uint64_t seed);

/// {"rule": .., "valid": {audit block}, "test": {audit block with the bias' interval}}. Of a rule that randomises the
/// blocks are of one draw, and "expected": {"valid": .., "test": ..} has those of the expected counts. No "test"
/// without test rows.
Json predictor_json(const ComparedRow& row);

}  // namespace posthoc::cli
