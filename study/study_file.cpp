#include "study/study_file.h"

#include <algorithm>
#include <fmt/ranges.h>
#include <limits>

#include "base/file.h"
#include "data/named.h"
#include "fairness/measure.h"
#include "study/method_keys.h"
#include "study/toml_section.h"

namespace posthoc::study {
namespace {

constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();

// A name becomes part of file names and of keys in results.
std::string plain_name(const TomlSection& section, std::string_view key = "name") {
  std::string name = section.text(key);
  const bool plain =
      name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
      });
  if (!plain) section.refuse(key, "expected at most 64 of the characters a-z, A-Z, 0-9, '-' and '_'");
  return name;
}

const data::NamedDataset* named(const std::string& name) {
  const auto known = data::named_datasets();
  const auto found = std::find_if(known.begin(), known.end(), [&](const auto& entry) { return entry.name == name; });
  return found == known.end() ? nullptr : &*found;
}

void read_named_task(const TomlSection& section, const data::NamedDataset& dataset, Task& task) {
  for (const char* key : {"label", "privileged", "categorical", "drop", "missing", "separator"}) {
    if (section.has(key)) section.refuse(key, "describes a CSV file; the data set " + dataset.name + " is known");
  }
  std::string attributes;
  for (const data::ProtectedColumn& column : dataset.encoding.protected_columns) {
    if (column.name == task.protected_attribute) return;
    attributes += (attributes.empty() ? "" : ", ") + column.name;
  }
  section.refuse("protected",
                 fmt::format("the data set {} has no such attribute; it has {}", dataset.name, attributes));
}

void read_csv_task(const TomlSection& section, Task& task) {
  if (!task.data.ends_with(".csv")) {
    std::string known;
    for (const data::NamedDataset& dataset : data::named_datasets()) known += dataset.name + ", ";
    section.refuse("data", "there is no such data set; expected " + known + "or a file that ends in .csv");
  }
  task.label = section.text("label");
  task.favorable = section.text("favorable");
  task.privileged = section.texts("privileged");
  if (section.has("categorical")) task.categorical = section.texts("categorical");
  if (section.has("drop")) task.dropped = section.texts("drop");
  if (section.has("missing")) task.missing = section.texts("missing");
  if (!section.has("separator")) return;
  const std::string separator = section.text("separator");
  if (separator.size() != 1 || std::string_view("\"\n\r\0", 4).find(separator[0]) != std::string_view::npos) {
    section.refuse("separator", "expected one character, neither a double quote nor a line end");
  }
  task.separator = separator[0];
}

Task read_task(const TomlSection& section) {
  Task task;
  task.name = plain_name(section);
  task.data = section.text("data");
  task.protected_attribute = section.text("protected");
  if (section.has("favorable")) task.favorable = section.text("favorable");
  if (section.has("optional")) task.optional = section.boolean("optional");
  if (const data::NamedDataset* dataset = named(task.data)) {
    read_named_task(section, *dataset, task);
  } else {
    read_csv_task(section, task);
  }
  return task;
}

void read_tasks(const TomlSection& root, Study& study) {
  for (const toml::table* table : root.tables("tasks")) {
    const TomlSection section(*table, fmt::format("tasks[{}]", study.tasks.size()), root.source(),
                              {"name", "data", "protected", "favorable", "label", "privileged", "categorical", "drop",
                               "missing", "separator", "optional"});
    Task task = read_task(section);
    for (const Task& other : study.tasks) {
      if (other.name == task.name) section.refuse("name", task.name + " is repeated");
    }
    study.tasks.push_back(std::move(task));
  }
}

std::vector<std::string> read_measures(const TomlSection& section) {
  using Kind = fairness::Measure::Kind;
  std::vector<std::string> measures;
  for (const std::string& name : section.texts("measures")) {
    const std::string known(section.located("measures", [&] { return fairness::find_measure(name, Kind::bias).name; }));
    if (std::find(measures.begin(), measures.end(), known) != measures.end()) {
      section.refuse("measures", known + " is repeated");
    }
    measures.push_back(known);
  }
  return measures;
}

