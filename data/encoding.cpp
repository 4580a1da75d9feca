#include "data/encoding.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <map>
#include <set>
#include <unordered_set>

#include "base/error.h"
#include "data/columns.h"
#include "data/intersect.h"
#include "data/show.h"

namespace posthoc::data {
namespace {

using Names = std::vector<std::string>;

constexpr std::size_t max_feature_values = std::size_t{1} << 28;  // 2 GiB of doubles

bool contains(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool spells(const LabelValue& value, std::string_view text) {
  return text == value.name || contains(value.spellings, text);
}

// At most eight different values of a column, for messages.
std::string examples(const Table& table, const std::vector<std::size_t>& rows, std::size_t column) {
  std::set<std::string_view> values;
  for (std::size_t i = 0; i < rows.size() && values.size() <= 8; ++i) values.insert(table.field(rows[i], column));
  return show_list(values, 8);
}

double number_at(const Table& table, std::size_t row, std::size_t column) {
  const std::optional<double> number = parse_number(table.field(row, column));
  if (!number) {  // not by `require`, which would have the words made for every field
    fail("{}: expected a number, got '{}'; declare the column categorical or drop it", table.where(row, column),
         show(table.field(row, column)));
  }
  return *number;
}

// Kept columns in the order of the file; of columns with the same name, the first.
std::vector<std::size_t> kept_columns(const Table& table, const Encoding& encoding) {
  for (const Names* names : {&encoding.columns, &encoding.dropped, &encoding.categorical}) {
    for (const std::string& name : *names) static_cast<void>(table.column(name));  // throws if unknown
  }
  std::vector<std::size_t> kept;
  for (std::size_t j = 0; j < table.columns(); ++j) {
    const std::string& name = table.names()[j];
    const bool wanted = encoding.columns.empty() || contains(encoding.columns, name);
    if (wanted && !contains(encoding.dropped, name) && table.column(name) == j) kept.push_back(j);
  }
  const auto require_kept = [&](const std::string& name, const char* role) {
    require(std::find(kept.begin(), kept.end(), table.column(name)) != kept.end(),
            "{}: column '{}' is {} and cannot be dropped", table.source(), show(name), role);
  };
  require_kept(encoding.label.column, "the label");
  for (const ProtectedColumn& rule : encoding.protected_columns) {
    require_kept(rule.column, "a protected attribute");
    require(rule.column != encoding.label.column, "{}: column '{}' cannot be both label and protected attribute",
            table.source(), show(rule.column));
  }
  return kept;
}

std::vector<std::size_t> complete_rows(const Table& table, const Encoding& encoding,
                                       const std::vector<std::size_t>& kept, RowCounts& counts) {
  const auto is_missing = [&](std::string_view text) {
    return is_usual_missing_marker(text) || contains(encoding.missing, text);
  };
  std::vector<std::size_t> rows;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    if (encoding.row_filter && !encoding.row_filter(table, row)) {
      ++counts.filtered;
    } else if (std::any_of(kept.begin(), kept.end(), [&](std::size_t j) { return is_missing(table.field(row, j)); })) {
      ++counts.incomplete;
    } else {
      rows.push_back(row);
    }
  }
  counts.read = static_cast<std::int64_t>(table.rows());
  counts.kept = static_cast<std::int64_t>(rows.size());
  require(!rows.empty(), "{}: no row is left of {}: {} were filtered out and {} have a missing value in a kept column",
          table.source(), counts.read, counts.filtered, counts.incomplete);
  return rows;
}

std::vector<std::uint8_t> encode_labels(const Table& table, const LabelColumn& label,
                                        const std::vector<std::size_t>& rows) {
  const std::size_t column = table.column(label.column);
  std::vector<std::uint8_t> labels;
  labels.reserve(rows.size());
  for (const std::size_t row : rows) {
    const std::string_view text = table.field(row, column);
    const bool favorable = spells(label.favorable, text);
    if (!favorable && !label.unfavorable.name.empty() && !spells(label.unfavorable, text)) {
      fail("{}: expected the label '{}' or '{}', got '{}'", table.where(row, column), label.favorable.name,
           label.unfavorable.name, text);
    }
    labels.push_back(favorable ? 1 : 0);
  }
  const auto favorable = std::count(labels.begin(), labels.end(), 1);
  require(favorable > 0, "{}, label '{}': no row has the favourable value '{}'; the values are {}", table.source(),
          show(label.column), show(label.favorable.name), examples(table, rows, column));
  require(favorable < std::ssize(labels), "{}, label '{}': every row has the favourable value '{}'", table.source(),
          show(label.column), show(label.favorable.name));
  return labels;
}

ProtectedAttribute attribute_of_column(const Table& table, const ProtectedColumn& rule,
                                       const std::vector<std::size_t>& rows) {
  const std::size_t column = table.column(rule.column);
  ProtectedAttribute attribute{
      rule.name, "privileged: " + privileged_in_words(rule), {}, {"unprivileged", "privileged"}};
  attribute.groups.reserve(rows.size());
  for (const std::size_t row : rows) {
    bool privileged = false;
    if (rule.interval) {
      const double number = number_at(table, row, column);
      privileged = rule.interval->low <= number && number < rule.interval->high;
    } else {
      privileged = contains(rule.privileged, table.field(row, column));
    }
    attribute.groups.push_back(privileged ? 1 : 0);
  }
  const auto privileged = std::count(attribute.groups.begin(), attribute.groups.end(), 1);
  require(privileged > 0 && privileged < std::ssize(attribute.groups),
          "{}, protected attribute '{}': {} row is privileged ({}); the values of column '{}' are {}", table.source(),
          show(rule.name), privileged == 0 ? "no" : "every", privileged_in_words(rule), show(rule.column),
          examples(table, rows, column));
  return attribute;
}

// Two attributes of one column say the same twice, and only one of them could stand among the features.
void require_different_columns(const Encoding& encoding, const Names& chosen) {
  std::map<std::string_view, std::string_view> attribute_of;
  for (const std::string& name : chosen) {
    for (const ProtectedColumn& rule : encoding.protected_columns) {
      if (rule.name != name) continue;
      const auto [other, first] = attribute_of.emplace(rule.column, name);
      require(first, "protected attributes '{}' and '{}' are both made from column '{}'; choose one of them",
              show(other->second), show(name), show(rule.column));
    }
  }
}

// The different values of a column, sorted by bytes.
Names values_of(const Table& table, const std::vector<std::size_t>& rows, std::size_t column) {
  std::unordered_set<std::string_view> values;
  for (const std::size_t row : rows) values.insert(table.field(row, column));
  Names sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

EncodedAttribute encoded_attribute(const Table& table, const ProtectedColumn& rule,
                                   const std::vector<std::size_t>& rows) {
  if (rule.interval) return {rule, std::nullopt};
  Names others;
  for (std::string& value : values_of(table, rows, table.column(rule.column))) {
    if (!contains(rule.privileged, value)) others.push_back(std::move(value));
  }
  if (others.size() > max_categories) return {rule, std::nullopt};
  return {rule, std::move(others)};
}

// Of each group, the combination of attributes that its rows have.
std::vector<std::size_t> codes_of_groups(const Dataset& dataset) {
  const ProtectedAttribute& joint = dataset.attribute(dataset.protected_attribute);
  std::vector<std::size_t> codes(joint.group_names.size(), 0);
  for (std::size_t row = 0; row < joint.groups.size(); ++row) {
    std::size_t code = 0;
    for (const std::string& name : dataset.chosen_attributes) {
      code = 2 * code + (dataset.attribute(name).groups[row] == 1 ? 1 : 0);
    }
    codes[static_cast<std::size_t>(joint.groups[row])] = code;
  }
  return codes;
}

// The attribute whose 0/1 stand for a column: the chosen one, else the first on this column.
std::optional<std::size_t> attribute_on(std::string_view column, const Encoding& encoding, const Names& chosen) {
  std::optional<std::size_t> first;
  for (std::size_t k = 0; k < encoding.protected_columns.size(); ++k) {
    if (encoding.protected_columns[k].column != column) continue;
    if (contains(chosen, encoding.protected_columns[k].name)) return k;
    if (!first) first = k;
  }
  return first;
}

RowEncoding row_encoding(const Table& table, const Encoding& encoding, const std::vector<std::size_t>& kept,
                         const std::vector<std::size_t>& rows, const Dataset& dataset) {
  RowEncoding result;
  result.missing = encoding.missing;
  result.group_codes = codes_of_groups(dataset);
  for (const ProtectedColumn& rule : encoding.protected_columns) {
    result.attributes.push_back(encoded_attribute(table, rule, rows));
  }
  for (const std::string& name : dataset.chosen_attributes) {
    const auto at = std::find_if(encoding.protected_columns.begin(), encoding.protected_columns.end(),
                                 [&](const ProtectedColumn& rule) { return rule.name == name; });
    result.protected_by.push_back(static_cast<std::size_t>(at - encoding.protected_columns.begin()));
  }
  std::vector<EncodedColumn> categorical;  // behind the others
  for (const std::size_t column : kept) {
    const std::string& name = table.names()[column];
    if (name == encoding.label.column) continue;
    const auto attribute = attribute_on(name, encoding, dataset.chosen_attributes);
    if (!attribute && contains(encoding.categorical, name)) {
      categorical.push_back({name, values_of(table, rows, column), std::nullopt});
    } else {
      result.columns.push_back({name, {}, attribute});
    }
  }
  result.columns.insert(result.columns.end(), categorical.begin(), categorical.end());
  return result;
}

}  // namespace

std::optional<double> parse_number(std::string_view text) {
  double number = 0.0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end || !std::isfinite(number)) return std::nullopt;
  return number;
}

bool is_usual_missing_marker(std::string_view text) {
  static const std::set<std::string_view> markers = {"",     "#N/A", "#N/A N/A", "#NA",     "-1.#IND", "-1.#QNAN",
                                                     "-NaN", "-nan", "1.#IND",   "1.#QNAN", "<NA>",    "N/A",
                                                     "NA",   "NULL", "NaN",      "n/a",     "nan",     "null"};
  return text.size() <= 8 && markers.contains(text);
}

std::string privileged_in_words(const ProtectedColumn& column) {
  if (!column.interval) {
    return fmt::format("{} = {}", column.column, fmt::join(column.privileged, " or "));
  }
  if (std::isinf(column.interval->low)) return fmt::format("{} < {}", column.column, column.interval->high);
  if (std::isinf(column.interval->high)) {
    return fmt::format("{} >= {}", column.column, column.interval->low);
  }
  return fmt::format("{} <= {} < {}", column.interval->low, column.column, column.interval->high);
}

LabelColumn with_favorable(const LabelColumn& label, std::string_view value) {
  if (spells(label.favorable, value)) return label;
  require(!label.unfavorable.name.empty() && spells(label.unfavorable, value),
          "label '{}' has no value '{}'; its values are {} and {}", label.column, value, label.favorable.name,
          label.unfavorable.name);
  return {label.column, label.unfavorable, label.favorable};
}

Dataset encode(const Table& table, const Encoding& encoding, std::string_view chosen, const Names& further) {
  require(!encoding.protected_columns.empty(), "expected at least one protected attribute");
  const std::vector<std::size_t> kept = kept_columns(table, encoding);
  Dataset dataset;
  const std::vector<std::size_t> rows = complete_rows(table, encoding, kept, dataset.counts);

  dataset.labels = encode_labels(table, encoding.label, rows);
  dataset.label_name = encoding.label.column;
  dataset.favorable_label = encoding.label.favorable.name;
  dataset.unfavorable_label = encoding.label.unfavorable.name;
  dataset.favorable_meaning = encoding.label.favorable.meaning;

  for (const ProtectedColumn& rule : encoding.protected_columns) {
    dataset.protected_attributes.push_back(attribute_of_column(table, rule, rows));
  }
  dataset.chosen_attributes = {chosen.empty() ? dataset.protected_attributes[0].name : dataset.attribute(chosen).name};
  dataset.chosen_attributes.insert(dataset.chosen_attributes.end(), further.begin(), further.end());
  require_different_columns(encoding, dataset.chosen_attributes);
  intersect(dataset);

  dataset.encoding = row_encoding(table, encoding, kept, rows, dataset);
  dataset.feature_names = feature_names(dataset.encoding);
  require(rows.size() * dataset.feature_names.size() <= max_feature_values,
          "{} rows of {} features are too many; drop columns whose values are all different, such as names or numbers "
          "of persons (the last: {})",
          rows.size(), dataset.feature_names.size(), show(dataset.feature_names.back()));
  dataset.features = encode_features(table, rows, dataset.encoding);

  const bool named = !encoding.instance_name_column.empty();
  const std::size_t name_column = named ? table.column(encoding.instance_name_column) : 0;
  dataset.instance_names.reserve(rows.size());
  for (const std::size_t row : rows) {
    dataset.instance_names.push_back(named ? std::string(table.field(row, name_column)) : std::to_string(row));
  }
  return dataset;
}

}  // namespace posthoc::data
