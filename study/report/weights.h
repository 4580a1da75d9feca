#pragma once

#include <map>
#include <string>
#include <vector>

#include "report/document.h"
#include "study/report/results.h"
#include "study/sensitivity.h"

// The paper's Figure 2: how the bias answers to perturbed weights, and which weights carry it (docs/sensitivity.md).

namespace posthoc::study {

/// What the results say of one task.
struct TaskSensitivity {
  std::vector<SensitivityResult> networks;  ///< at least one
  std::vector<SensitivityStack> stacks;     ///< of the same networks, if they are several
  Sample lines;                             ///< where they stand; it has no values

  /// Of the first stack; null if there is none or it has no such direction.
  [[nodiscard]] const SensitivityStack::Row* agreement(const std::string& direction) const;
  /// The mean over the networks for which `number` is no NaN; NaN if there is none.
  template <typename Number>
  [[nodiscard]] double mean(Number&& number) const;
  /// That of a number of a bias' response, where there is a response.
  [[nodiscard]] double mean_response(BiasResponse SensitivityResult::*bias,
                                     double (*number)(const BiasResponse&)) const;
  /// The mean share of all coordinates that hold half of a direction's squared length.
  [[nodiscard]] double mean_share_of_half(const std::string& direction) const;
  /// The same of a direction drawn blindly.
  [[nodiscard]] double blind_share_of_half() const;
};

/// By the tasks' names; empty where the studies did not ask.
std::map<std::string, TaskSensitivity> read_sensitivity(const Results& results);

/// A column a task. Without rows if there is none.
report::Table sensitivity_table(const Results& results);

/// The sorted magnitudes of three directions, and the singular values of the networks' stacked directions.
std::vector<report::Figure> sensitivity_figures(const Results& results);

template <typename Number>
double TaskSensitivity::mean(Number&& number) const {
  double sum = 0.0;
  double count = 0.0;
  for (const SensitivityResult& network : networks) {
    const double value = number(network);
    if (value != value) continue;
    sum += value;
    ++count;
  }
  return sum / count;
}

}  // namespace posthoc::study
