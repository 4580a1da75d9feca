#include "study/plan.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/error.h"

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

// Rough seconds of a unit on one core; the runner corrects them by what it measures.
double training_cost(const Study& study, const SharedRows& rows, const Architecture& architecture) {
  constexpr double kMultiplicationsASecond = 5e9;
  const double epochs = std::min(study.max_epochs, study.patience + 80);
  return epochs * static_cast<double>(rows.train_labels.size()) * work_of_row(architecture, rows.train.size(1)) /
         kMultiplicationsASecond;
}

double cell_cost(const Cell& cell, const SharedRows& rows) {
  const Architecture& architecture = cell.key.architecture;
  const double pass =
      static_cast<double>(rows.valid_labels.size()) * work_of_row(architecture, rows.train.size(1)) / 4e10;
  const debias::MethodOptions& options = cell.method.options;
  const std::string& name = cell.method.name;
  if (name == "random") return static_cast<double>(options.random.trials) * pass;
  if (name == "adversarial") {
    const debias::AdversarialOptions& adversarial = options.adversarial;
    const double row = work_of_row(architecture, rows.train.size(1)) / 5e9;
    const double critic =
        static_cast<double>(adversarial.critic_steps) * 6e-5 * static_cast<double>(architecture.width) / 32;
    const double actor =
        static_cast<double>(adversarial.actor_steps) * (5e-5 + static_cast<double>(adversarial.batch) * row);
    return static_cast<double>(adversarial.rounds) * (critic + actor + 2 * pass);
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

  const Planned& of(const std::shared_ptr<const SharedRows>& rows, const CellKey& key) {
    auto network = std::make_shared<StudyNetwork>(study_, rows, key.architecture, key.seed, models_);
    const std::string id = record_id(network->key());
    const auto [place, is_new] = planned_.try_emplace(id, Planned{network, units_.size()});
    if (is_new) {
      Unit unit;
      unit.id = id;
      unit.name = fmt::format("training {}, {}, seed {}", rows->data, to_string(key.architecture), key.seed);
      unit.kind = "training";
      unit.cost = training_cost(study_, *rows, key.architecture);
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
  for (const Cell& cell : cells) networks.of(data.tasks.at(cell.key.task).rows, cell.key);
  for (const Cell& cell : cells) {
    const TaskData& task = data.tasks.at(cell.key.task);
    const Networks::Planned& planned = networks.of(task.rows, cell.key);
    Unit unit;
    unit.id = record_id(cell.key);
    unit.name = name_of(cell);
    unit.kind = cell.method.name;
    unit.cost = cell_cost(cell, *task.rows);
    unit.needs = {planned.unit};
    unit.run = [cell, &task, network = planned.network] { return to_record(run_cell(cell, task, *network)); };
    units.push_back(std::move(unit));
  }
  return units;
}

}  // namespace posthoc::study
