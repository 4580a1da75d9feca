#include "study/plan.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "base/error.h"
#include "fairness/threshold.h"
#include "study/classifier.h"
#include "study/sensitivity.h"

namespace posthoc::study {
namespace {

ProtocolKey key_of(const Protocol& protocol) {
  ProtocolKey key{to_string(protocol), {}};
  for (const ProtocolSwitch& entry : protocol_switches()) {
    if (protocol.*entry.member) key.switches.emplace_back(entry.name);
  }
  return key;
}

// Multiplications of one row on its way through a network.
double work_of_row(const Architecture& architecture, std::int64_t inputs) {
  const auto width = static_cast<double>(architecture.width);
  return width * (static_cast<double>(inputs) + width * static_cast<double>(architecture.depth) + 1.0);
}

// Rough seconds of work on one core of 2023; the runner corrects them, kind by kind, by what it measures.

// A step of training on a minibatch: what each layer takes however narrow it is, and its multiplications.
double step_cost(const Architecture& architecture, std::int64_t inputs) {
  return 3.2e-6 * static_cast<double>(architecture.depth + 2) + 4.9e-9 * work_of_row(architecture, inputs);
}

double training_cost(const Study& study, const SharedRows& rows, const Architecture& architecture) {
  constexpr double kUntilTheBest = 120;  // epochs, of the paper's networks
  const double epochs = std::min<double>(study.max_epochs, study.patience + kUntilTheBest);
  return epochs * static_cast<double>(rows.train_labels.size()) / 64 * step_cost(architecture, rows.train.size(1));
}

double cell_cost(const Cell& cell, const SharedRows& rows) {
  const Architecture& architecture = cell.key.architecture;
  const double pass =
      static_cast<double>(rows.valid_labels.size()) * work_of_row(architecture, rows.train.size(1)) / 8e10;
  const debias::MethodOptions& options = cell.method.options;
  const std::string& name = cell.method.name;
  if (name == "random") return static_cast<double>(options.random.trials) * pass;
  if (name == "adversarial") {
    const debias::AdversarialOptions& adversarial = options.adversarial;
    const double critic =
        static_cast<double>(adversarial.critic_steps) * 3.5e-5 * static_cast<double>(architecture.width) / 32;
    const double actor = static_cast<double>(adversarial.actor_steps) * step_cost(architecture, rows.train.size(1));
    return static_cast<double>(adversarial.rounds) * (critic + actor + 4 * pass);
  }
  if (name == "layerwise") {
    const double stages = static_cast<double>(architecture.depth) + 2;
    const double guided = 1e-6 * static_cast<double>(options.layerwise.candidates);
    return stages * static_cast<double>(options.layerwise.calls) * (pass + guided);
  }
  return pass;
}

std::string name_of(const Cell& cell) {
  const CellKey& key = cell.key;
  std::string name = fmt::format("{} on {}, {}", key.method, key.task, key.objective.measure);
  if (key.objective.kind == fairness::Objective::Kind::constrained) name += ", constrained";
  if (key.architecture != Architecture()) name += ", " + to_string(key.architecture);
  return name + fmt::format(", seed {}, {}", key.seed, key.protocol.name);
}

// The networks of a plan, each once, with their units.
class Networks {
 public:
  Networks(const Study& study, const std::filesystem::path& models, std::vector<Unit>& units)
      : study_(study), models_(models), units_(units) {}

  struct Planned {
    std::shared_ptr<StudyNetwork> network;
    std::size_t unit = 0;
  };

  const Planned& of(const std::shared_ptr<const SharedRows>& rows, const Architecture& architecture,
                    std::uint64_t seed) {
    auto network = std::make_shared<StudyNetwork>(study_, rows, architecture, seed, models_);
    const std::string id = record_id(network->key());
    const auto [place, is_new] = planned_.try_emplace(id, Planned{network, units_.size()});
    if (is_new) {
      Unit unit;
      unit.id = id;
      unit.name = fmt::format("training {}, {}, seed {}", rows->data, to_string(architecture), seed);
      unit.kind = "training";
      unit.cost = training_cost(study_, *rows, architecture);
      unit.run = [network] { return to_record(network->train()); };
      unit.is_intact = [network] { return network->has_files(); };
      units_.push_back(std::move(unit));
    }
    return place->second;
  }

