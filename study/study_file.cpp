#include "study/study_file.h"

#include <algorithm>
#include <limits>

#include "base/file.h"
#include "data/named.h"
#include "fairness/measure.h"
#include "study/toml_section.h"

namespace posthoc::study {
namespace {

constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();

// A name becomes part of file names and of keys in results.
std::string plain_name(const TomlSection& section) {
  const std::string name = section.text("name");
  const bool plain =
      name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
      });
  if (!plain) section.refuse("name", "expected at most 64 of the characters a-z, A-Z, 0-9, '-' and '_'");
  return name;
}

const data::NamedDataset* named(const std::string& name) {
  const auto known = data::named_datasets();
  const auto found = std::find_if(known.begin(), known.end(), [&](const auto& entry) { return entry.name == name; });
  return found == known.end() ? nullptr : &*found;
}

void read_named_task(const TomlSection& section, const data::NamedDataset& dataset, Task& task) {
  for (const char* key : {"label", "privileged", "categorical", "drop", "separator"}) {
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
  if (const data::NamedDataset* dataset = named(task.data)) {
    read_named_task(section, *dataset, task);
  } else {
    read_csv_task(section, task);
  }
  return task;
}

void read_tasks(const TomlSection& root, Study& study) {
  for (const toml::table* table : root.tables("tasks")) {
    const TomlSection section(
        *table, fmt::format("tasks[{}]", study.tasks.size()), root.source(),
        {"name", "data", "protected", "favorable", "label", "privileged", "categorical", "drop", "separator"});
    Task task = read_task(section);
    for (const Task& other : study.tasks) {
      if (other.name == task.name) section.refuse("name", task.name + " is repeated");
    }
    study.tasks.push_back(std::move(task));
  }
}

void read_objective(const TomlSection& root, Study& study) {
  using Kind = fairness::Measure::Kind;
  for (const std::string& name : root.texts("measures")) {
    const std::string known(root.located("measures", [&] { return fairness::find_measure(name, Kind::bias).name; }));
    if (std::find(study.measures.begin(), study.measures.end(), known) != study.measures.end()) {
      root.refuse("measures", known + " is repeated");
    }
    study.measures.push_back(known);
  }
  if (root.has("performance")) {
    study.performance = root.located(
        "performance", [&] { return fairness::find_measure(root.text("performance"), Kind::performance).name; });
  }
  if (root.has("lambda")) study.lambda = root.number("lambda", 0.0, 1.0);
  if (root.has("threshold_search")) {
    const std::string text = root.text("threshold_search");
    study.threshold_search = root.located("threshold_search", [&] { return fairness::parse_threshold_search(text); });
  }
}

// The options of a method are keys beside its name.
std::vector<std::string_view> method_keys(std::string_view name) {
  if (name == "random") return {"name", "trials", "sigma", "original"};
  return {"name"};
}

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
  MethodChoice choice{section.text("name"), {}};
  debias::RandomOptions& random = choice.options.random;
  if (section.has("trials")) random.trials = section.integer("trials", 1, most);
  if (section.has("sigma")) random.sigma = section.number("sigma", 0.0, std::numeric_limits<double>::max());
  if (section.has("original")) random.include_original = section.boolean("original");
  section.located("name", [&] { return debias::method(choice.name, choice.options); });
  return choice;
}

void read_methods(const TomlSection& root, Study& study) {
  for (const toml::table* table : root.tables("methods")) {
    const std::string path = fmt::format("methods[{}]", study.methods.size());
    MethodChoice choice = read_method(*table, path, root.source());
    for (const MethodChoice& other : study.methods) {
      if (other.name == choice.name) {
        TomlSection(*table, path, root.source(), method_keys(choice.name)).refuse("name", choice.name + " is repeated");
      }
    }
    study.methods.push_back(std::move(choice));
  }
}

void read_architectures(const TomlSection& root, Study& study) {
  if (!root.has("architectures")) {
    study.architectures = {Architecture()};
    return;
  }
  for (const toml::table* table : root.tables("architectures")) {
    const TomlSection section(*table, fmt::format("architectures[{}]", study.architectures.size()), root.source(),
                              {"depth", "width", "dropout"});
    Architecture network;
    if (section.has("depth")) network.depth = section.integer("depth", 0, 1000);
    if (section.has("width")) network.width = section.integer("width", 1, 65536);
    if (section.has("dropout")) network.dropout = section.number("dropout", 0.0, 0.999);
    for (const Architecture& other : study.architectures) {
      if (other.depth == network.depth && other.width == network.width && other.dropout == network.dropout) {
        root.refuse("architectures", fmt::format("entry {} is repeated", study.architectures.size()));
      }
    }
    study.architectures.push_back(network);
  }
}

// `protocol = "published"`, or a table with `base` and switches that differ from it.
void read_protocol(const TomlSection& root, Study& study) {
  if (!root.has("protocol")) return;
  const auto start_from = [&](const std::string& name, const TomlSection& section, std::string_view key) {
    if (name != "corrected" && name != "published") section.refuse(key, "expected \"corrected\" or \"published\"");
    for (const ProtocolSwitch& entry : protocol_switches()) study.protocol.*entry.member = name == "published";
  };
  const toml::node& node = root.at("protocol");
  if (!node.is_table()) return start_from(root.text("protocol"), root, "protocol");
  std::vector<std::string_view> known = {"base"};
  for (const ProtocolSwitch& entry : protocol_switches()) known.push_back(entry.name);
  const TomlSection section(*node.as_table(), "protocol", root.source(), known);
  start_from(section.text("base"), section, "base");
  for (const ProtocolSwitch& entry : protocol_switches()) {
    if (section.has(entry.name)) study.protocol.*entry.member = section.boolean(entry.name);
  }
}

Study read_root(const TomlSection& root) {
  Study study;
  study.name = plain_name(root);
  read_tasks(root, study);
  read_objective(root, study);
  read_methods(root, study);
  for (const std::int64_t seed : root.integers("seeds", 0, most))
    study.seeds.push_back(static_cast<std::uint64_t>(seed));
  read_architectures(root, study);
  if (root.has("split_seed")) {
    study.split_seed =
        static_cast<std::uint32_t>(root.integer("split_seed", 0, std::numeric_limits<std::uint32_t>::max()));
  }
  if (root.has("max_epochs")) study.max_epochs = static_cast<int>(root.integer("max_epochs", 1, 1000000));
  if (root.has("patience")) study.patience = static_cast<int>(root.integer("patience", 1, 1000000));
  read_protocol(root, study);
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
  return read_root(TomlSection(table, "", source,
                               {"name", "tasks", "measures", "performance", "lambda", "threshold_search", "methods",
                                "seeds", "architectures", "split_seed", "max_epochs", "patience", "protocol"}));
}

Study read_study(const std::filesystem::path& path) { return parse_study(read_file(path), path.string()); }

}  // namespace posthoc::study