std::string read_performance(const TomlSection& section) {
  return std::string(section.located("performance", [&] {
    return fairness::find_measure(section.text("performance"), fairness::Measure::Kind::performance).name;
  }));
}

std::vector<std::uint64_t> read_seeds(const TomlSection& section) {
  std::vector<std::uint64_t> seeds;
  for (const std::int64_t seed : section.integers("seeds", 0, most)) seeds.push_back(static_cast<std::uint64_t>(seed));
  return seeds;
}

void read_objective(const TomlSection& root, Study& study) {
  study.measures = read_measures(root);
  if (root.has("performance")) study.performance = read_performance(root);
  if (root.has("lambda")) study.lambda = root.number("lambda", 0.0, 1.0);
  if (root.has("threshold_search")) {
    const std::string text = root.text("threshold_search");
    study.threshold_search = root.located("threshold_search", [&] { return fairness::parse_threshold_search(text); });
  }
}

// The options of a method are keys beside its name.
std::vector<std::string_view> method_keys(const std::string& name) {
  std::vector<std::string_view> keys = {"name", "label"};
  MethodChoice choice;
  choice.name = name;
  visit_options(choice, [&](std::string_view key, auto&&...) { keys.push_back(key); });
  return keys;
}

// Reads the options that a section has.
struct OptionReader {
  const TomlSection& section;

  void operator()(std::string_view key, std::int64_t& value) const {
    if (section.has(key)) value = section.integer(key, 1, most);
  }
  void operator()(std::string_view key, double& value) const {
    if (section.has(key)) value = section.number(key, 0.0, std::numeric_limits<double>::max());
  }
  void operator()(std::string_view key, bool& value) const {
    if (section.has(key)) value = section.boolean(key);
  }
  template <typename Enum>
  void operator()(std::string_view key, Enum& value, const Names<Enum>& names) const {
    if (!section.has(key)) return;
    const std::string text = section.text(key);
    std::string known;
    for (const auto& [name, of_name] : names) {
      known += (known.empty() ? "" : ", ") + std::string(name);
      if (name != text) continue;
      value = of_name;
      return;
    }
    section.refuse(key, fmt::format("expected one of {}", known));
  }
};

MethodChoice read_method(const toml::table& table, const std::string& path, const std::string& source) {
  const toml::node* node = table.get("name");
  const std::string name = node != nullptr && node->is_string() ? node->as_string()->get() : "";
  const bool known = std::any_of(debias::methods().begin(), debias::methods().end(),
                                 [&](const debias::MethodEntry& entry) { return entry.name == name; });
  if (!known) {  // its options cannot be checked: look at the name alone
    std::vector<std::string_view> keys;
    for (const auto& [key, value] : table) keys.push_back(key.str());
    const TomlSection section(table, path, source, keys);
    const std::string text = section.text("name");
    section.located("name", [&] { return debias::method(text); });
  }
  const TomlSection section(table, path, source, method_keys(name));
  MethodChoice choice;
  choice.name = section.text("name");
  choice.label = section.has("label") ? plain_name(section, "label") : choice.name;
  choice.calibrated_cost_given = section.has("cost");
  visit_options(choice, OptionReader{section});
  section.located("name", [&] { return debias::method(choice.name, choice.options); });
  return choice;
}

void read_methods(const TomlSection& root, Study& study) {
  for (const toml::table* table : root.tables("methods")) {
    const std::string path = fmt::format("methods[{}]", study.methods.size());
    MethodChoice choice = read_method(*table, path, root.source());
    for (const MethodChoice& other : study.methods) {
      if (other.label != choice.label) continue;
      const TomlSection section(*table, path, root.source(), method_keys(choice.name));
      section.refuse(section.has("label") ? "label" : "name", choice.label + " is repeated");
    }
    study.methods.push_back(std::move(choice));
  }
}

