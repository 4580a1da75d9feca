#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/comparison.h"
#include "cli/difference.h"
#include "cli/fitted.h"
#include "cli/small_groups.h"
#include "cli/task.h"

namespace posthoc::cli {

struct DebiasOptions {
  OutputOptions output;
  DataOptions data;
  ObjectiveOptions objective;
  MethodFlags methods;
  std::string model;
  std::string method;
  std::string output_model;
  std::string report;  ///< HTML page; "" none
  std::uint64_t seed = 0;
  int min_group = 30;
  DeviceOption device;
};

/// The baseline that is the model as it came.
inline constexpr const char* kOriginal = "default";

/// The problem that a command line poses, with all that it borrows from.
struct DebiasTask {
  std::unique_ptr<Task> task;
  std::optional<LargeGroups> large;
  debias::Problem everybody;  ///< of all validation rows, for the baselines
  debias::Problem counted;    ///< without the groups that are too small to optimise for

  /// Lines on the data and on groups that are left out.
  [[nodiscard]] std::vector<std::string> notes() const;
};

DebiasTask load_problem(const DebiasOptions& options, Progress& progress);

/// A method's result and how it does on validation and test.
struct DebiasRun {
  Fitted fitted;
  ComparedRow row;
  ScoredPart test;
  std::vector<fairness::DifferenceInterval> difference = {};  ///< to the original model, if it is another
};

/// Works out the difference to the original model.
void compare_with(const DebiasRun& original, const fairness::Objective& objective, DebiasRun& run);

DebiasRun run_method(const std::string& name, const DebiasOptions& options, const Task& task,
                     const debias::Problem& problem);

/// The entries "version" to "threshold_search" of the JSON.
Json head_json(const DebiasOptions& options, const DebiasTask& task, const Context& context);

/// The block of one method: rule, audits, difference, options, notes, details, seconds.
Json run_json(const DebiasRun& run, const DebiasOptions& options);

/// Writes the debiased model with its rule to --output. Throws `Error` if its network is of a kind that no file holds.
void save(const DebiasRun& run, const DebiasOptions& options, const Task& task, const Context& context);

/// `--method all`: every method of the table, compared.
void debias_with_all(const DebiasOptions& options, const Context& context);

}  // namespace posthoc::cli
