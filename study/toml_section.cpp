#include "study/toml_section.h"

#include <algorithm>
#include <fmt/ranges.h>
#include <utility>

namespace posthoc::study {
namespace {

constexpr std::size_t max_entries = 1000;  // of an array

std::string_view type_name(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::table:
      return "a table";
    case toml::node_type::array:
      return "an array";
    case toml::node_type::string:
      return "a text";
    case toml::node_type::integer:
      return "a whole number";
    case toml::node_type::floating_point:
      return "a number with a point or exponent";
    case toml::node_type::boolean:
      return "true or false";
    default:
      return "a date or time";
  }
}

// A text for a message, cut where it is long.
std::string shown(std::string_view text) {
  constexpr std::size_t limit = 60;
  return text.size() <= limit ? std::string(text) : std::string(text.substr(0, limit)) + "...";
}

template <typename T>
void require_new(const std::vector<T>& seen, const T& value, const toml::node& node, const auto& refuse) {
  if (std::find(seen.begin(), seen.end(), value) != seen.end()) refuse(node, fmt::format("{} is repeated", value));
}

}  // namespace

TomlSection::TomlSection(const toml::table& table, std::string path, const std::string& source,
                         const std::vector<std::string_view>& known)
    : table_(table), path_(std::move(path)), source_(source) {
  require_known(known);
}

TomlSection::TomlSection(const toml::table& table, std::string path, const std::string& source,
                         std::initializer_list<std::string_view> known)
    : TomlSection(table, std::move(path), source, std::vector<std::string_view>(known)) {}

void TomlSection::require_known(const std::vector<std::string_view>& known) const {
  for (const auto& [key, value] : table_) {
    if (std::find(known.begin(), known.end(), key.str()) != known.end()) continue;
    refuse_at(key.source(), key.str(),
              fmt::format("there is no such key; the keys here are {}", fmt::join(known, ", ")));
  }
}

std::string TomlSection::full(std::string_view key) const {
  return path_.empty() ? shown(key) : fmt::format("{}.{}", path_, shown(key));
}

void TomlSection::refuse_at(const toml::source_region& place, std::string_view key,
                            const std::string& complaint) const {
  fail("{} line {}, column {}: {}: {}", source_, place.begin.line, place.begin.column, full(key), complaint);
}

void TomlSection::refuse(std::string_view key, const std::string& complaint) const {
  const toml::node* node = table_.get(key);
  refuse_at(node != nullptr ? node->source() : table_.source(), key, complaint);
}

void TomlSection::refuse_type(const toml::node& node, std::string_view key, std::string_view expected) const {
  refuse_at(node.source(), key, fmt::format("expected {}, got {}", expected, type_name(node)));
}

const toml::node& TomlSection::at(std::string_view key) const {
  const toml::node* node = table_.get(key);
  if (node == nullptr) refuse(key, "expected this key, but it is missing");
  return *node;
}

std::string TomlSection::text(std::string_view key) const {
  const toml::node& node = at(key);
  if (!node.is_string()) refuse_type(node, key, "a text");
  const std::string& value = node.as_string()->get();
  if (value.empty()) refuse(key, "expected a text that is not empty");
  return value;
}

bool TomlSection::boolean(std::string_view key) const {
  const toml::node& node = at(key);
  if (!node.is_boolean()) refuse_type(node, key, "true or false");
  return node.as_boolean()->get();
}

std::int64_t TomlSection::integer(std::string_view key, std::int64_t low, std::int64_t high) const {
  const toml::node& node = at(key);
  if (!node.is_integer()) refuse_type(node, key, "a whole number");
  const std::int64_t value = node.as_integer()->get();
  if (value < low || value > high) refuse(key, fmt::format("expected {} to {}, got {}", low, high, value));
  return value;
}

double TomlSection::number(std::string_view key, double low, double high) const {
  const toml::node& node = at(key);
  if (!node.is_number()) refuse_type(node, key, "a number");
  const double value = *node.value<double>();
  if (!(value >= low && value <= high)) refuse(key, fmt::format("expected {} to {}, got {}", low, high, value));
  return value;
}

TomlSection TomlSection::table(std::string_view key, std::initializer_list<std::string_view> known) const {
  const toml::node& node = at(key);
  if (!node.is_table()) refuse_type(node, key, "a table");
  return {*node.as_table(), full(key), source_, known};
}

const toml::array& TomlSection::filled_array(std::string_view key, std::string_view expected) const {
  const toml::node& node = at(key);
  if (!node.is_array()) refuse_type(node, key, expected);
  if (node.as_array()->empty()) refuse(key, fmt::format("expected {}, but there is none", expected));
  if (node.as_array()->size() > max_entries) refuse(key, fmt::format("expected at most {} entries", max_entries));
  return *node.as_array();
}

std::vector<std::string> TomlSection::texts(std::string_view key) const {
  std::vector<std::string> result;
  for (const toml::node& node : filled_array(key, "an array of texts")) {
    if (!node.is_string()) refuse_type(node, key, "a text");
    const std::string& value = node.as_string()->get();
    if (value.empty()) refuse_at(node.source(), key, "expected a text that is not empty");
    require_new(result, value, node, [&](const toml::node& place, const std::string& complaint) {
      refuse_at(place.source(), key, shown(complaint));
    });
    result.push_back(value);
  }
  return result;
}

std::vector<std::int64_t> TomlSection::integers(std::string_view key, std::int64_t low, std::int64_t high) const {
  std::vector<std::int64_t> result;
  for (const toml::node& node : filled_array(key, "an array of whole numbers")) {
    if (!node.is_integer()) refuse_type(node, key, "a whole number");
    const std::int64_t value = node.as_integer()->get();
    if (value < low || value > high) {
      refuse_at(node.source(), key, fmt::format("expected {} to {}, got {}", low, high, value));
    }
    require_new(result, value, node, [&](const toml::node& place, const std::string& complaint) {
      refuse_at(place.source(), key, complaint);
    });
    result.push_back(value);
  }
  return result;
}

std::vector<const toml::table*> TomlSection::tables(std::string_view key) const {
  std::vector<const toml::table*> result;
  for (const toml::node& node : filled_array(key, "an array of tables")) {
    if (!node.is_table()) refuse_type(node, key, "a table");
    result.push_back(node.as_table());
  }
  return result;
}

}  // namespace posthoc::study
