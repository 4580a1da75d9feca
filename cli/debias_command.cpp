#include <chrono>
#include <fmt/core.h>
#include <memory>

#include "base/file.h"
#include "cli/commands.h"
#include "cli/difference.h"
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
  debias::MethodOptions method_options;
  std::string model;
  std::string method;
  std::string output_model;
  std::uint64_t seed = 0;
  int min_group = 30;
};

constexpr const char* original_name = "default";  // the baseline that is the model as it came

struct Outcome {
  ComparedRow row;
  ScoredPart test;
  debias::Debiased result;
  double seconds = 0.0;
};

Outcome fit(const std::string& name, const Options& options, const Task& task, const debias::Problem& problem) {
  const auto start = std::chrono::steady_clock::now();
  debias::Debiased result = debias::method(name, options.method_options)->fit(problem);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const ScoredPart valid = score(*result.model, task.prepared.valid);
  ScoredPart test = score(*result.model, task.prepared.test);
  ComparedRow row = compare(name, result.rule, valid.outcomes(), test.outcomes(), problem.objective);
  return {std::move(row), std::move(test), std::move(result), seconds};
}

Json predictor_json(const ComparedRow& row) {
  Json json = {{"rule", rule_json(row.rule)},
               {"valid", audit_json(row.valid, row.rule)},
               {"test", audit_json(row.test, row.rule)}};
  put_intervals({row.bias_on_test}, json["test"]);
  return json;
}

Json result_json(const Outcome& outcome, const std::vector<Outcome>& baselines,
                 const std::vector<fairness::DifferenceInterval>& differences, const Options& options, const Task& task,
                 const debias::Problem& problem, const std::vector<std::string>& left_out, const Context& context) {
  Json json = provenance_json(context, options.seed);
  json["data"] = data_json(task.dataset, task.split_seed);
  json["method"] = outcome.row.name;
  put_objective(problem.objective, json);
  json["threshold_search"] = fairness::to_string(problem.threshold_search);
  if (options.method == "random") {
    const debias::RandomOptions& random = options.method_options.random;
    json["options"] = {{"trials", random.trials}, {"sigma", random.sigma}, {"original", random.include_original}};
    json["best_trial"] = outcome.result.best_step;
  }
  json.update(predictor_json(outcome.row));
  if (!differences.empty()) json["difference"] = difference_json(differences, original_name);
  json["baselines"] = Json::object();
  for (const Outcome& baseline : baselines) json["baselines"][baseline.row.name] = predictor_json(baseline.row);
  json["warnings"] = task.warnings;
  json["not_optimised_for"] = left_out;
  json["seconds"] = outcome.seconds;
  return json;
}

void save(const Outcome& outcome, const Options& options, const Task& task, const Context& context) {
  const auto model = std::dynamic_pointer_cast<const nn::Mlp>(outcome.result.model);
  const ModelMetadata metadata{task.dataset.feature_names,
                               task.prepared.scaler,
                               task.dataset.name,
                               task.dataset.checksum,
                               task.dataset.protected_attribute,
                               task.dataset.favorable_label,
                               task.split_seed,
                               outcome.result.rule,
                               provenance_json(context, options.seed).dump()};
  nn::save_mlp(*model, to_strings(metadata), options.output_model);
}

void debias_model(const Options& options, const Context& context) {
  options.output.begin();
  if (!options.output_model.empty()) require_writable(options.output_model);
  static_cast<void>(debias::method(options.method, options.method_options));  // a bad name or option fails early

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
  for (const char* name : {"majority", original_name}) baselines.push_back(fit(name, options, *task, problem));
  const auto large = without_small_groups(*task, options.min_group);
  debias::Problem counted = problem;
  if (large) {
    counted.features = large->features;
    counted.validation = large->counted.outcomes();
  }
  const Outcome outcome = fit(options.method, options, *task, counted);
  if (!options.output_model.empty()) save(outcome, options, *task, context);
  std::vector<fairness::DifferenceInterval> differences;
  if (options.method != original_name) {
    const Outcome& original = baselines.back();
    differences = difference_on_test(original.test, original.result.rule, outcome.test, outcome.result.rule, objective);
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
    for (const std::string& warning : task->warnings) *out << "warning: " << warning << "\n";
    *out << fmt::format("{}: {:.2f} s\n", options.method, outcome.seconds);
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
  debias::RandomOptions& random = options->method_options.random;
  command->add_option("--random-trials", random.trials, "Perturbed copies to try")->group("Method random");
  command->add_option("--random-sigma", random.sigma, "Standard deviation of the factors")->group("Method random");
  command
      ->add_option("--random-original", random.include_original,
                   "Whether the unperturbed model takes part too, as trial 0")
      ->group("Method random");
  options->objective.add_to(*command);
  options->output.add_to(*command);
  command->footer(
      "Example:\n  posthoc debias --data synthetic --protected group --model model.safetensors "
      "--method random --measure spd");
  command->callback([options, context] { debias_model(*options, context); });
}

}  // namespace posthoc::cli
