#include <chrono>
#include <fmt/core.h>
#include <memory>

#include "base/file.h"
#include "cli/commands.h"
#include "cli/json_blocks.h"
#include "cli/progress_bar.h"
#include "cli/table.h"
#include "cli/task.h"
#include "debias/method.h"
#include "nn/model_file.h"
#include "optim/training.h"

namespace posthoc::cli {
namespace {

struct Options {
  OutputOptions output;
  DataOptions data;
  ObjectiveOptions objective;
  nn::MlpOptions mlp;
  optim::TrainingOptions training;
  std::uint64_t seed = 0;
  std::string model;
};

void train(const Options& options, const Context& context) {
  options.output.begin();
  require_writable(options.model);
  const fairness::Objective objective = options.objective.objective();
  const auto start = std::chrono::steady_clock::now();

  const data::Dataset dataset = load_dataset(options.data);
  const std::uint32_t split_seed = options.data.split_seed.value_or(data::default_split_seed);
  const data::Prepared prepared = data::prepare(dataset, split_seed);
  nn::MlpOptions mlp = options.mlp;
  mlp.input = static_cast<std::int64_t>(dataset.feature_names.size());
  const auto model = std::make_shared<nn::Mlp>(mlp, options.seed);
  optim::TrainingOptions training = options.training;
  training.seed = options.seed;
  ProgressBar bar(context.err, stderr_is_terminal());
  const auto trained = optim::train(*model, {prepared.train.features, prepared.train.labels},
                                    {prepared.valid.features, prepared.valid.labels}, training,
                                    options.output.quiet ? no_progress() : bar);

  const ScoredPart valid = score(*model, prepared.valid);
  const ScoredPart test = score(*model, prepared.test);
  debias::Problem problem;
  problem.validation = valid.outcomes();
  problem.objective = objective;
  problem.threshold_search = options.objective.search();
  const debias::DecisionRule rule = debias::method("default")->fit(problem).rule;
  const ComparedRow row{"default", rule, debias::evaluate(rule, valid.outcomes(), objective),
                        debias::evaluate(rule, test.outcomes(), objective)};

  Json json = provenance_json(context, options.seed);
  ModelMetadata metadata{
      dataset.feature_names,   prepared.scaler, dataset.name, dataset.checksum, dataset.protected_attribute,
      dataset.favorable_label, split_seed,      rule,         json.dump()};
  nn::save_mlp(*model, to_strings(metadata), options.model);

  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  json["data"] = data_json(dataset, split_seed);
  json["architecture"] = {{"input", mlp.input}, {"depth", mlp.depth}, {"width", mlp.width}, {"dropout", mlp.dropout}};
  json["training"] = {
      {"epochs", trained.epochs}, {"best_epoch", trained.best_epoch}, {"best_validation_loss", trained.best_loss}};
  json["rule"] = rule_json(rule);
  json["valid"] = audit_json(row.valid, rule);
  json["test"] = audit_json(row.test, rule);
  json["seconds"] = seconds;
  if (std::ostream* out = options.output.table(context)) {
    *out << fmt::format("{} ({}): {} training rows, {} features; {} epochs, best {}, {:.1f} s\n", dataset.name,
                        dataset.protected_attribute, prepared.train.size(), mlp.input, trained.epochs,
                        trained.best_epoch, seconds);
    print_comparison(*out, {row}, objective);
    *out << "model: " << options.model << "\n";
  }
  options.output.write(json, context);
}

}  // namespace

void add_train_command(CLI::App& app, const Context& context) {
  CLI::App* command = app.add_subcommand("train", "Train the paper's network on a data set");
  const auto options = std::make_shared<Options>();
  options->data.add_to(*command);
  command->add_option("-o,--output", options->model, "Model file to write")
      ->required()
      ->type_name("FILE")
      ->check(require_named);
  command->add_option("--seed", options->seed, "Seed of weights, dropout and shuffles")->check(CLI::NonNegativeNumber);
  const char* network = "Network and training";
  command->add_option("--depth", options->mlp.depth, "Hidden layers after the first")
      ->check(CLI::Range(0, 1000))
      ->group(network);
  command->add_option("--width", options->mlp.width, "Units a layer")->check(CLI::Range(1, 65536))->group(network);
  command->add_option("--dropout", options->mlp.dropout, "Probability of dropping a unit, below 1")
      ->check(CLI::Range(0.0, 0.999))
      ->group(network);
  command->add_option("--epochs", options->training.max_epochs, "At most so many passes")
      ->check(CLI::Range(1, 1000000))
      ->group(network);
  command->add_option("--patience", options->training.patience, "Epochs without a better validation loss")
      ->check(CLI::Range(1, 1000000))
      ->group(network);
  command->add_option("--batch-size", options->training.batch_size, "Rows a step")
      ->check(CLI::Range(2, 1 << 30))
      ->group(network);
  command->add_option("--learning-rate", options->training.learning_rate, "Adam's")
      ->check(CLI::PositiveNumber)
      ->group(network);
  options->objective.add_to(*command);
  options->output.add_to(*command);
  command->footer("Example:\n  posthoc train --data synthetic --protected group -o model.safetensors");
  command->callback([options, context] { train(*options, context); });
}

}  // namespace posthoc::cli
