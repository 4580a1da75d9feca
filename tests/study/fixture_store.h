#pragma once

#include <cmath>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "base/file.h"
#include "study/report/published.h"
#include "study/store.h"
#include "study/study_file.h"

// A result store as a study of the paper's tasks would leave it, with made-up numbers near the published ones.

namespace posthoc::study::testing {

struct FixtureOptions {
  std::vector<std::string> protocols = {"corrected", "published"};
  std::vector<std::string> turned_alone = {"random_keeps_original_weights"};  ///< switches, off from published
  std::vector<Architecture> more_architectures = {{10, 32, 0.5}, {10, 64, 0.2}, {20, 32, 0.2}};
  std::uint64_t seeds = 10;
  bool constrained = true;
  std::string task_prefix;  ///< before every task's name in the cells: to see that names are escaped
  bool undefined = false;   ///< one cell of adversarial has no bias
};

inline const std::vector<std::string>& fixture_methods() {
  static const std::vector<std::string> methods = {"majority",      "default",        "threshold",
                                                   "random",        "layerwise",      "adversarial",
                                                   "reject-option", "equalized-odds", "calibrated-equalized-odds"};
  return methods;
}

class Fixture {
 public:
  Fixture(const std::filesystem::path& folder, FixtureOptions options) : options_(std::move(options)) {
    const Study study = parse_study(toml(), "fixture.toml");
    { const Store empty(folder, study); }
    // All lines at once: a store's own way, each on the disk before the next, takes its time.
    Lines store;
    for (const char* data : {"adult", "bank", "compas"}) add_networks(store, data);
    for (const auto& [task, data, attribute, majority] : tasks_) {
      for (const std::string& protocol : options_.protocols) {
        for (const char* measure : {"spd", "eod", "aod"})
          add(store, task, data, attribute, majority, measure, protocol, {});
      }
      for (const std::string& name : options_.turned_alone) {
        add(store, task, data, attribute, majority, "spd", "published-" + name, {});
      }
    }
    for (const Architecture& architecture : options_.more_architectures) {
      for (const std::string& protocol : options_.protocols) {
        add(store, tasks_[0].name, "adult", "sex", tasks_[0].majority, "spd", protocol, architecture);
        add(store, tasks_[1].name, "bank", "age", tasks_[1].majority, "spd", protocol, architecture);
      }
    }
    write_file(folder / "cells.jsonl", store.text);
    Store(folder, study).finish({"posthoc study run fixture.toml", "posthoc 0.1.0", 2, 812.5, 400'000'000, true});
  }

 private:
  struct Lines {
    std::string text;
    void append(const Record& record) { text += to_line(record); }
  };

  struct FixtureTask {
    std::string name;
    std::string data;
    std::string attribute;
    double majority;
  };

  [[nodiscard]] std::string toml() {
    std::string text = "name = \"fixture\"\nmeasures = [\"spd\", \"eod\", \"aod\"]\nseeds = [";
    for (std::uint64_t seed = 0; seed < options_.seeds; ++seed) text += (seed > 0 ? ", " : "") + std::to_string(seed);
    text += "]\n";
    for (const FixtureTask& task : tasks_) {
      text += "[[tasks]]\nname = '" + task.name + "'\ndata = \"" + task.data + "\"\nprotected = \"" + task.attribute +
              "\"\n";
    }
    for (const std::string& method : fixture_methods()) text += "[[methods]]\nname = \"" + method + "\"\n";
    return text;
  }

  static ProtocolKey protocol_of(const std::string& name) {
    ProtocolKey key{name, {}};
    if (name == "corrected") return key;
    for (const ProtocolSwitch& one : protocol_switches()) {
      if (name != "published-" + std::string(one.name)) key.switches.emplace_back(one.name);
    }
    return key;
  }

  void add_networks(Lines& store, const std::string& data) {
    for (std::uint64_t seed = 0; seed < options_.seeds; ++seed) {
      NetworkResult network;
      network.key = {data, "0123456789ab", {}, seed};
      network.best = {"b.safetensors", 20, {0.3, 0.85, 0.9}, {0.3, 0.85 + noise(0.002), 0.905 + noise(0.001)}};
      network.last = network.best;
      network.seconds = 8.0;
      store.append(to_record(network));
    }
  }

