#include "cli/debias_run.h"

#include "base/error.h"
#include "cli/json_blocks.h"
#include "nn/model_file.h"

namespace posthoc::cli {

std::vector<std::string> DebiasTask::notes() const {
  std::vector<std::string> notes = notes_on(task->dataset);
  if (large) notes.insert(notes.end(), large->notes.begin(), large->notes.end());
  return notes;
}

DebiasTask load_problem(const DebiasOptions& options, Progress& progress) {
  debias::Problem problem;
  problem.objective = options.objective.objective();
  problem.threshold_search = options.objective.search();
  problem.seed = options.seed;
  problem.progress = &progress;
  DebiasTask loaded;
  loaded.task = load_task(options.data, options.model, options.device.device());
  const Task& task = *loaded.task;
  problem.model = task.model;
  problem.features = task.prepared.valid.features.to(task.model->options().dtype);
  problem.validation = task.valid.outcomes();
  loaded.everybody = problem;
  loaded.counted = problem;
  loaded.large = without_small_groups(task, options.min_group);
  if (loaded.large) {
    loaded.counted.features = loaded.large->features;
    loaded.counted.validation = loaded.large->counted.outcomes();
  }
  return loaded;
}

DebiasRun run_method(const std::string& name, const DebiasOptions& options, const Task& task,
                     const debias::Problem& problem) {
  Fitted fitted = fit(name, options.methods.options(), problem);
  const bool changed = fitted.result.model != task.model;  // else its scores are known
  const ScoredPart valid = changed ? score(*fitted.result.model, task.prepared.valid) : task.valid;
  ScoredPart test = changed ? score(*fitted.result.model, task.prepared.test) : task.test;
  ComparedRow row =
      compare(name, fitted.result.rule, valid.outcomes(), test.outcomes(), problem.objective, options.seed);
  return {std::move(fitted), std::move(row), std::move(test)};
}

Json head_json(const DebiasOptions& options, const DebiasTask& task, const Context& context) {
  Json json = provenance_json(context, options.seed);
  json["data"] = data_json(task.task->dataset, task.task->split_seed);
  json["method"] = options.method;
  put_objective(task.everybody.objective, json);
  json["threshold_search"] = fairness::to_string(task.everybody.threshold_search);
  return json;
}

void compare_with(const DebiasRun& original, const fairness::Objective& objective, DebiasRun& run) {
  run.difference = difference_on_test(original.test, original.row.rule, run.test, run.row.rule, objective);
}

Json run_json(const DebiasRun& run, const DebiasOptions& options) {
  Json json = predictor_json(run.row);
  if (!run.difference.empty()) json["difference"] = difference_json(run.difference, kOriginal);
  put_fitted(run.fitted, options.methods, json);
  return json;
}

void save(const DebiasRun& run, const DebiasOptions& options, const Task& task, const Context& context) {
  const auto model = std::dynamic_pointer_cast<const nn::Mlp>(run.fitted.result.model);
  require(model != nullptr, "--method {}: its network is of a kind that no file holds", run.fitted.method);
  const ModelMetadata metadata{task.dataset.feature_names,
                               task.prepared.scaler,
                               task.dataset.name,
                               task.dataset.checksum,
                               task.dataset.protected_attribute,
                               task.dataset.favorable_label,
                               task.split_seed,
                               run.row.rule,
                               provenance_json(context, options.seed).dump(),
                               task.dataset.encoding};
  nn::save_mlp(*model, to_strings(metadata), options.output_model);
}

}  // namespace posthoc::cli
