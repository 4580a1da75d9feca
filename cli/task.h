#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cli/common_options.h"
#include "cli/model_metadata.h"
#include "data/csv.h"
#include "data/dataset.h"
#include "data/prepared.h"
#include "debias/decision_rule.h"
#include "fairness/outcomes.h"
#include "nn/mlp.h"

namespace posthoc::cli {

/// The data set that the options name. Throws `Error` on unknown names, missing files and options that do not fit.
data::Dataset load_dataset(const DataOptions& options);

/// The dialect of a CSV file as the options have it: blanks around fields are no part of them.
data::CsvOptions csv_dialect(const DataOptions& options);

/// Whether `name` is that of a named data set.
bool is_named(const std::string& name);

/// One line each on what became of the rows and on the groups of an intersection; empty if there is nothing to say.
std::vector<std::string> notes_on(const data::Dataset& dataset);

/// One part with the scores of a model.
struct ScoredPart {
  std::vector<double> scores;
  const data::Part* part = nullptr;

  [[nodiscard]] fairness::Outcomes outcomes() const { return {scores, part->labels, part->groups}; }
};

ScoredPart score(const nn::Classifier& model, const data::Part& part);

/// The rule of a model that nobody debiased: the threshold of the best accuracy on validation.
debias::DecisionRule default_rule(const ScoredPart& valid, const fairness::Objective& objective,
                                  const fairness::ThresholdSearch& search);

/// What is in a model file.
struct ModelFile {
  std::shared_ptr<nn::Mlp> model;
  ModelMetadata metadata;
};

/// Throws `Error` on a file that is none, and on weights that are not finite.
ModelFile load_model(const std::string& path);

/// A model file with the data that it is to be used on, standardised by the model's own scaler if its file has one.
struct Task {
  std::shared_ptr<nn::Mlp> model;
  ModelMetadata metadata;
  data::Dataset dataset;  ///< without its features, which `prepared` holds as they are used
  std::uint32_t split_seed = 0;
  data::Prepared prepared;  ///< without the training part
  ScoredPart valid;
  ScoredPart test;
  std::vector<std::string> warnings;
};

/// Loads model and data to `device` and scores validation and test. Throws `Error` when the model's features or its
/// favourable label are not the data's.
std::unique_ptr<Task> load_task(const DataOptions& options, const std::string& model_path,
                                Device device = Device::cpu());

/// Moves the features of the parts that have any.
void move_to(data::Prepared& prepared, Device device);

}  // namespace posthoc::cli