std::vector<Architecture> read_architectures(const TomlSection& parent, const std::string& path) {
  std::vector<Architecture> architectures;
  for (const toml::table* table : parent.tables("architectures")) {
    const TomlSection section(*table, fmt::format("{}architectures[{}]", path, architectures.size()), parent.source(),
                              {"depth", "width", "dropout"});
    Architecture network;
    if (section.has("depth")) network.depth = section.integer("depth", 0, 1000);
    if (section.has("width")) network.width = section.integer("width", 1, 65536);
    if (section.has("dropout")) network.dropout = section.number("dropout", 0.0, 0.999);
    if (std::find(architectures.begin(), architectures.end(), network) != architectures.end()) {
      parent.refuse("architectures", fmt::format("entry {} is repeated", architectures.size()));
    }
    architectures.push_back(network);
  }
  return architectures;
}

// `protocol = "published"`, or a table with `base` and switches that differ from it.
void read_protocol(const TomlSection& root, Study& study) {
  if (!root.has("protocol")) return;
  const toml::node& node = root.at("protocol");
  if (!node.is_table()) {
    study.protocol = root.located("protocol", [&] { return parse_protocol(root.text("protocol")); });
    return;
  }
  std::vector<std::string_view> known = {"base"};
  for (const ProtocolSwitch& entry : protocol_switches()) known.push_back(entry.name);
  const TomlSection section(*node.as_table(), "protocol", root.source(), known);
  study.protocol = section.located("base", [&] { return parse_protocol(section.text("base")); });
  for (const ProtocolSwitch& entry : protocol_switches()) {
    if (section.has(entry.name)) study.protocol.*entry.member = section.boolean(entry.name);
  }
}

// The entries of `key`, each of which must be among `known`; all of `known` without the key.
std::vector<std::string> read_some(const TomlSection& section, std::string_view key,
                                   const std::vector<std::string>& known) {
  if (!section.has(key)) return known;
  std::vector<std::string> some = section.texts(key);
  for (const std::string& name : some) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    section.refuse(key, fmt::format("the study has no '{}'; it has {}", name, fmt::join(known, ", ")));
  }
  return some;
}

void read_experiment_objective(const TomlSection& section, Experiment& experiment) {
  if (section.has("performance")) experiment.performance = read_performance(section);
  const std::string kind = section.has("objective") ? section.text("objective") : "tradeoff";
  if (kind != "tradeoff" && kind != "constrained") {
    section.refuse("objective", "expected \"tradeoff\" or \"constrained\"");
  }
  if (kind == "tradeoff") {
    if (section.has("epsilon")) section.refuse("epsilon", "belongs to objective = \"constrained\"");
    if (section.has("lambda")) experiment.weight = section.number("lambda", 0.0, 1.0);
    return;
  }
  if (section.has("lambda")) section.refuse("lambda", "belongs to objective = \"tradeoff\"");
  experiment.objective = fairness::Objective::Kind::constrained;
  experiment.weight = section.has("epsilon") ? section.number("epsilon", 0.0, 0.999) : fairness::Objective().epsilon;
}

Experiment read_experiment(const TomlSection& section, const Study& study, const std::string& path) {
  Experiment experiment = everything(study);
  experiment.name = plain_name(section);
  experiment.tasks = read_some(section, "tasks", experiment.tasks);
  experiment.methods = read_some(section, "methods", experiment.methods);
  if (section.has("measures")) experiment.measures = read_measures(section);
  if (section.has("seeds")) experiment.seeds = read_seeds(section);
  if (section.has("architectures")) experiment.architectures = read_architectures(section, path + ".");
  if (section.has("protocols")) {
    experiment.protocols.clear();
    for (const std::string& text : section.texts("protocols")) {
      const Protocol protocol = section.located("protocols", [&] { return parse_protocol(text); });
      const auto& seen = experiment.protocols;
      if (std::find(seen.begin(), seen.end(), protocol) != seen.end()) {
        section.refuse("protocols", to_string(protocol) + " is repeated");
      }
      experiment.protocols.push_back(protocol);
    }
  }
  read_experiment_objective(section, experiment);
  return experiment;
}

void read_experiments(const TomlSection& root, Study& study) {
  if (!root.has("experiments")) {
    study.experiments = {everything(study)};
    return;
  }
  for (const toml::table* table : root.tables("experiments")) {
    const std::string path = fmt::format("experiments[{}]", study.experiments.size());
    const TomlSection section(*table, path, root.source(),
                              {"name", "tasks", "measures", "methods", "seeds", "architectures", "protocols",
                               "objective", "lambda", "epsilon", "performance"});
    Experiment experiment = read_experiment(section, study, path);
    for (const Experiment& other : study.experiments) {
      if (other.name == experiment.name) section.refuse("name", other.name + " is repeated");
    }
    study.experiments.push_back(std::move(experiment));
  }
}

