#include "cli/encoding_json.h"

#include <cmath>
#include <limits>

#include "base/error.h"

namespace posthoc::cli {
namespace {

constexpr int kVersion = 1;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

using Names = std::vector<std::string>;

Json column_json(const data::EncodedColumn& column) {
  Json json = {{"column", column.column}};
  if (!column.categories.empty()) json["categories"] = column.categories;
  if (column.attribute) json["attribute"] = *column.attribute;
  return json;
}

Json attribute_json(const data::EncodedAttribute& attribute) {
  Json json = {{"name", attribute.rule.name}, {"column", attribute.rule.column}};
  if (const auto& interval = attribute.rule.interval) {
    const auto end = [](double number) { return std::isinf(number) ? Json() : Json(number); };
    json["interval"] = {end(interval->low), end(interval->high)};
    return json;
  }
  json["privileged"] = attribute.rule.privileged;
  if (attribute.unprivileged) json["unprivileged"] = *attribute.unprivileged;
  return json;
}

// The JSON library would take -1 and 0.5 for whole numbers.
std::size_t index_of(const Json& json) {
  require(json.is_number_unsigned(), "expected a whole number, got {}", json.dump());
  return json.get<std::size_t>();
}

std::vector<std::size_t> indices_of(const Json& json) {
  require(json.is_array(), "expected a list of whole numbers, got {}", json.dump());
  std::vector<std::size_t> indices;
  for (const Json& entry : json) indices.push_back(index_of(entry));
  return indices;
}

data::EncodedColumn parse_column(const Json& json) {
  data::EncodedColumn column{json.at("column").get<std::string>()};
  if (json.contains("categories")) {
    column.categories = json.at("categories").get<Names>();
    require(!column.categories.empty(), "the column {} has categories, but none is there", json.at("column").dump());
  }
  if (json.contains("attribute")) column.attribute = index_of(json.at("attribute"));
  return column;
}

double parse_end(const Json& json, double infinite) {
  if (json.is_null()) return infinite;
  require(json.is_number(), "an interval's end is not a number: {}", json.dump());
  return json.get<double>();
}

data::EncodedAttribute parse_attribute(const Json& json) {
  data::EncodedAttribute attribute;
  attribute.rule.name = json.at("name").get<std::string>();
  attribute.rule.column = json.at("column").get<std::string>();
  if (json.contains("interval")) {
    const Json& ends = json.at("interval");
    require(ends.is_array() && ends.size() == 2, "an interval is not a pair: {}", ends.dump());
    attribute.rule.interval = {parse_end(ends[0], -kInfinity), parse_end(ends[1], kInfinity)};
    require(attribute.rule.interval->low < attribute.rule.interval->high, "an interval is empty: {}", ends.dump());
    return attribute;
  }
  attribute.rule.privileged = json.at("privileged").get<Names>();
  if (json.contains("unprivileged")) attribute.unprivileged = json.at("unprivileged").get<Names>();
  return attribute;
}

data::CsvOptions parse_csv_options(const Json& json) {
  data::CsvOptions csv;
  const auto separator = json.at("separator").get<std::string>();
  require(separator.size() == 1, "the separator is not one character: {}", json.at("separator").dump());
  csv.separator = separator[0];
  csv.trim_blanks = json.at("trim_blanks").get<bool>();
  if (json.contains("names")) {
    csv.header = false;
    csv.names = json.at("names").get<Names>();
  }
  return csv;
}

}  // namespace

Json encoding_json(const data::RowEncoding& encoding) {
  Json columns = Json::array();
  for (const data::EncodedColumn& column : encoding.columns) columns.push_back(column_json(column));
  Json attributes = Json::array();
  for (const data::EncodedAttribute& attribute : encoding.attributes) attributes.push_back(attribute_json(attribute));
  Json csv = {{"separator", std::string(1, encoding.csv.separator)}, {"trim_blanks", encoding.csv.trim_blanks}};
  if (!encoding.csv.header) csv["names"] = encoding.csv.names;
  return {{"version", kVersion},
          {"columns", columns},
          {"attributes", attributes},
          {"protected", encoding.protected_by},
          {"group_codes", encoding.group_codes},
          {"missing", encoding.missing},
          {"csv", csv}};
}

data::RowEncoding parse_encoding(const Json& json) {
  require(json.at("version") == kVersion, "it is of version {}, and this program knows version {}",
          json.at("version").dump(), kVersion);
  data::RowEncoding encoding;
  for (const Json& column : json.at("columns")) encoding.columns.push_back(parse_column(column));
  for (const Json& attribute : json.at("attributes")) encoding.attributes.push_back(parse_attribute(attribute));
  encoding.protected_by = indices_of(json.at("protected"));
  encoding.group_codes = indices_of(json.at("group_codes"));
  encoding.missing = json.at("missing").get<Names>();
  encoding.csv = parse_csv_options(json.at("csv"));
  data::validate(encoding);
  return encoding;
}

}  // namespace posthoc::cli
