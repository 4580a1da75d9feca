#include <memory>

#include "cli/commands.h"
#include "cli/json_blocks.h"
#include "cli/table.h"
#include "cli/task.h"

namespace posthoc::cli {
namespace {

struct Options {
  OutputOptions output;
  DataOptions data;
  ObjectiveOptions objective;
  std::string model;
  std::uint64_t seed = 0;
  DeviceOption device;
};

void evaluate(const Options& options, const Context& context) {
  options.output.begin();
  const fairness::Objective objective = options.objective.objective();
  const fairness::ThresholdSearch search = options.objective.search();
  const auto task = load_task(options.data, options.model, options.device.device());
  const debias::DecisionRule rule =
      task->metadata.rule ? *task->metadata.rule : default_rule(task->valid, objective, search);
  const ComparedRow row = compare(task->metadata.rule ? "model" : "default", rule, task->valid.outcomes(),
                                  task->test.outcomes(), objective, options.seed);
  if (std::ostream* out = options.output.table(context)) {
    for (const std::string& note : notes_on(task->dataset)) *out << note << "\n";
    print_comparison(*out, {row}, objective);
    for (const std::string& warning : task->warnings) *out << "warning: " << warning << "\n";
  }
  Json json = provenance_json(context, options.seed);
  json["data"] = data_json(task->dataset, task->split_seed);
  put_objective(objective, json);
  json.update(predictor_json(row));
  json["warnings"] = task->warnings;
  options.output.write(json, context);
}

}  // namespace

void add_evaluate_command(CLI::App& app, const Context& context) {
  CLI::App* command = app.add_subcommand("evaluate", "Measure a model file, with the decision rule it holds");
  const auto options = std::make_shared<Options>();
  options->data.add_to(*command);
  command->add_option("--model", options->model, "Model file")->required()->type_name("FILE");
  command->add_option("--seed", options->seed, "Seed of decision rules that randomise")->check(CLI::NonNegativeNumber);
  options->objective.add_to(*command);
  options->device.add_to(*command);
  options->output.add_to(*command);
  command->footer("Example:\n  posthoc evaluate --data synthetic --protected group --model model.safetensors");
  command->callback([options, context] { evaluate(*options, context); });
}

}  // namespace posthoc::cli
