#include "data/csv_dataset.h"

#include <algorithm>

#include "base/error.h"
#include "data/checksum.h"
#include "data/encoding.h"

namespace posthoc::data {
namespace {

bool holds_text(const Table& table, std::size_t column, const std::vector<std::string>& missing) {
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const std::string_view field = table.field(row, column);
    if (!parse_number(field) && !is_usual_missing_marker(field) &&
        std::find(missing.begin(), missing.end(), field) == missing.end()) {
      return true;
    }
  }
  return false;
}

}  // namespace

Dataset load_csv_dataset(const std::filesystem::path& path, const CsvDatasetOptions& options) {
  require(!options.label.empty() && !options.favorable.empty(),
          "{}: expected the label's column and its favourable value", path.string());
  require(!options.protected_column.empty() && !options.privileged.empty(),
          "{}: expected the protected column and its privileged values", path.string());
  const std::string bytes = read_csv_bytes(path);
  const Table table = parse_csv(bytes, path.string(), options.csv);

  Encoding encoding;
  encoding.dropped = options.dropped;
  encoding.missing = options.missing;
  encoding.categorical = options.categorical;
  for (std::size_t column = 0; column < table.columns(); ++column) {
    if (holds_text(table, column, options.missing)) encoding.categorical.push_back(table.names()[column]);
  }
  encoding.protected_columns = {{options.protected_column, options.protected_column, options.privileged, std::nullopt}};
  encoding.label.column = options.label;
  encoding.label.favorable = {options.favorable, {}, options.label + " = " + options.favorable};

  Dataset dataset = encode(table, encoding, options.protected_column);
  dataset.name = path.stem().string();
  dataset.checksum = sha256(bytes);
  dataset.sources = {{path.string(), dataset.checksum}};
  return dataset;
}

}  // namespace posthoc::data