// Tasks (all of them, if it does not say) and seeds of a table that asks for more than cells.
template <typename Further>
void read_further(const TomlSection& section, const Study& study, Further& further) {
  std::vector<std::string> tasks;
  for (const Task& task : study.tasks) tasks.push_back(task.name);
  further.tasks = read_some(section, "tasks", tasks);
  further.seeds = section.has("seeds") ? read_seeds(section) : study.seeds;
}

void read_classifiers(const TomlSection& root, Study& study) {
  if (!root.has("classifiers")) return;
  read_further(root.table("classifiers", {"tasks", "seeds"}), study, study.classifiers);
}

void read_sensitivity(const TomlSection& root, Study& study) {
  if (!root.has("sensitivity")) return;
  const TomlSection section = root.table("sensitivity", {"tasks", "seeds", "trials", "held_out", "gradients", "sigma"});
  read_further(section, study, study.sensitivity);
  SensitivityOptions& options = study.sensitivity.options;
  if (section.has("trials")) options.trials = section.integer("trials", 10, 20000);
  if (section.has("held_out")) options.held_out = section.integer("held_out", 10, 20000);
  if (section.has("gradients")) options.gradients = section.integer("gradients", 2, 20000);
  if (options.gradients % 2 != 0) section.refuse("gradients", "expected an even number");
  if (section.has("sigma")) options.sigma = section.number("sigma", 1e-6, 1000.0);
}

Study read_root(const TomlSection& root) {
  Study study;
  study.name = plain_name(root);
  read_tasks(root, study);
  read_objective(root, study);
  read_methods(root, study);
  study.seeds = read_seeds(root);
  study.architectures = root.has("architectures") ? read_architectures(root, "") : std::vector{Architecture()};
  if (root.has("split_seed")) {
    study.split_seed =
        static_cast<std::uint32_t>(root.integer("split_seed", 0, std::numeric_limits<std::uint32_t>::max()));
  }
  if (root.has("max_epochs")) study.max_epochs = static_cast<int>(root.integer("max_epochs", 1, 1000000));
  if (root.has("patience")) study.patience = static_cast<int>(root.integer("patience", 1, 1000000));
  read_protocol(root, study);
  read_experiments(root, study);
  read_classifiers(root, study);
  read_sensitivity(root, study);
  return study;
}

}  // namespace

Study parse_study(std::string_view text, const std::string& source) {
  require(text.size() <= max_study_bytes, "{}: a study file has at most {} bytes, got {}", source, max_study_bytes,
          text.size());
  toml::table table;
  try {
    table = toml::parse(text, source);
  } catch (const toml::parse_error& error) {
    const toml::source_position place = error.source().begin;
    fail("{} line {}, column {}: this is not TOML: {}", source, place.line, place.column, error.description());
  } catch (const Error& error) {  // an assertion of toml++, see toml_section.h
    fail("{}: {}", source, error.what());
  }
  return read_root(TomlSection(
      table, "", source,
      {"name", "tasks", "measures", "performance", "lambda", "threshold_search", "methods", "seeds", "architectures",
       "split_seed", "max_epochs", "patience", "protocol", "experiments", "classifiers", "sensitivity"}));
}

Experiment everything(const Study& study) {
  Experiment experiment;
  experiment.name = "all";
  for (const Task& task : study.tasks) experiment.tasks.push_back(task.name);
  for (const MethodChoice& choice : study.methods) experiment.methods.push_back(choice.label);
  experiment.measures = study.measures;
  experiment.seeds = study.seeds;
  experiment.architectures = study.architectures;
  experiment.protocols = {study.protocol};
  experiment.performance = study.performance;
  experiment.weight = study.lambda;
  return experiment;
}

Study read_study(const std::filesystem::path& path) { return parse_study(read_file(path), path.string()); }

}  // namespace posthoc::study
