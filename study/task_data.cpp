#include "study/task_data.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <utility>

#include "base/error.h"
#include "data/checksum.h"
#include "data/csv_dataset.h"

namespace posthoc::study {
namespace {

namespace fs = std::filesystem;

bool is_csv(const Task& task) { return !task.label.empty(); }

fs::path csv_path(const Task& task, const fs::path& base) {
  const fs::path path = task.data;
  return path.is_absolute() ? path : base / path;
}

data::Dataset load_dataset(const Task& task, const fs::path& base, const std::optional<fs::path>& data_dir) {
  if (!is_csv(task)) {
    data::LoadOptions options;
    options.protected_attribute = task.protected_attribute;
    options.favorable = task.favorable;
    options.data_dir = data_dir;
    return data::load(task.data, options);
  }
  data::CsvDatasetOptions options;
  options.csv.separator = task.separator;
  options.csv.trim_blanks = task.separator != '\t';
  options.label = task.label;
  options.favorable = *task.favorable;
  options.protected_columns = {{task.protected_attribute, task.privileged}};
  options.categorical = task.categorical;
  options.dropped = task.dropped;
  options.missing = task.missing;
  return data::load_csv_dataset(csv_path(task, base), options);
}

// Whether the task's files are absent, as against bad.
bool is_absent(const Task& task, const fs::path& base, const std::optional<fs::path>& data_dir) {
  std::error_code status;
  if (is_csv(task)) return !fs::exists(csv_path(task, base), status);
  const auto folders = data::data_folders(data_dir, data::Environment::of_process());
  for (const data::NamedFile& file : data::named_dataset(task.data).files) {
    try {
      data::locate(task.data, file.name, folders);
    } catch (const Error&) {
      return true;
    }
  }
  return false;
}

std::string digits_of(const data::Prepared& prepared) {
  std::string sums;
  for (const data::Part* part : {&prepared.train, &prepared.valid, &prepared.test}) {
    const auto features = std::as_const(part->features).values<float>();
    sums += data::sha256({reinterpret_cast<const char*>(features.data()), features.size_bytes()});
    sums += data::sha256({reinterpret_cast<const char*>(part->labels.data()), part->labels.size()});
  }
  return data::sha256(sums).substr(0, 12);
}

// A file name's stem with nothing in it that a file name should not have.
std::string plain(const std::string& data) {
  std::string stem = fs::path(data).stem().string();
  std::replace_if(
      stem.begin(), stem.end(), [](unsigned char c) { return std::isalnum(c) == 0 && c != '_'; }, '_');
  return stem.substr(0, 40);
}

std::shared_ptr<const SharedRows> share(const Task& task, data::Prepared& prepared,
                                        std::map<std::string, std::shared_ptr<const SharedRows>>& known) {
  const std::string digits = digits_of(prepared);
  std::shared_ptr<const SharedRows>& shared = known[plain(task.data) + digits];
  if (shared == nullptr) {
    shared = std::make_shared<SharedRows>(
        SharedRows{plain(task.data), digits, prepared.train.features, prepared.valid.features, prepared.test.features,
                   prepared.train.labels, prepared.valid.labels, prepared.test.labels});
  }
  return shared;
}

}  // namespace

StudyData load_study_data(const Study& study, const fs::path& base, const std::optional<fs::path>& data_dir) {
  std::set<std::string> used;
  for (const Experiment& experiment : study.experiments) used.insert(experiment.tasks.begin(), experiment.tasks.end());
  used.insert(study.classifiers.tasks.begin(), study.classifiers.tasks.end());
  used.insert(study.sensitivity.tasks.begin(), study.sensitivity.tasks.end());
  StudyData all;
  std::map<std::string, std::shared_ptr<const SharedRows>> known;
  for (const Task& task : study.tasks) {
    if (!used.contains(task.name)) continue;
    if (task.optional && is_absent(task, base, data_dir)) {
      all.skipped.push_back(
          fmt::format("the task {} is passed over: there are no data files of {}", task.name, task.data));
      continue;
    }
    const data::Dataset dataset = load_dataset(task, base, data_dir);
    data::Prepared prepared = data::prepare(dataset, study.split_seed);
    all.tasks[task.name] = {&task,
                            share(task, prepared, known),
                            {std::move(prepared.valid.labels), std::move(prepared.valid.groups)},
                            {std::move(prepared.test.labels), std::move(prepared.test.groups)},
                            dataset.favorable_label};
  }
  require(!all.tasks.empty(), "the study {} has no task left: {}", study.name,
          all.skipped.empty() ? "none is used" : all.skipped.front());
  return all;
}

}  // namespace posthoc::study