 private:
  const Study& study_;
  const std::filesystem::path& models_;
  std::vector<Unit>& units_;
  std::map<std::string, Planned> planned_;
};

double classifier_cost(const std::string& model, const SharedRows& rows) {
  const auto n = static_cast<double>(rows.train.size(0));
  const auto features = static_cast<double>(rows.train.size(1));
  return model == "random_forest" ? 4.6e-7 * n * std::sqrt(features) * std::log2(n) : 2e-7 * n * features;
}

void add_classifiers(const Study& study, const StudyData& data, std::vector<Unit>& units) {
  std::set<std::string> seen;  // tasks may share their features and labels
  for (const std::string& name : study.classifiers.tasks) {
    const auto task = data.tasks.find(name);
    if (task == data.tasks.end()) continue;
    const std::shared_ptr<const SharedRows> rows = task->second.rows;
    for (const std::string_view model : compared_classifiers()) {
      for (const std::uint64_t seed : study.classifiers.seeds) {
        if (seed != study.classifiers.seeds.front() && !depends_on_seed(model)) continue;
        const ClassifierKey key{rows->data, rows->digits, std::string(model), seed};
        Unit unit;
        unit.id = record_id(key);
        if (!seen.insert(unit.id).second) continue;
        unit.name = fmt::format("{} on {}, seed {}", model, rows->data, seed);
        unit.kind = model;
        unit.cost = classifier_cost(key.model, *rows);
        unit.run = [key, rows] {
          return to_record(run_classifier(key, {rows->train, rows->train_labels}, {rows->valid, rows->valid_labels},
                                          {rows->test, rows->test_labels}));
        };
        units.push_back(std::move(unit));
      }
    }
  }
}

double sensitivity_cost(const SensitivityOptions& options, const Architecture& architecture, const SharedRows& rows) {
  const double work = work_of_row(architecture, rows.train.size(1));  // also about the number of weights
  const double pass = static_cast<double>(rows.valid_labels.size()) * work / 4e10;
  const auto trials = static_cast<double>(options.trials + options.held_out);
  return trials * pass + 6e-11 * trials * trials * work + 4e-10 * trials * trials * trials +
         10.0 * static_cast<double>(options.gradients) * pass;
}

Record sensitivity_record(const SensitivityKey& key, const TaskData& task, const fairness::ThresholdSearch& search,
                          StudyNetwork& network, const std::filesystem::path& folder) {
  const ScoredNetwork& best = network.weights(/*last=*/false);
  const double threshold =
      fairness::find_accuracy_threshold({best.valid, task.valid.labels, task.valid.groups}, search).threshold;
  return to_record(run_sensitivity(key, {best.model, task.rows->valid, task.valid.groups, threshold}, folder));
}

// A unit a network, and one for all networks of a task.
void add_sensitivity(const Study& study, const StudyData& data, const std::filesystem::path& models, Networks& networks,
                     std::vector<Unit>& units) {
  const SensitivityOptions& options = study.sensitivity.options;
  const Architecture& architecture = study.architectures.front();
  for (const std::string& name : study.sensitivity.tasks) {
    const auto found = data.tasks.find(name);
    if (found == data.tasks.end()) continue;
    const TaskData& task = found->second;
    std::vector<SensitivityKey> keys;
    std::vector<std::size_t> all;
    for (const std::uint64_t seed : study.sensitivity.seeds) {
      const Networks::Planned planned = networks.of(task.rows, architecture, seed);
      const SensitivityKey key{name, task.rows->data, task.rows->digits, architecture, seed, options};
      Unit unit;
      unit.id = record_id(key);
      unit.name = fmt::format("sensitivity of {}, seed {}", name, seed);
      unit.kind = "sensitivity";
      unit.cost = sensitivity_cost(options, architecture, *task.rows);
      unit.needs = {planned.unit};
      unit.run = [key, &task, &study, network = planned.network, models] {
        return sensitivity_record(key, task, study.threshold_search, *network, models);
      };
      unit.is_intact = [file = models / key.file_name()] { return std::filesystem::exists(file); };
      keys.push_back(key);
      all.push_back(units.size());
      units.push_back(std::move(unit));
    }
    if (keys.size() < 2) continue;
    Unit unit;
    unit.id = stack_record_id(keys);
    unit.name = fmt::format("sensitivity of {}, all networks", name);
    unit.kind = "sensitivity_stack";
    unit.cost = 0.1;
    unit.needs = std::move(all);
    unit.run = [keys = std::move(keys), models] { return to_record(stack_sensitivity(keys, models)); };
    units.push_back(std::move(unit));
  }
}

}  // namespace

std::vector<Cell> cells_of(const Study& study, const std::vector<std::string>& tasks) {
  std::vector<Cell> cells;
  std::set<std::string> seen;
  const auto add = [&](const Experiment& experiment, const Task& task, const std::string& measure,
                       const std::string& label, const Architecture& architecture, const Protocol& protocol,
                       std::uint64_t seed) {
    Cell cell{{task.name,
               task.data,
               task.protected_attribute,
               {measure, experiment.performance, experiment.objective, experiment.weight},
               label,
               architecture,
               seed,
               key_of(protocol)},
              study.method(label),
              protocol,
              study.threshold_search};
    if (seen.insert(record_id(cell.key)).second) cells.push_back(std::move(cell));
  };
  for (const Experiment& experiment : study.experiments) {
    for (const std::string& name : experiment.tasks) {
      if (std::find(tasks.begin(), tasks.end(), name) == tasks.end()) continue;
      const Task& task = study.task(name);
      for (const Architecture& architecture : experiment.architectures) {
        for (const std::uint64_t seed : experiment.seeds) {
          for (const Protocol& protocol : experiment.protocols) {
            for (const std::string& measure : experiment.measures) {
              for (const std::string& label : experiment.methods) {
                add(experiment, task, measure, label, architecture, protocol, seed);
              }
            }
          }
        }
      }
    }
  }
  return cells;
}

std::vector<Unit> plan(const Study& study, const StudyData& data, const std::filesystem::path& models) {
  std::vector<std::string> tasks;
  for (const auto& [name, task] : data.tasks) tasks.push_back(name);
  const std::vector<Cell> cells = cells_of(study, tasks);
  std::vector<Unit> units;
  Networks networks(study, models, units);
  for (const Cell& cell : cells) {
    networks.of(data.tasks.at(cell.key.task).rows, cell.key.architecture, cell.key.seed);
  }
  for (const Cell& cell : cells) {
    const TaskData& task = data.tasks.at(cell.key.task);
    const Networks::Planned& planned = networks.of(task.rows, cell.key.architecture, cell.key.seed);
    Unit unit;
    unit.id = record_id(cell.key);
    unit.name = name_of(cell);
    unit.kind = cell.method.name;
    unit.cost = cell_cost(cell, *task.rows);
    unit.needs = {planned.unit};
    unit.run = [cell, &task, network = planned.network] { return to_record(run_cell(cell, task, *network)); };
    units.push_back(std::move(unit));
  }
  add_classifiers(study, data, units);
  add_sensitivity(study, data, models, networks, units);
  return units;
}

}  // namespace posthoc::study
