#include "data/encoding.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <map>
#include <set>

#include "base/error.h"
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
  require(number.has_value(), "{}: expected a number, got '{}'; declare the column categorical or drop it",
          table.where(row, column), show(table.field(row, column)));
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
    require(favorable || label.unfavorable.name.empty() || spells(label.unfavorable, text),
            "{}: expected the label '{}' or '{}', got '{}'", table.where(row, column), label.favorable.name,
            label.unfavorable.name, text);
    labels.push_back(favorable ? 1 : 0);
  }
  const auto favorable = std::count(labels.begin(), labels.end(), 1);
  require(favorable > 0, "{}, label '{}': no row has the favourable value '{}'; the values are {}", table.source(),
          show(label.column), show(label.favorable.name), examples(table, rows, column));
  require(favorable < std::ssize(labels), "{}, label '{}': every row has the favourable value '{}'", table.source(),
          show(label.column), show(label.favorable.name));
  return labels;
}

ProtectedAttribute encode_groups(const Table& table, const ProtectedColumn& rule,
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

// One feature, or a run of one-hot features, made from one column of the table.
struct FeatureColumn {
  std::size_t column = 0;
  const ProtectedAttribute* attribute = nullptr;   // 0/1 from its groups
  std::map<std::string_view, std::size_t> levels;  // value -> offset, if categorical
};

class FeaturePlan {
 public:
  FeaturePlan(const Table& table, const Encoding& encoding, const std::vector<std::size_t>& kept,
              const std::vector<std::size_t>& rows, const Dataset& dataset)
      : table_(table), rows_(rows) {
    for (const std::size_t column : kept) {
      const std::string& name = table.names()[column];
      if (name == encoding.label.column) continue;
      const ProtectedAttribute* attribute = attribute_of(name, encoding, dataset);
      if (attribute == nullptr && contains(encoding.categorical, name)) continue;
      columns_.push_back({column, attribute, {}});
      names_.push_back(name);
    }
    for (const std::size_t column : kept) {
      const std::string& name = table.names()[column];
      if (name == encoding.label.column || !contains(encoding.categorical, name)) continue;
      if (attribute_of(name, encoding, dataset) == nullptr) add_levels(column);
    }
    require(
        rows.size() * names_.size() <= max_feature_values,
        "{} rows of {} features are too many; drop columns whose values are all different, such as names or numbers "
        "of persons (the last: {})",
        rows.size(), names_.size(), show(names_.back()));
  }

  [[nodiscard]] const Names& names() const { return names_; }

  [[nodiscard]] Tensor values() const {
    const std::size_t d = names_.size();
    Tensor features =
        Tensor::zeros({static_cast<std::int64_t>(rows_.size()), static_cast<std::int64_t>(d)}, Dtype::float64);
    const std::span<double> values = features.mutable_values<double>();
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      double* out = values.data() + i * d;
      for (const FeatureColumn& feature : columns_) out = write(feature, i, out);
    }
    return features;
  }

 private:
  // The attribute whose groups stand for a column: the chosen one, else the first on this column.
  static const ProtectedAttribute* attribute_of(std::string_view column, const Encoding& encoding,
                                                const Dataset& dataset) {
    const ProtectedAttribute* first = nullptr;
    for (std::size_t k = 0; k < encoding.protected_columns.size(); ++k) {
      if (encoding.protected_columns[k].column != column) continue;
      const ProtectedAttribute& attribute = dataset.protected_attributes[k];
      if (contains(dataset.chosen_attributes, attribute.name)) return &attribute;
      if (first == nullptr) first = &attribute;
    }
    return first;
  }

  void add_levels(std::size_t column) {
    FeatureColumn feature{column, nullptr, {}};
    for (const std::size_t row : rows_) feature.levels.emplace(table_.field(row, column), 0);
    std::size_t next = 0;
    for (auto& [value, offset] : feature.levels) {
      offset = next++;
      names_.push_back(fmt::format("{}={}", table_.names()[column], value));
    }
    columns_.push_back(std::move(feature));
  }

  double* write(const FeatureColumn& feature, std::size_t i, double* out) const {
    if (!feature.levels.empty()) {
      out[feature.levels.find(table_.field(rows_[i], feature.column))->second] = 1.0;
      return out + feature.levels.size();
    }
    *out = feature.attribute != nullptr ? feature.attribute->groups[i] : number_at(table_, rows_[i], feature.column);
    return out + 1;
  }

  const Table& table_;
  const std::vector<std::size_t>& rows_;
  std::vector<FeatureColumn> columns_;
  Names names_;
};

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
    dataset.protected_attributes.push_back(encode_groups(table, rule, rows));
  }
  dataset.chosen_attributes = {chosen.empty() ? dataset.protected_attributes[0].name : dataset.attribute(chosen).name};
  dataset.chosen_attributes.insert(dataset.chosen_attributes.end(), further.begin(), further.end());
  require_different_columns(encoding, dataset.chosen_attributes);
  intersect(dataset);

  const FeaturePlan plan(table, encoding, kept, rows, dataset);
  dataset.feature_names = plan.names();
  dataset.features = plan.values();

  const bool named = !encoding.instance_name_column.empty();
  const std::size_t name_column = named ? table.column(encoding.instance_name_column) : 0;
  dataset.instance_names.reserve(rows.size());
  for (const std::size_t row : rows) {
    dataset.instance_names.push_back(named ? std::string(table.field(row, name_column)) : std::to_string(row));
  }
  return dataset;
}

}  // namespace posthoc::data
