#include "data/row_encoding.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>
#include <unordered_map>

#include "base/error.h"
#include "data/encoding.h"
#include "data/intersect.h"
#include "data/show.h"

namespace posthoc::data {
namespace {

using Names = std::vector<std::string>;

constexpr std::size_t kShown = 8;  // of what is listed in a message

bool contains(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

double number_at(const Table& table, std::size_t row, std::size_t column) {
  const std::optional<double> number = parse_number(table.field(row, column));
  if (!number) {  // not by `require`, which would have the words made for every field
    fail("{}: expected a number, got '{}'", table.where(row, column), show(table.field(row, column)));
  }
  return *number;
}

bool is_privileged(const ProtectedColumn& rule, const Table& table, std::size_t row, std::size_t column) {
  if (!rule.interval) return contains(rule.privileged, table.field(row, column));
  const double number = number_at(table, row, column);
  return rule.interval->low <= number && number < rule.interval->high;
}

std::size_t features_of(const EncodedColumn& column) { return std::max<std::size_t>(1, column.categories.size()); }

// Writes the features of one column, `stride` doubles a row, from `out` on.
void write_column(const Table& table, std::span<const std::size_t> rows, const RowEncoding& encoding,
                  const EncodedColumn& encoded, double* out, std::size_t stride) {
  const std::size_t column = table.column(encoded.column);
  std::unordered_map<std::string_view, std::size_t> offsets;
  for (std::size_t k = 0; k < encoded.categories.size(); ++k) offsets.emplace(encoded.categories[k], k);
  for (std::size_t i = 0; i < rows.size(); ++i, out += stride) {
    if (!offsets.empty()) {
      const auto found = offsets.find(table.field(rows[i], column));
      if (found != offsets.end()) out[found->second] = 1.0;
    } else if (encoded.attribute) {
      *out = is_privileged(encoding.attributes[*encoded.attribute].rule, table, rows[i], column) ? 1.0 : 0.0;
    } else {
      *out = number_at(table, rows[i], column);
    }
  }
}

// "line 7 (column 'age'), ..." of the fields with a missing value, up to some.
void require_complete(const Table& table, const RowEncoding& encoding, const Names& columns) {
  std::size_t count = 0;
  std::string where;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    for (const std::string& name : columns) {
      const std::size_t column = table.column(name);
      const std::string_view field = table.field(row, column);
      if (!is_usual_missing_marker(field) && !contains(encoding.missing, field)) continue;
      if (++count <= kShown) where += (count == 1 ? "" : "; ") + table.where(row, column);
    }
  }
  require(count == 0, "{} missing value{}, which nothing can be decided from: {}{}; complete or remove the rows", count,
          count == 1 ? "" : "s", where, count > kShown ? "; ..." : "");
}

// The values that a column may have; null if any.
std::optional<Names> known_values(const EncodedColumn& encoded, const RowEncoding& encoding) {
  if (!encoded.categories.empty()) return encoded.categories;
  if (!encoded.attribute) return std::nullopt;
  const EncodedAttribute& attribute = encoding.attributes[*encoded.attribute];
  if (attribute.rule.interval || !attribute.unprivileged) return std::nullopt;
  Names known = *attribute.unprivileged;
  known.insert(known.end(), attribute.rule.privileged.begin(), attribute.rule.privileged.end());
  return known;
}

void require_known(const Table& table, const std::vector<EncodedColumn>& columns, const RowEncoding& encoding) {
  std::string unknown;
  for (const EncodedColumn& encoded : columns) {
    const std::optional<Names> known = known_values(encoded, encoding);
    if (!known) continue;
    const std::set<std::string_view> values(known->begin(), known->end());
    const std::size_t column = table.column(encoded.column);
    std::map<std::string_view, std::size_t> strange;  // and its first row
    for (std::size_t row = 0; row < table.rows(); ++row) {
      const std::string_view field = table.field(row, column);
      if (!values.contains(field)) strange.emplace(field, row);
    }
    if (strange.empty()) continue;
    std::size_t shown = 0;
    unknown += fmt::format("{}column '{}' has ", unknown.empty() ? "" : "; ", show(encoded.column));
    for (const auto& [value, row] : strange) {
      if (shown++ == kShown) break;
      unknown += fmt::format("{}'{}' ({})", shown == 1 ? "" : ", ", show(value), table.where(row));
    }
    if (strange.size() > kShown) unknown += fmt::format(" and {} more", strange.size() - kShown);
  }
  require(unknown.empty(), "values that the model was not trained on: {}", unknown);
}

// The columns that say who is in which group, as columns whose values can be checked.
std::vector<EncodedColumn> group_columns(const RowEncoding& encoding) {
  std::vector<EncodedColumn> columns;
  for (const std::size_t k : encoding.protected_by) columns.push_back({encoding.attributes[k].rule.column, {}, k});
  return columns;
}

void require_columns(const Table& table, const Names& names) {
  std::vector<std::string> absent;
  for (const std::string& name : names) {
    const auto count = std::count(table.names().begin(), table.names().end(), name);
    require(count <= 1, "{}: {} columns are called '{}', of which one is needed; rename or drop the others",
            table.source(), count, show(name));
    if (count == 0) absent.push_back(name);
  }
  require(absent.empty(), "{}: expected the column{} {}; the columns are {}", table.source(),
          absent.size() == 1 ? "" : "s", show_list(absent, 30), show_list(table.names(), 30));
}

}  // namespace

std::vector<std::string> feature_names(const RowEncoding& encoding) {
  std::vector<std::string> names;
  for (const EncodedColumn& encoded : encoding.columns) {
    if (encoded.categories.empty()) names.push_back(encoded.column);
    for (const std::string& category : encoded.categories) {
      names.push_back(fmt::format("{}={}", encoded.column, category));
    }
  }
  return names;
}

Tensor encode_features(const Table& table, std::span<const std::size_t> rows, const RowEncoding& encoding) {
  std::size_t width = 0;
  for (const EncodedColumn& encoded : encoding.columns) width += features_of(encoded);
  Tensor features =
      Tensor::zeros({static_cast<std::int64_t>(rows.size()), static_cast<std::int64_t>(width)}, Dtype::float64);
  double* out = features.mutable_values<double>().data();
  for (const EncodedColumn& encoded : encoding.columns) {
    write_column(table, rows, encoding, encoded, out, width);
    out += features_of(encoded);
  }
  return features;
}

std::vector<std::int32_t> encode_groups(const Table& table, std::span<const std::size_t> rows,
                                        const RowEncoding& encoding) {
  std::map<std::size_t, std::int32_t> group_of;
  for (std::size_t group = 0; group < encoding.group_codes.size(); ++group) {
    group_of.emplace(encoding.group_codes[group], static_cast<std::int32_t>(group));
  }
  std::vector<std::size_t> columns;
  for (const std::size_t k : encoding.protected_by) columns.push_back(table.column(encoding.attributes[k].rule.column));
  std::vector<std::int32_t> groups;
  groups.reserve(rows.size());
  for (const std::size_t row : rows) {
    std::size_t code = 0;
    for (std::size_t k = 0; k < columns.size(); ++k) {
      const ProtectedColumn& rule = encoding.attributes[encoding.protected_by[k]].rule;
      code = 2 * code + (is_privileged(rule, table, row, columns[k]) ? 1 : 0);
    }
    const auto found = group_of.find(code);
    if (found == group_of.end()) {
      fail("{}: its combination of protected attributes is one that the model's data did not have", table.where(row));
    }
    groups.push_back(found->second);
  }
  return groups;
}

EncodedRows encode_new_rows(const Table& table, const RowEncoding& encoding, UnknownValue unknown) {
  validate(encoding);
  const std::vector<EncodedColumn> of_groups = group_columns(encoding);
  const bool with_groups = std::all_of(of_groups.begin(), of_groups.end(), [&](const EncodedColumn& column) {
    return table.find_column(column.column).has_value();
  });
  const Names needed = needed_columns(encoding, with_groups);
  require_columns(table, needed);
  require_complete(table, encoding, needed);
  if (unknown == UnknownValue::refuse) {
    std::vector<EncodedColumn> columns = encoding.columns;
    for (const EncodedColumn& column : of_groups) {
      const auto same = [&](const EncodedColumn& other) { return other.column == column.column; };
      if (with_groups && std::none_of(columns.begin(), columns.end(), same)) columns.push_back(column);
    }
    require_known(table, columns, encoding);
  }
  std::vector<std::size_t> rows(table.rows());
  for (std::size_t row = 0; row < rows.size(); ++row) rows[row] = row;
  return {encode_features(table, rows, encoding),
          with_groups ? encode_groups(table, rows, encoding) : std::vector<std::int32_t>()};
}

std::vector<std::string> needed_columns(const RowEncoding& encoding, bool groups) {
  Names names;
  for (const EncodedColumn& encoded : encoding.columns) names.push_back(encoded.column);
  for (const EncodedColumn& column : group_columns(encoding)) {
    if (groups && !contains(names, column.column)) names.push_back(column.column);
  }
  return names;
}

void validate(const RowEncoding& encoding) {
  require(!encoding.columns.empty(), "row encoding: it has no column");
  Names seen;
  for (const EncodedColumn& encoded : encoding.columns) {
    require(!encoded.column.empty() && !contains(seen, encoded.column),
            "row encoding: column '{}' has no name or occurs twice", show(encoded.column));
    seen.push_back(encoded.column);
    require(!encoded.attribute || *encoded.attribute < encoding.attributes.size(),
            "row encoding: column '{}' is of an attribute that is not there", show(encoded.column));
    require(std::adjacent_find(encoded.categories.begin(), encoded.categories.end(), std::greater_equal<>()) ==
                encoded.categories.end(),
            "row encoding: the categories of column '{}' are not sorted", show(encoded.column));
  }
  require(!encoding.protected_by.empty() && encoding.protected_by.size() <= max_intersected,
          "row encoding: expected 1 to {} protected attributes, got {}", max_intersected, encoding.protected_by.size());
  for (const std::size_t k : encoding.protected_by) {
    require(k < encoding.attributes.size() && !encoding.attributes[k].rule.column.empty(),
            "row encoding: a protected attribute is not there");
  }
  const std::set<std::size_t> codes(encoding.group_codes.begin(), encoding.group_codes.end());
  require(codes.size() == encoding.group_codes.size() && codes.size() >= 2 &&
              *codes.rbegin() < std::size_t{1} << encoding.protected_by.size(),
          "row encoding: its groups are no combinations of the protected attributes");
}

}  // namespace posthoc::data