  void add(Lines& store, const std::string& task, const std::string& data, const std::string& attribute,
           double majority, const std::string& measure, const std::string& protocol, const Architecture& architecture) {
    for (std::uint64_t seed = 0; seed < options_.seeds; ++seed) {
      const double network = noise(0.15);
      for (const std::string& method : fixture_methods()) {
        CellResult cell;
        cell.key = {options_.task_prefix + task,
                    data,
                    attribute,
                    {measure, "accuracy", fairness::Objective::Kind::tradeoff, 0.75},
                    method,
                    architecture,
                    seed,
                    protocol_of(protocol)};
        cell.method = method;
        cell.test = tradeoff(data, attribute, measure, method, architecture, majority, network);
        cell.valid = cell.test;
        cell.seconds = 0.1 + 0.01 * static_cast<double>(method.size());
        const bool first = task == tasks_[0].name && measure == "spd" && seed == 0;
        if (options_.undefined && first && method == "adversarial") make_undefined(cell.test);
        if (options_.undefined && task == tasks_[0].name && measure == "spd" && method == "layerwise")
          make_undefined(cell.test);
        store.append(to_record(cell));
        if (!options_.constrained || protocol != "corrected" ||
            !(architecture.depth == 10 && architecture.width == 32 && architecture.dropout == 0.2))
          continue;
        cell.key.objective = {measure, "balanced_accuracy", fairness::Objective::Kind::constrained, 0.05};
        cell.test = bounded(method);
        cell.valid = cell.test;
        cell.valid.feasible = true;
        store.append(to_record(cell));
      }
    }
  }

  // Near the published bar; where there is none, near what another method has.
  PartResult tradeoff(const std::string& data, const std::string& attribute, const std::string& measure,
                      const std::string& method, const Architecture& architecture, double majority, double network) {
    PartResult part = counts();
    double mean = 1.05 * majority;
    double std = 0.05 * majority;
    for (const PublishedNumber& number : published_) {
      const bool same =
          number.quantity == "objective" && number.data == data && number.protected_attribute == attribute &&
          number.measure == measure && number.method == method && number.architecture.depth == architecture.depth &&
          number.architecture.width == architecture.width && number.architecture.dropout == architecture.dropout;
      if (!same) continue;
      mean = number.value.mean;
      std = number.value.std;
      break;
    }
    double objective =
        method == "majority" ? majority : std::max(mean + std * (0.7 * network / 0.15 + noise(0.7)), 0.3 * majority);
    // Some searches end at one decision for everybody.
    if (method != "majority" && std::abs(objective - majority) < 0.002) objective = majority;
    if (objective == majority) part.degenerate = "the objective is that of the majority decision";
    const double accuracy =
        objective == majority ? 1 - 4 * majority : 1 - 3.6 * std::min(majority, objective) + noise(0.003);
    part.accuracy = accuracy;
    part.performance = accuracy;
    part.balanced_accuracy = 0.5 + 0.3 * (accuracy - (1 - 4 * majority)) + (objective == majority ? 0.0 : 0.2);
    part.bias = (objective - 0.25 * (1 - accuracy)) / 0.75;
    part.objective = 0.75 * std::abs(*part.bias) + 0.25 * (1 - accuracy);
    part.spd = part.eod = part.aod = part.bias;
    return part;
  }

  PartResult bounded(const std::string& method) {
    PartResult part = counts();
    const bool majority = method == "majority";
    part.balanced_accuracy = majority ? 0.5 : 0.74 + 0.004 * static_cast<double>(method.size()) + noise(0.01);
    part.performance = part.balanced_accuracy;
    part.bias = majority ? 0.0 : 0.04 + noise(0.015);
    part.accuracy = 0.8 + noise(0.01);
    part.spd = part.eod = part.aod = part.bias;
    part.feasible = std::abs(*part.bias) <= 0.05;
    part.objective = part.feasible ? 1 - *part.balanced_accuracy : 1 + std::abs(*part.bias);
    if (majority) part.degenerate = "selects nobody";
    return part;
  }

  static PartResult counts() {
    PartResult part;
    part.counts.add(0, {.tp = 10, .fp = 20, .tn = 300, .fn = 40});
    part.counts.add(1, {.tp = 100, .fp = 50, .tn = 400, .fn = 30});
    return part;
  }

  static void make_undefined(PartResult& part) {
    part.objective.reset();
    part.bias.reset();
    part.undefined = "group 0 has no positive labels";
  }

  double noise(double std) {
    // The sum of twelve uniform draws: the same with every standard library.
    double sum = -6.0;
    for (int i = 0; i < 12; ++i) sum += static_cast<double>(random_() >> 11) * 0x1p-53;
    return std * sum;
  }

  FixtureOptions options_;
  std::vector<FixtureTask> tasks_ = {{"adult-sex", "adult", "sex", 0.0616},
                                     {"bank-age", "bank", "age", 0.0326},
                                     {"compas-sex", "compas", "sex", 0.1151},
                                     {"compas-race", "compas", "race", 0.1151}};
  std::vector<PublishedNumber> published_ = published_numbers();
  std::mt19937_64 random_{7};
};

/// Writes such a store to a new folder.
inline void write_fixture_store(const std::filesystem::path& folder, const FixtureOptions& options = {}) {
  Fixture(folder, options);
}

}  // namespace posthoc::study::testing
