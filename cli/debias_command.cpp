#include <fmt/core.h>
#include <memory>

#include "base/error.h"
#include "base/file.h"
#include "cli/commands.h"
#include "cli/debias_report.h"
#include "cli/debias_run.h"
#include "cli/json_blocks.h"
#include "cli/progress_bar.h"
#include "cli/table.h"

namespace posthoc::cli {
namespace {

Json result_json(const DebiasRun& run, const std::vector<DebiasRun>& baselines, const DebiasOptions& options,
                 const DebiasTask& task, const Context& context) {
  Json json = head_json(options, task, context);
  json.update(run_json(run, options));
  json["baselines"] = Json::object();
  for (const DebiasRun& baseline : baselines) json["baselines"][baseline.row.name] = predictor_json(baseline.row);
  json["warnings"] = task.task->warnings;
  json["not_optimised_for"] = task.large ? task.large->left_out : std::vector<std::string>{};
  return json;
}

void debias_with_one(const DebiasOptions& options, const Context& context) {
  ProgressBar bar(context.err, stderr_is_terminal());
  const DebiasTask task = load_problem(options, options.output.quiet ? no_progress() : bar);
  const fairness::Objective& objective = task.everybody.objective;
  std::vector<DebiasRun> baselines;
  for (const char* name : {"majority", kOriginal}) {
    baselines.push_back(run_method(name, options, *task.task, task.everybody));
  }
  DebiasRun run = run_method(options.method, options, *task.task, task.counted);
  if (options.method != kOriginal) compare_with(baselines.back(), objective, run);
  if (!options.output_model.empty()) save(run, options, *task.task, context);
  std::vector<std::string> notes;
  if (!options.report.empty())
    notes = write_debias_report(run, baselines.back(), options, task, context, options.report);

  if (std::ostream* out = options.output.table(context)) {
    std::vector<ComparedRow> rows;
    for (const DebiasRun& baseline : baselines) rows.push_back(baseline.row);
    if (options.method != "majority" && options.method != kOriginal) rows.push_back(run.row);
    for (const std::string& note : task.notes()) *out << note << "\n";
    print_comparison(*out, rows, objective);
    print_difference(*out, run.difference, options.method, kOriginal);
    print_notes(*out, run.fitted);
    for (const std::string& warning : task.task->warnings) *out << "warning: " << warning << "\n";
    *out << fmt::format("{}: {:.2f} s\n", options.method, run.fitted.seconds);
    if (!options.output_model.empty()) *out << "model: " << options.output_model << "\n";
    for (const std::string& note : notes) *out << note << "\n";
    if (!options.report.empty()) *out << "report: " << options.report << "\n";
  }
  options.output.write(result_json(run, baselines, options, task, context), context);
}

void debias_model(const DebiasOptions& options, const Context& context) {
  options.output.begin();
  static_cast<void>(options.device.device());  // one that is not there fails early
  if (!options.output_model.empty()) require_writable(options.output_model);
  if (!options.report.empty()) {
    require(options.method != "all", "--report is of one method; give its name with --method, or leave --report out");
    require_writable(options.report);
  }
  if (options.method == "all") return debias_with_all(options, context);
  static_cast<void>(debias::method(options.method, options.methods.options()));  // a bad name or option fails early
  options.methods.require_of(options.method);
  debias_with_one(options, context);
}

}  // namespace

void add_debias_command(CLI::App& app, const Context& context) {
  CLI::App* command = app.add_subcommand("debias", "Make a model's decisions fairer");
  const auto options = std::make_shared<DebiasOptions>();
  options->data.add_to(*command);
  command->add_option("--model", options->model, "Model file")->required()->type_name("FILE");
  command->add_option("--method", options->method, "Method: " + names_of(debias::methods()) + "; or all of them")
      ->type_name("METHOD|all")
      ->required();
  command
      ->add_option(
          "-o,--output", options->output_model,
          "Model file to write, with its decision rule; of all methods the best: the lowest objective on validation "
          "that is not degenerate")
      ->type_name("FILE")
      ->check(require_named);
  command
      ->add_option("--report", options->report,
                   "HTML page to write: before and after for each group, the trade-off with every trial, warnings")
      ->type_name("FILE")
      ->check(require_named);
  command->add_option("--seed", options->seed, "Seed of the method and of decisions that are drawn")
      ->check(CLI::NonNegativeNumber);
  command
      ->add_option("--min-group", options->min_group,
                   "Groups of several --protected with fewer validation rows are reported but not optimised for")
      ->check(CLI::Range(1, 1000000));
  options->methods.add_to(*command);
  options->objective.add_to(*command);
  options->device.add_to(*command);
  options->output.add_to(*command);
  command->footer(
      "Example:\n  posthoc debias --data synthetic --protected group --model model.safetensors "
      "--method random --measure spd");
  command->callback([options, context] { debias_model(*options, context); });
}

}  // namespace posthoc::cli
