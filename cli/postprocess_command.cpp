#include <algorithm>
#include <fmt/format.h>
#include <memory>

#include "base/error.h"
#include "base/file.h"
#include "cli/commands.h"
#include "cli/decisions.h"
#include "cli/fitted.h"
#include "cli/json_blocks.h"
#include "cli/progress_bar.h"
#include "cli/table.h"
#include "data/scores.h"

namespace posthoc::cli {
namespace {

struct Options {
  OutputOptions output;
  ObjectiveOptions objective;
  MethodFlags methods;
  std::string method;
  std::string fit;
  std::string apply;
  std::string decisions;
  std::string prefix;
  std::uint64_t seed = 0;
};

// Throws `Error` on a method that there is and that scores are not enough for.
void require_of_scores(const std::string& method) {
  const std::vector<std::string> usable = methods_of_scores();
  for (const debias::MethodEntry& entry : debias::methods()) {
    require(entry.name != method || std::find(usable.begin(), usable.end(), method) != usable.end(),
            "--method {} changes a model, and there are but scores; use posthoc debias, or one of {}", method,
            fmt::join(usable, ", "));
  }
}

fairness::Outcomes outcomes_of(const data::Scores& scores) { return {scores.scores, scores.labels, scores.groups}; }

Json file_json(const std::string& file, const data::Scores& scores) {
  return {{"file", file}, {"sha256", scores.checksum}, {"n", scores.scores.size()}};
}

struct Inputs {
  data::Scores fit;
  std::optional<data::Scores> apply;

  // The rows to judge by: those applied to, if their labels are known.
  [[nodiscard]] std::optional<fairness::Outcomes> test() const {
    return apply && !apply->labels.empty() ? std::optional(outcomes_of(*apply)) : std::nullopt;
  }
};

struct Result {
  Fitted fitted;
  ComparedRow row;
};

Result run(const std::string& method, const Options& options, const debias::Problem& problem, const Inputs& inputs) {
  Fitted fitted = fit(method, options.methods.options(), problem);
  ComparedRow row =
      compare(method, fitted.result.rule, problem.validation, inputs.test(), problem.objective, options.seed);
  return {std::move(fitted), std::move(row)};
}

Json result_json(const Options& options, const Inputs& inputs, const debias::Problem& problem, const Result& result,
                 const std::vector<Result>& baselines, const Context& context) {
  Json json = provenance_json(context, options.seed);
  json["fit"] = file_json(options.fit, inputs.fit);
  if (inputs.apply) json["apply"] = file_json(options.apply, *inputs.apply);
  json["method"] = options.method;
  put_objective(problem.objective, json);
  json["threshold_search"] = fairness::to_string(problem.threshold_search);
  json.update(predictor_json(result.row));
  json["baselines"] = Json::object();
  for (const Result& baseline : baselines) json["baselines"][baseline.row.name] = predictor_json(baseline.row);
  put_fitted(result.fitted, options.methods, json);
  return json;
}

void write_decisions(const Options& options, const debias::DecisionRule& rule, const data::Scores& rows) {
  const Decisions decisions = decide_rows(rule, rows.scores, rows.groups, options.seed, rows.table);
  write_file(options.decisions, data::to_csv(rows.table, columns_of(decisions, options.prefix)));
}

void postprocess(const Options& options, const Context& context) {
  options.output.begin();
  require_of_scores(options.method);
  static_cast<void>(debias::method(options.method, options.methods.options()));  // a bad name or option fails early
  options.methods.require_of(options.method);
  if (!options.decisions.empty()) {
    require_writable(options.decisions);
    require_not_input(options.decisions, {options.fit, options.apply});
  }
  Inputs inputs{data::read_scores(options.fit), std::nullopt};
  if (!options.apply.empty()) inputs.apply = data::read_scores(options.apply, data::LabelsAre::optional);
  if (!options.decisions.empty()) {
    require_free_names(inputs.apply->table, {"favourable_probability", "decision"}, options.prefix);
  }

  ProgressBar bar(context.err, stderr_is_terminal());
  debias::Problem problem;
  problem.validation = outcomes_of(inputs.fit);
  problem.objective = options.objective.objective();
  problem.threshold_search = options.objective.search();
  problem.seed = options.seed;
  if (!options.output.quiet) problem.progress = &bar;
  std::vector<Result> baselines;
  for (const char* name : {"majority", "default"}) baselines.push_back(run(name, options, problem, inputs));
  const Result result = run(options.method, options, problem, inputs);
  if (!options.decisions.empty()) write_decisions(options, result.row.rule, *inputs.apply);

  if (std::ostream* out = options.output.table(context)) {
    *out << fmt::format("{}: {} rows to fit to", options.fit, inputs.fit.scores.size());
    if (inputs.apply) *out << fmt::format("; {}: {} rows to decide on", options.apply, inputs.apply->scores.size());
    *out << "\n";
    std::vector<ComparedRow> rows;
    for (const Result& baseline : baselines) rows.push_back(baseline.row);
    if (options.method != "majority" && options.method != "default") rows.push_back(result.row);
    print_comparison(*out, rows, problem.objective);
    print_notes(*out, result.fitted);
    if (inputs.apply && inputs.apply->labels.empty()) *out << options.apply << ": no labels, so nothing to test\n";
    if (!options.decisions.empty()) *out << "decisions: " << options.decisions << "\n";
  }
  options.output.write(result_json(options, inputs, problem, result, baselines, context), context);
}

}  // namespace

void add_postprocess_command(CLI::App& app, const Context& context) {
  CLI::App* command = app.add_subcommand("postprocess", "Make the decisions on any classifier's scores fairer");
  const auto options = std::make_shared<Options>();
  command->add_option("--method", options->method, fmt::format("Method: {}", fmt::join(methods_of_scores(), ", ")))
      ->required()
      ->type_name("METHOD");
  command->add_option("--fit", options->fit, "CSV file with the columns label, group, score, to fit the rule to")
      ->required()
      ->type_name("FILE");
  CLI::Option* apply =
      command->add_option("--apply", options->apply, "Such a file to decide on; its labels, if any, test the rule")
          ->type_name("FILE")
          ->check(require_named);
  command->add_option("-o,--output", options->decisions, "CSV file to write: that of --apply with the decisions")
      ->type_name("FILE")
      ->check(require_named)
      ->needs(apply);
  command->add_option("--prefix", options->prefix, "What the names of the columns that are added begin with");
  command->add_option("--seed", options->seed, "Seed of the method and of decisions that are drawn")
      ->check(CLI::NonNegativeNumber);
  options->methods.add_of_scores_to(*command);
  options->objective.add_to(*command);
  options->output.add_to(*command);
  command->footer(
      "In the files, label is 1 (favourable) or 0, group 0 (unprivileged) or 1 (privileged), and score the\n"
      "probability of the favourable label. The output has all columns of --apply, in the same order, and the columns\n"
      "favourable_probability and decision (1 favourable).\n"
      "Example:\n  posthoc postprocess --method threshold --fit valid.csv --apply test.csv --measure spd "
      "-o decisions.csv");
  command->callback([options, context] { postprocess(*options, context); });
}

}  // namespace posthoc::cli
