#include "data/csv_dataset.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>

#include "base/error.h"
#include "data/checksum.h"
#include "data/encoding.h"
#include "data/interval.h"
#include "data/show.h"

namespace posthoc::data {
namespace {

using Names = std::vector<std::string>;

bool contains(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// A second column of the same name could never be asked for; one without a name is most likely a row number.
void require_clear_header(const Table& table, const Names& dropped) {
  std::map<std::string_view, std::size_t> first;
  for (std::size_t j = 0; j < table.columns(); ++j) {
    const std::string& name = table.names()[j];
    if (contains(dropped, name)) continue;
    require(!name.empty(), "{}: column {} has no name in the header; give it one", table.source(), j + 1);
    const auto [other, is_first] = first.emplace(name, j);
    require(is_first, "{}: columns {} and {} are both called '{}'; rename one, or drop both", table.source(),
            other->second + 1, j + 1, show(name));
  }
}

void require_named_once(const std::string& file, const Names& names, std::string_view role) {
  std::set<std::string_view> seen;
  for (const std::string& name : names) {
    require(seen.insert(name).second, "{}: column '{}' is named twice among the {} columns", file, show(name), role);
  }
}

void check_options(const std::string& file, const CsvDatasetOptions& options) {
  require(!options.label.empty() && !options.favorable.empty(),
          "{}: expected the label's column and its favourable value", file);
  require(!options.protected_columns.empty(), "{}: expected a protected column", file);
  Names names;
  for (const ProtectedChoice& choice : options.protected_columns) {
    require(!choice.column.empty() && !choice.privileged.empty(),
            "{}: expected the privileged values of the protected column '{}'", file, show(choice.column));
    names.push_back(choice.column);
  }
  require_named_once(file, names, "protected");
  require_named_once(file, options.categorical, "categorical");
  require_named_once(file, options.dropped, "dropped");
  for (const std::string& name : options.categorical) {
    require(!contains(options.dropped, name), "{}: column '{}' is both categorical and dropped", file, show(name));
  }
}

// Whether a column that nothing was said about is categorical; an error where its values do not tell.
bool is_categorical(const Table& table, std::size_t column, const ColumnSummary& summary) {
  require(summary.type() != "empty", "{}, column '{}': every value is missing; drop the column", table.source(),
          show(summary.name));
  if (summary.type() == "mixed") {
    const std::size_t row = *summary.first_text;
    const std::string text = show(table.field(row, column));
    fail(
        "{}: '{}' is no number, but {} of the column's {} values are; if it marks a missing value say --missing '{}', "
        "if the column holds categories --categorical '{}', else correct or drop it",
        table.where(row, column), text, summary.numbers, summary.numbers + summary.texts, text, show(summary.name));
  }
  if (summary.first_infinite) {
    fail("{}: expected a finite number, got '{}'", table.where(*summary.first_infinite, column),
         show(table.field(*summary.first_infinite, column)));
  }
  return summary.type() == "text";
}

Names categorical_columns(const Table& table, const CsvDatasetOptions& options) {
  Names categorical = options.categorical;
  for (std::size_t j = 0; j < table.columns(); ++j) {
    const std::string& name = table.names()[j];
    const bool is_protected = std::any_of(options.protected_columns.begin(), options.protected_columns.end(),
                                          [&](const ProtectedChoice& choice) { return choice.column == name; });
    if (name == options.label || is_protected || contains(options.dropped, name)) continue;
    const ColumnSummary summary = summarise(table, j, options.missing);
    const bool listed = contains(options.categorical, name);
    if (!listed && !is_categorical(table, j, summary)) continue;
    require(summary.distinct <= max_categories,
            "{}, column '{}': more than {} different values for one column of categories, such as '{}'; if they are "
            "names or numbers of persons leave it out with --drop '{}'",
            table.source(), show(name), max_categories, show(table.field(0, j)), show(name));
    if (!listed) categorical.push_back(name);
  }
  return categorical;
}

// Values as they stand; an interval only if the column holds numbers, so that a category may be called "<30".
ProtectedColumn protected_column(const Table& table, const ProtectedChoice& choice, const Names& missing) {
  ProtectedColumn rule{choice.column, choice.column, choice.privileged, std::nullopt};
  if (summarise(table, table.column(choice.column), missing).numbers == 0) return rule;
  for (const std::string& text : choice.privileged) {
    if (const auto interval = parse_interval(text)) rule.interval = interval;
  }
  require(!rule.interval || choice.privileged.size() == 1,
          "protected column '{}': expected one interval or a list of values, got {}", show(choice.column),
          show_list(choice.privileged, 8));
  return rule;
}

}  // namespace

Dataset load_csv_dataset(const std::filesystem::path& path, const CsvDatasetOptions& options) {
  check_options(path.string(), options);
  const std::string bytes = read_csv_bytes(path);
  const Table table = parse_csv(bytes, path.string(), options.csv);
  require_clear_header(table, options.dropped);
  static_cast<void>(table.column(options.label));  // unknown names first: they explain what else is wrong
  for (const Names* names : {&options.categorical, &options.dropped}) {
    for (const std::string& name : *names) static_cast<void>(table.column(name));
  }

  Encoding encoding;
  encoding.dropped = options.dropped;
  encoding.missing = options.missing;
  for (const ProtectedChoice& choice : options.protected_columns) {
    encoding.protected_columns.push_back(protected_column(table, choice, options.missing));
  }
  encoding.categorical = categorical_columns(table, options);
  encoding.label.column = options.label;
  encoding.label.favorable = {options.favorable, {}, options.label + " = " + options.favorable};

  Names further;
  for (std::size_t k = 1; k < options.protected_columns.size(); ++k) {
    further.push_back(options.protected_columns[k].column);
  }
  Dataset dataset = encode(table, encoding, options.protected_columns[0].column, further);
  dataset.encoding.csv = options.csv;
  dataset.name = path.stem().string();
  dataset.checksum = sha256(bytes);
  dataset.sources = {{path.string(), dataset.checksum}};
  return dataset;
}

CsvDescription describe_csv(const std::filesystem::path& path, const CsvOptions& options, const Names& missing) {
  const std::string bytes = read_csv_bytes(path);
  const Table table = parse_csv(bytes, path.string(), options);
  CsvDescription description{table.rows(), sha256(bytes), {}};
  for (std::size_t j = 0; j < table.columns(); ++j) description.columns.push_back(summarise(table, j, missing));
  return description;
}

}  // namespace posthoc::data
