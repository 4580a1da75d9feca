#include <chrono>
#include <fmt/core.h>
#include <memory>

#include "base/file.h"
#include "cli/commands.h"
#include "cli/json_blocks.h"
#include "cli/progress_bar.h"
#include "cli/table.h"
#include "cli/task.h"
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
  int restarts = 5;
  DeviceOption device;
  std::string model;
};

struct Trained {
  std::shared_ptr<nn::Mlp> model;
  optim::TrainingResult result;
  int attempts = 0;
  bool learned = false;
};

// Whether the network tells rows apart at all: its loss is at least 2 % below that of the constant base rate.
bool has_learned(double loss, const std::vector<std::uint8_t>& labels) {
  constexpr double kAtMost = 0.98;
  const double rate = std::accumulate(labels.begin(), labels.end(), 0.0) / static_cast<double>(labels.size());
  if (rate == 0.0 || rate == 1.0) return true;  // one class: there is nothing to tell apart
  return loss < kAtMost * -(rate * std::log(rate) + (1.0 - rate) * std::log(1.0 - rate));
}

// A deep network with dropout before batch normalisation sometimes never leaves the constant prediction (on COMPAS
// three in ten, here as in PyTorch). Such a network is started anew: attempt k has the seed + k * 2^32.
Trained train_with_restarts(const Options& options, const nn::MlpOptions& mlp, const data::Prepared& prepared,
                            Progress& progress) {
  Trained trained;
  while (!trained.learned && trained.attempts <= options.restarts) {
    optim::TrainingOptions training = options.training;
    training.seed = options.seed + (static_cast<std::uint64_t>(trained.attempts) << 32);
    trained.model = std::make_shared<nn::Mlp>(mlp, training.seed);
    trained.model->to(prepared.train.features.device());
    trained.result = optim::train(*trained.model, {prepared.train.features, prepared.train.labels},
                                  {prepared.valid.features, prepared.valid.labels}, training, progress);
    trained.learned = has_learned(trained.result.best_loss, prepared.valid.labels);
    ++trained.attempts;
  }
  return trained;
}

void train(const Options& options, const Context& context) {
  options.output.begin();
  require_writable(options.model);
  const Device device = options.device.device();
  const fairness::Objective objective = options.objective.objective();
  const fairness::ThresholdSearch search = options.objective.search();
  const auto start = std::chrono::steady_clock::now();

  const data::Dataset dataset = load_dataset(options.data);
  const std::uint32_t split_seed = options.data.split_seed.value_or(data::default_split_seed);
  data::Prepared prepared = data::prepare(dataset, split_seed);
  move_to(prepared, device);
  nn::MlpOptions mlp = options.mlp;
  mlp.input = static_cast<std::int64_t>(dataset.feature_names.size());
  ProgressBar bar(context.err, stderr_is_terminal());
  const Trained trained = train_with_restarts(options, mlp, prepared, options.output.quiet ? no_progress() : bar);
  const nn::Mlp& model = *trained.model;
  const optim::TrainingResult& training = trained.result;

  const ScoredPart valid = score(model, prepared.valid);
  const ScoredPart test = score(model, prepared.test);
  const debias::DecisionRule rule = default_rule(valid, objective, search);
  const ComparedRow row = compare("default", rule, valid.outcomes(), test.outcomes(), objective, options.seed);

  Json json = provenance_json(context, options.seed);
  ModelMetadata metadata{
      dataset.feature_names,   prepared.scaler, dataset.name, dataset.checksum, dataset.protected_attribute,
      dataset.favorable_label, split_seed,      rule,         json.dump(),      dataset.encoding};
  nn::save_mlp(model, to_strings(metadata), options.model);

  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  json["data"] = data_json(dataset, split_seed);
  json["architecture"] = {{"input", mlp.input}, {"depth", mlp.depth}, {"width", mlp.width}, {"dropout", mlp.dropout}};
  json["training"] = {{"epochs", training.epochs},
                      {"best_epoch", training.best_epoch},
                      {"best_validation_loss", training.best_loss},
                      {"attempts", trained.attempts},
                      {"learned", trained.learned}};
  put_objective(objective, json);
  json.update(predictor_json(row));
  json["seconds"] = seconds;
  if (std::ostream* out = options.output.table(context)) {
    *out << fmt::format("{} ({}): {} training rows, {} features; {} epochs, best {}, {:.1f} s\n", dataset.name,
                        dataset.protected_attribute, prepared.train.size(), mlp.input, training.epochs,
                        training.best_epoch, seconds);
    if (trained.attempts > 1) {
      *out << fmt::format("trained {} times: the first {} did not learn to tell rows apart\n", trained.attempts,
                          trained.attempts - (trained.learned ? 1 : 0));
    }
    if (!trained.learned) *out << "warning: the network's loss is hardly below that of a constant prediction\n";
    for (const std::string& note : notes_on(dataset)) *out << note << "\n";
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
  command->add_option("--restarts", options->restarts, "Fresh starts for a network that learns nothing; 0: none")
      ->check(CLI::Range(0, 1000))
      ->group(network);
  options->objective.add_to(*command);
  options->device.add_to(*command);
  options->output.add_to(*command);
  command->footer("Example:\n  posthoc train --data synthetic --protected group -o model.safetensors");
  command->callback([options, context] { train(*options, context); });
}

}  // namespace posthoc::cli
