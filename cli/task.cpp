#include "cli/task.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "base/error.h"
#include "cli/list_option.h"
#include "data/csv_dataset.h"
#include "data/named.h"
#include "debias/method.h"
#include "nn/model_file.h"
#include "tensor/backend.h"

namespace posthoc::cli {
namespace {

data::Dataset load_named(const DataOptions& options) {
  require(options.label.empty() && options.privileged.empty() && options.categorical.empty() &&
              options.dropped.empty() && options.missing.empty() && options.separator == ",",
          "--label, --privileged, --categorical, --drop, --missing and --separator describe a CSV file; the data set "
          "{} is known",
          options.data);
  data::LoadOptions load;
  const std::vector<std::string> attributes = split_list(options.protected_attributes);
  if (!attributes.empty()) {
    load.protected_attribute = attributes[0];
    load.further_attributes.assign(attributes.begin() + 1, attributes.end());
  }
  load.favorable = options.favorable;
  if (options.data_dir) load.data_dir = *options.data_dir;
  load.synthetic = {options.rows, options.features, options.bias, options.data_seed};
  return data::load(options.data, load);
}

data::Dataset load_csv(const DataOptions& options) {
  require(!options.label.empty() && options.favorable && !options.privileged.empty(),
          "{} is a CSV file: name its label, the favourable value and the privileged values with --label COLUMN "
          "--favorable VALUE --privileged VALUE[,VALUE]",
          options.data);
  require(!options.protected_attributes.empty(), "{} is a CSV file: name its protected column with --protected COLUMN",
          options.data);
  data::CsvDatasetOptions csv;
  csv.csv = csv_dialect(options);
  csv.label = options.label;
  csv.favorable = *options.favorable;
  csv.protected_columns = protected_choices(split_list(options.protected_attributes), options.privileged);
  csv.categorical = split_list(options.categorical);
  csv.dropped = split_list(options.dropped);
  csv.missing = split_list(options.missing);
  return data::load_csv_dataset(options.data, csv);
}

// An infinite weight can still give finite scores: all 0 or all 1.
void require_finite(const nn::Mlp& model, const std::string& file) {
  for (const auto& [name, tensor] : model.state_dict()) {
    const std::vector<double> values = tensor.to_vector();
    require(std::all_of(values.begin(), values.end(), [](double value) { return std::isfinite(value); }),
            "{}: {} holds a value that is not finite", file, name);
  }
}

void require_same_features(const ModelMetadata& metadata, const nn::Mlp& model, const data::Dataset& dataset,
                           const std::string& file) {
  const auto features = static_cast<std::int64_t>(dataset.feature_names.size());
  require(model.inputs() == features, "{} takes {} features a row, but {} has {}", file, model.inputs(), dataset.name,
          features);
  for (std::size_t i = 0; i < metadata.feature_names.size(); ++i) {
    require(i < dataset.feature_names.size() && metadata.feature_names[i] == dataset.feature_names[i],
            "{} was trained on other features: its feature {} is '{}', that of {} is '{}'", file, i,
            metadata.feature_names[i], dataset.name,
            i < dataset.feature_names.size() ? dataset.feature_names[i] : "missing");
  }
  require(metadata.favorable.empty() || metadata.favorable == dataset.favorable_label,
          "{} scores the label '{}' as favourable, but '{}' was asked for; train a model for it, or leave out "
          "--favorable",
          file, metadata.favorable, dataset.favorable_label);
}

}  // namespace

bool is_named(const std::string& name) {
  for (const data::NamedDataset& known : data::named_datasets()) {
    if (known.name == name) return true;
  }
  return false;
}

std::vector<std::string> notes_on(const data::Dataset& dataset) {
  std::vector<std::string> notes;
  if (dataset.counts.incomplete > 0) {
    notes.push_back(
        fmt::format("{} of {} rows were dropped for missing values", dataset.counts.incomplete, dataset.counts.read));
  }
  const data::ProtectedAttribute& attribute = dataset.attribute(dataset.protected_attribute);
  if (dataset.chosen_attributes.size() < 2) return notes;
  for (std::size_t group = 0; group < attribute.group_names.size(); ++group) {
    const auto n = std::count(attribute.groups.begin(), attribute.groups.end(), static_cast<std::int32_t>(group));
    notes.push_back(fmt::format("group {} ({}): {} rows", group, attribute.group_names[group], n));
  }
  return notes;
}

data::CsvOptions csv_dialect(const DataOptions& options) {
  data::CsvOptions csv;
  csv.separator = parse_separator(options.separator);
  csv.trim_blanks = csv.separator != '\t';
  return csv;
}

data::Dataset load_dataset(const DataOptions& options) {
  if (is_named(options.data)) return load_named(options);
  std::error_code status;
  require(std::filesystem::exists(options.data, status),
          "there is no data set or file named '{}'; the data sets are {}", options.data,
          names_of(data::named_datasets()));
  return load_csv(options);
}

ScoredPart score(const nn::Classifier& model, const data::Part& part) {
  const auto copy = model.clone_classifier();  // scoring switches the mode, which is the caller's business
  const Dtype dtype = model.parameters().front().variable.dtype();
  return {nn::scores(*copy, part.features.to(dtype)), &part};
}

debias::DecisionRule default_rule(const ScoredPart& valid, const fairness::Objective& objective,
                                  const fairness::ThresholdSearch& search) {
  debias::Problem problem;
  problem.validation = valid.outcomes();
  problem.objective = objective;
  problem.threshold_search = search;
  return debias::method("default")->fit(problem).rule;
}

ModelFile load_model(const std::string& path) {
  nn::LoadedMlp loaded = nn::load_mlp(path);
  require_finite(*loaded.model, path);
  return {std::move(loaded.model), parse_metadata(loaded.metadata, path)};
}

void move_to(data::Prepared& prepared, Device device) {
  for (data::Part* part : {&prepared.train, &prepared.valid, &prepared.test}) {
    if (part->features.defined()) part->features = part->features.to(device);
  }
}

std::unique_ptr<Task> load_task(const DataOptions& options, const std::string& model_path, Device device) {
  auto task = std::make_unique<Task>();
  ModelFile loaded = load_model(model_path);
  task->model = std::move(loaded.model);
  task->metadata = std::move(loaded.metadata);
  task->dataset = load_dataset(options);
  require_same_features(task->metadata, *task->model, task->dataset, model_path);

  const auto& trained = task->metadata.split_seed;
  task->split_seed = options.split_seed.value_or(trained.value_or(data::default_split_seed));
  if (trained && *trained != task->split_seed) {
    task->warnings.push_back(fmt::format(
        "the model was trained on the split of seed {}; with seed {} it has seen rows of validation and test", *trained,
        task->split_seed));
  }
  if (!task->metadata.data_checksum.empty() && task->metadata.data_checksum != task->dataset.checksum) {
    task->warnings.push_back("the model was trained on other data than these: the checksums differ");
  }
  task->prepared = data::prepare_held_out(task->dataset, task->split_seed, task->metadata.scaler);
  task->dataset.features = Tensor();  // the largest there is, and not needed any more
  backend(Device::cpu()).allocator().release_cache();
  task->model->to(device);
  move_to(task->prepared, device);
  task->valid = score(*task->model, task->prepared.valid);
  task->test = score(*task->model, task->prepared.test);
  return task;
}

}  // namespace posthoc::cli
