#include "study/report/results.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>
#include <sstream>

#include "base/error.h"
#include "base/file.h"
#include "study/report/names.h"
#include "study/status.h"

namespace posthoc::study {
namespace {

constexpr const char* kCells = "cells.jsonl";

// The numbers of the lines of a store, by the ids of their records.
std::map<std::string, std::size_t> line_numbers(const std::filesystem::path& folder) {
  std::map<std::string, std::size_t> numbers;
  std::istringstream lines(read_file(folder / kCells));
  std::string line;
  for (std::size_t number = 1; std::getline(lines, line); ++number) {
    try {
      numbers.emplace(parse_line(line + '\n').id(), number);
    } catch (const Error&) {
      // Only a last line that was cut off comes so far: read_store has refused any other, and warns of this one.
    }
  }
  return numbers;
}

template <typename T, typename Same>
void add_once(std::vector<T>& all, const T& one, Same same) {
  if (std::none_of(all.begin(), all.end(), [&](const T& other) { return same(other, one); })) all.push_back(one);
}

template <typename T>
void add_once(std::vector<T>& all, const T& one) {
  add_once(all, one, [](const T& a, const T& b) { return a == b; });
}

// Where `one` stands among `all`; their number if it does not.
template <typename T, typename Same>
std::size_t place_of(const std::vector<T>& all, const T& one, Same same) {
  return static_cast<std::size_t>(
      std::find_if(all.begin(), all.end(), [&](const T& other) { return same(other, one); }) - all.begin());
}

// Two stores may hold the same cell; times may differ.
void require_same(const Entry& one, const Entry& other) {
  require(to_record(one.cell).result == to_record(other.cell).result,
          "{} and {} are results of the same cell and differ: {}", one.source, other.source, to_record(one.cell).key);
}

}  // namespace

std::optional<Moments> Sample::moments() const {
  if (values.empty()) return std::nullopt;
  return study::moments(values);
}

std::string Sample::source() const {
  std::string text;
  std::string file;
  for (const std::string& source : sources) {
    const std::size_t colon = source.rfind(':');
    if (source.substr(0, colon) != file) {
      file = source.substr(0, colon);
      text += (text.empty() ? "" : ", ") + file + ":";
    }
    text += text.back() == ':' ? "" : " ";
    text += source.substr(colon + 1);
  }
  return text;
}

Group with_further(const Group& group) {
  Group all = group;
  all.entries.insert(all.entries.end(), group.further.begin(), group.further.end());
  all.further.clear();
  return all;
}

Sample sample(const Group& group, const Select& select, Degenerate degenerate) {
  Sample result;
  // The majority decision is what it is on purpose.
  const bool leave_out = degenerate == Degenerate::left_out && group.method != "majority";
  for (const Entry* entry : group.entries) {
    if (leave_out && is_degenerate(entry->cell)) {
      ++result.left_out;
      continue;
    }
    const std::optional<double> value = select(entry->cell);
    if (!value) {
      ++result.undefined;
      continue;
    }
    result.seeds.push_back(entry->cell.key.seed);
    result.values.push_back(*value);
    result.sources.push_back(entry->source);
  }
  return result;
}

std::optional<double> test_objective(const CellResult& cell) { return cell.test.objective; }
std::optional<double> test_bias(const CellResult& cell) { return cell.test.bias; }
std::optional<double> test_accuracy(const CellResult& cell) { return cell.test.accuracy; }
std::optional<double> test_balanced_accuracy(const CellResult& cell) { return cell.test.balanced_accuracy; }

bool is_degenerate(const CellResult& cell) {
  return cell.valid.degenerate.has_value() || cell.test.degenerate.has_value();
}

std::string protocol_label(const ProtocolKey& protocol) {
  const auto all = protocol_switches();
  if (protocol.switches.empty()) return kCorrected;
  if (protocol.switches.size() == all.size()) return kPublished;
  const bool mostly_on = 2 * protocol.switches.size() > all.size();
  std::string label = mostly_on ? kPublished : kCorrected;
  for (const ProtocolSwitch& one : all) {
    const auto found = std::find(protocol.switches.begin(), protocol.switches.end(), one.name);
    const bool on = found != protocol.switches.end();
    if (on != mostly_on) label += fmt::format("{}{}", mostly_on ? "-" : "+", one.name);
  }
  return label;
}

Results::Results(std::span<const std::filesystem::path> stores) {
  require(!stores.empty(), "expected a folder of results to report on, got none");
  for (const std::filesystem::path& folder : stores) read(folder, stores.size());
  require(!entries_.empty(), "{} holds no finished cell yet; posthoc study run goes on with it",
          stores.front().string());
  list_what_occurs();
  make_groups();
}

void Results::read(const std::filesystem::path& folder, std::size_t stores) {
  StoreContents contents = read_store(folder);
  const std::map<std::string, std::size_t> numbers =
      std::filesystem::exists(folder / kCells) ? line_numbers(folder) : std::map<std::string, std::size_t>();
  // The folder's name tells stores apart where there are several.
  const std::string file = stores == 1 ? kCells : fmt::format("store {} {}", stores_.size() + 1, kCells);
  const auto source = [&](const std::string& id) {
    const auto found = numbers.find(id);
    return found == numbers.end() ? file + ":?" : fmt::format("{}:{}", file, found->second);
  };
  for (const CellResult& cell : contents.cells) add({cell, source(record_id(cell.key))});
  for (const NetworkResult& network : contents.networks) networks_.push_back({network, source(record_id(network.key))});
  for (const Record& record : contents.others) others_.emplace_back(record, source(record.id()));
  stores_.push_back(std::move(contents));
}

void Results::add(Entry entry) {
  const auto [place, fresh] = places_.emplace(record_id(entry.cell.key), entries_.size());
  if (!fresh) return require_same(entries_[place->second], entry);
  entries_.push_back(std::move(entry));
}

std::vector<std::pair<Record, std::string>> Results::others(std::string_view kind) const {
  std::vector<std::pair<Record, std::string>> found;
  for (const auto& other : others_) {
    if (other.first.kind == kind) found.push_back(other);
  }
  return found;
}

void Results::list_what_occurs() {
  // The order in which the studies name things, and then what only the cells know.
  for (const StoreContents& store : stores_) {
    for (const Task& task : store.study.tasks) {
      const auto occurs = [&](const Entry& entry) { return entry.cell.key.task == task.name; };
      if (std::none_of(entries_.begin(), entries_.end(), occurs)) continue;
      add_once(tasks_, task, [](const Task& a, const Task& b) { return a.name == b.name; });
    }
    for (const Architecture& architecture : store.study.architectures) {
      const auto occurs = [&](const Entry& entry) { return entry.cell.key.architecture == architecture; };
      if (std::any_of(entries_.begin(), entries_.end(), occurs)) add_once(architectures_, architecture);
    }
  }
  std::set<std::pair<std::size_t, std::string>> methods;
  for (const Entry& entry : entries_) {
    const CellKey& key = entry.cell.key;
    Task task;
    task.name = key.task;
    task.data = key.data;
    task.protected_attribute = key.protected_attribute;
    add_once(tasks_, task, [](const Task& a, const Task& b) { return a.name == b.name; });
    add_once(architectures_, key.architecture);
    methods.emplace(method_rank(entry.cell.method), key.method);
  }
  for (const auto& [rank, label] : methods) methods_.push_back(label);

  std::vector<std::string> measures;
  for (const StoreContents& store : stores_) {
    for (const std::string& measure : store.study.measures) add_once(measures, measure);
  }
  for (const Entry& entry : entries_) {
    add_once(objectives_, entry.cell.key.objective);
    add_once(protocols_, protocol_label(entry.cell.key.protocol));
  }
  std::stable_sort(objectives_.begin(), objectives_.end(), [&](const ObjectiveKey& a, const ObjectiveKey& b) {
    const auto place = [&](const ObjectiveKey& key) {
      return std::make_pair(key.kind, std::find(measures.begin(), measures.end(), key.measure) - measures.begin());
    };
    return place(a) < place(b);
  });
  std::stable_sort(protocols_.begin(), protocols_.end(), [](const std::string& a, const std::string& b) {
    const auto place = [](const std::string& label) { return label == kCorrected ? 0 : label == kPublished ? 1 : 2; };
    return place(a) < place(b);
  });
}

bool Results::is_own_seed(std::uint64_t seed) const {
  return std::any_of(stores_.begin(), stores_.end(), [&](const StoreContents& store) {
    const std::vector<std::uint64_t>& seeds = store.study.seeds;
    return std::find(seeds.begin(), seeds.end(), seed) != seeds.end();
  });
}

void Results::make_groups() {
  // Cells come in the order of their ids, so that those of a group need not stand together.
  std::map<std::string, std::size_t> places;
  for (const Entry& entry : entries_) {
    CellKey key = entry.cell.key;
    key.seed = 0;
    key.protocol.name.clear();
    const auto [place, fresh] = places.emplace(record_id(key), groups_.size());
    if (fresh) groups_.push_back({entry.cell.key, entry.cell.method, protocol_label(entry.cell.key.protocol), {}, {}});
    Group& group = groups_[place->second];
    (is_own_seed(entry.cell.key.seed) ? group.entries : group.further).push_back(&entry);
  }
  for (Group& group : groups_) {
    // Work of which no seed is the study's own has no other networks to stand apart from.
    if (group.entries.empty()) group.entries.swap(group.further);
    for (std::vector<const Entry*>* entries : {&group.entries, &group.further}) {
      std::sort(entries->begin(), entries->end(),
                [](const Entry* a, const Entry* b) { return a->cell.key.seed < b->cell.key.seed; });
    }
  }
  const auto place = [&](const Group& group) {
    const auto same_task = [](const Task& a, const Task& b) { return a.name == b.name; };
    Task task;
    task.name = group.key.task;
    const auto equal = [](const auto& a, const auto& b) { return a == b; };
    return std::make_tuple(place_of(objectives_, group.key.objective, equal), place_of(tasks_, task, same_task),
                           place_of(architectures_, group.key.architecture, equal),
                           place_of(protocols_, group.protocol, equal), place_of(methods_, group.key.method, equal));
  };
  std::stable_sort(groups_.begin(), groups_.end(), [&](const Group& a, const Group& b) { return place(a) < place(b); });
}

const Group* Results::find(const std::string& task, const ObjectiveKey& objective, const std::string& method,
                           const Architecture& architecture, const std::string& protocol) const {
  for (const Group& group : groups_) {
    if (group.key.task == task && group.key.objective == objective && group.key.method == method &&
        group.key.architecture == architecture && group.protocol == protocol) {
      return &group;
    }
  }
  return nullptr;
}

bool Results::has_protocol(const std::string& label) const {
  return std::find(protocols_.begin(), protocols_.end(), label) != protocols_.end();
}

std::vector<ObjectiveKey> Results::objectives(fairness::Objective::Kind kind) const {
  std::vector<ObjectiveKey> found;
  for (const ObjectiveKey& objective : objectives_) {
    if (objective.kind == kind) found.push_back(objective);
  }
  return found;
}

const Architecture& Results::main_architecture() const {
  const Architecture base;
  for (const Architecture& architecture : architectures_) {
    if (architecture == base) return architecture;
  }
  return architectures_.front();
}

std::string objective_id(const ObjectiveKey& objective) {
  const bool of_paper = objective.performance == "accuracy" && objective.weight == 0.75;
  return report::slug(of_paper ? objective.measure
                               : fmt::format("{} {} {}", objective.measure, objective.performance, objective.weight));
}

std::vector<std::string> Results::missing() const {
  std::vector<std::string> missing;
  for (const StoreContents& store : stores_) {
    const std::size_t before = missing.size();
    for (const ExperimentStatus& experiment : status_of(store)) {
      if (experiment.done == experiment.cells) continue;
      missing.push_back(fmt::format("{} of the {} cells of the experiment {}", experiment.cells - experiment.done,
                                    experiment.cells, experiment.name));
    }
    if (!store.complete && missing.size() == before) {
      missing.push_back(fmt::format("the end of the run of the study {}", store.study.name));
    }
  }
  return missing;
}

std::string formula(const ObjectiveKey& objective) {
  const std::string measure = measure_name(objective.measure);
  const std::string performance = words(objective.performance);
  if (objective.kind == fairness::Objective::Kind::tradeoff) {
    return fmt::format("{} |{}| + {} (1 - {})", objective.weight, measure, 1 - objective.weight, performance);
  }
  return fmt::format("best {} with |{}| at most {}", performance, measure, objective.weight);
}

}  // namespace posthoc::study
