#include <algorithm>
#include <sstream>

#include "cli/completion.h"
#include "cli/method_options.h"
#include "data/named.h"
#include "debias/method.h"
#include "fairness/measure.h"

namespace posthoc::cli {
namespace {

using Kind = CompletionValue::Kind;

template <typename Table>
std::vector<std::string> names_in(const Table& table) {
  std::vector<std::string> names;
  for (const auto& entry : table) names.emplace_back(entry.name);
  return names;
}

std::vector<std::string> measure_names(fairness::Measure::Kind kind) {
  std::vector<std::string> names;
  for (const fairness::Measure& measure : fairness::measures()) {
    if (measure.kind == kind) names.emplace_back(measure.name);
  }
  return names;
}

// The words of "TEXT:{a,b}", which is how CLI11 writes the type of an option that is one of a set.
std::vector<std::string> words_of_set(const std::string& type) {
  std::vector<std::string> words;
  const std::size_t open = type.find('{');
  const std::size_t close = type.find('}');
  if (open == std::string::npos || close == std::string::npos) return words;
  std::istringstream list(type.substr(open + 1, close - open - 1));
  for (std::string word; std::getline(list, word, ',');) words.push_back(word);
  return words;
}

CompletionValue value_of(const CLI::Option& option) {
  if (option.get_items_expected_max() == 0) return {};
  const std::string type = option.get_type_name();
  if (auto words = words_of_set(type); !words.empty()) return {Kind::words, std::move(words)};
  const std::string name = type.substr(0, type.find(':'));
  if (name == "FILE") return {Kind::file, {}};
  if (name == "DIR") return {Kind::folder, {}};
  if (name == "BOOLEAN") return {Kind::words, {"true", "false"}};
  if (name == "DATA") return {Kind::word_or_file, names_in(data::named_datasets())};
  if (name == "NAME") return {Kind::words, names_in(data::named_datasets())};
  if (name == "MEASURE") return {Kind::words, measure_names(fairness::Measure::Kind::bias)};
  if (name == "PERFORMANCE") return {Kind::words, measure_names(fairness::Measure::Kind::performance)};
  if (name == "METHOD") return {Kind::words, methods_of_scores()};
  if (name == "METHOD|all") {
    std::vector<std::string> words = names_in(debias::methods());
    words.emplace_back("all");
    return {Kind::words, std::move(words)};
  }
  if (name == "SEARCH") return {Kind::words, {"exact", "grid501", "grid1001"}};
  return {Kind::text, {}};
}

CompletionCommand tree(const CLI::App& app, const std::string& parent) {
  CompletionCommand command;
  command.name = app.get_name();
  command.path = parent.empty() ? command.name : parent + " " + command.name;
  command.description = app.get_description();
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_positional()) {
      command.arguments.push_back(value_of(*option));
      continue;
    }
    CompletionOption entry{{}, option->get_description(), value_of(*option)};
    for (const std::string& name : option->get_snames()) entry.names.push_back("-" + name);
    for (const std::string& name : option->get_lnames()) entry.names.push_back("--" + name);
    command.options.push_back(std::move(entry));
  }
  const auto any = [](const CLI::App* sub) { return !sub->get_name().empty(); };
  for (const CLI::App* sub : app.get_subcommands(any)) command.subcommands.push_back(tree(*sub, command.path));
  return command;
}

}  // namespace

CompletionCommand completion_tree(const CLI::App& app) { return tree(app, ""); }

}  // namespace posthoc::cli
