#include <fmt/core.h>
#include <memory>

#include "base/error.h"
#include "base/file.h"
#include "cli/commands.h"
#include "cli/difference.h"
#include "cli/fitted.h"
#include "cli/json_blocks.h"
#include "cli/progress_bar.h"
#include "cli/small_groups.h"
#include "cli/table.h"
#include "cli/task.h"
#include "debias/method.h"
#include "nn/model_file.h"

namespace posthoc::cli {
namespace {

struct Options {
  OutputOptions output;
  DataOptions data;
  ObjectiveOptions objective;
  MethodFlags methods;
  std::string model;
  std::string method;
  std::string output_model;
  std::uint64_t seed = 0;
  int min_group = 30;
};

constexpr const char* original_name = "default";  // the baseline that is the model as it came

struct Outcome {
  Fitted fitted;
  ComparedRow row;
  ScoredPart test;
};

Outcome run(const std::string& name, const Options& options, const Task& task, const debias::Problem& problem) {
  Fitted fitted = fit(name, options.methods.options(), problem);
  const ScoredPart valid = score(*fitted.result.model, task.prepared.valid);
  ScoredPart test = score(*fitted.result.model, task.prepared.test);
  ComparedRow row =
      compare(name, fitted.result.rule, valid.outcomes(), test.outcomes(), problem.objective, options.seed);
  return {std::move(fitted), std::move(row), std::move(test)};
}

Json result_json(const Outcome& outcome, const std::vector<Outcome>& baselines,
                 const std::vector<fairness::DifferenceInterval>& differences, const Options& options, const Task& task,
                 const debias::Problem& problem, const std::vector<std::string>& left_out, const Context& context) {
  Json json = provenance_json(context, options.seed);
  json["data"] = data_json(task.dataset, task.split_seed);
  json["method"] = outcome.row.name;
  put_objective(problem.objective, json);
  json["threshold_search"] = fairness::to_string(problem.threshold_search);
  json.update(predictor_json(outcome.row));
  if (!differences.empty()) json["difference"] = difference_json(differences, original_name);
  json["baselines"] = Json::object();
  for (const Outcome& baseline : baselines) json["baselines"][baseline.row.name] = predictor_json(baseline.row);
  json["warnings"] = task.warnings;
  json["not_optimised_for"] = left_out;
  put_fitted(outcome.fitted, options.methods, json);
  return json;
}

void save(const Outcome& outcome, const Options& options, const Task& task, const Context& context) {
  const auto model = std::dynamic_pointer_cast<const nn::Mlp>(outcome.fitted.result.model);
  require(model != nullptr, "--method {}: its network is of a kind that no file holds", outcome.fitted.method);
  const ModelMetadata metadata{task.dataset.feature_names,
                               task.prepared.scaler,
                               task.dataset.name,
                               task.dataset.checksum,
                               task.dataset.protected_attribute,
                               task.dataset.favorable_label,
                               task.split_seed,
                               outcome.fitted.result.rule,
                               provenance_json(context, options.seed).dump()};
  nn::save_mlp(*model, to_strings(metadata), options.output_model);
}

void debias_model(const Options& options, const Context& context) {
  options.output.begin();
  if (!options.output_model.empty()) require_writable(options.output_model);
  static_cast<void>(debias::method(options.method, options.methods.options()));  // a bad name or option fails early
  options.methods.require_of(options.method);

  const fairness::Objective objective = options.objective.objective();
  const fairness::ThresholdSearch search = options.objective.search();
  const auto task = load_task(options.data, options.model);
  ProgressBar bar(context.err, stderr_is_terminal());
  debias::Problem problem;
  problem.model = task->model;
  problem.features = task->prepared.valid.features.to(task->model->options().dtype);
  problem.validation = task->valid.outcomes();
  problem.objective = objective;
  problem.threshold_search = search;
  problem.seed = options.seed;
  if (!options.output.quiet) problem.progress = &bar;

  std::vector<Outcome> baselines;
  for (const char* name : {"majority", original_name}) baselines.push_back(run(name, options, *task, problem));
  const auto large = without_small_groups(*task, options.min_group);
  debias::Problem counted = problem;
  if (large) {
    counted.features = large->features;
    counted.validation = large->counted.outcomes();
  }
  const Outcome outcome = run(options.method, options, *task, counted);
  if (!options.output_model.empty()) save(outcome, options, *task, context);
  std::vector<fairness::DifferenceInterval> differences;
  if (options.method != original_name) {
    const Outcome& original = baselines.back();
    differences = difference_on_test(original.test, original.fitted.result.rule, outcome.test,
                                     outcome.fitted.result.rule, objective);
  }

  if (std::ostream* out = options.output.table(context)) {
    std::vector<ComparedRow> rows;
    for (const Outcome& baseline : baselines) rows.push_back(baseline.row);
    if (options.method != "majority" && options.method != "default") rows.push_back(outcome.row);
    for (const std::string& note : notes_on(task->dataset)) *out << note << "\n";
    if (large) {
      for (const std::string& note : large->notes) *out << note << "\n";
    }
    print_comparison(*out, rows, objective);
    print_difference(*out, differences, options.method, original_name);
    print_notes(*out, outcome.fitted);
    for (const std::string& warning : task->warnings) *out << "warning: " << warning << "\n";
    *out << fmt::format("{}: {:.2f} s\n", options.method, outcome.fitted.seconds);
    if (!options.output_model.empty()) *out << "model: " << options.output_model << "\n";
  }
  options.output.write(result_json(outcome, baselines, differences, options, *task, problem,
                                   large ? large->left_out : std::vector<std::string>{}, context),
                       context);
}

}  // namespace

void add_debias_command(CLI::App& app, const Context& context) {
  CLI::App* command = app.add_subcommand("debias", "Make a model's decisions fairer");
  const auto options = std::make_shared<Options>();
  options->data.add_to(*command);
  command->add_option("--model", options->model, "Model file")->required()->type_name("FILE");
  command->add_option("--method", options->method, "Method: " + names_of(debias::methods()))
      ->type_name("METHOD")
      ->required();
  command->add_option("-o,--output", options->output_model, "Model file to write, with its decision rule")
      ->type_name("FILE")
      ->check(require_named);
  command->add_option("--seed", options->seed, "Seed of the method")->check(CLI::NonNegativeNumber);
  command
      ->add_option("--min-group", options->min_group,
                   "Groups of several --protected with fewer validation rows are reported but not optimised for")
      ->check(CLI::Range(1, 1000000));
  options->methods.add_to(*command);
  options->objective.add_to(*command);
  options->output.add_to(*command);
  command->footer(
      "Example:\n  posthoc debias --data synthetic --protected group --model model.safetensors "
      "--method random --measure spd");
  command->callback([options, context] { debias_model(*options, context); });
}

}  // namespace posthoc::cli
