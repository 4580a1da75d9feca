#include "data/scores.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "base/error.h"
#include "data/checksum.h"
#include "data/csv.h"
#include "data/encoding.h"
#include "data/show.h"

namespace posthoc::data {
namespace {

std::size_t only_column(const Table& table, const std::string& source, std::string_view name) {
  const auto count = std::count(table.names().begin(), table.names().end(), name);
  require(count == 1,
          "{}: expected one column '{}' in the header, got {}; a scores file has the columns label, group, score; "
          "this one has {}",
          source, name, count, show_list(table.names(), 30));
  return *table.find_column(name);
}

[[noreturn]] void refuse(const Table& table, std::size_t row, std::size_t column, std::string_view expected) {
  fail("{}: expected {}, got '{}'", table.where(row, column), expected, show(table.field(row, column)));
}

std::uint8_t label_at(const Table& table, std::size_t row, std::size_t column) {
  const std::optional<double> number = parse_number(table.field(row, column));
  if (!number || (*number != 0.0 && *number != 1.0)) {
    refuse(table, row, column, "the label 1 (favourable) or 0 (unfavourable)");
  }
  return *number == 1.0 ? 1 : 0;
}

std::int32_t group_at(const Table& table, std::size_t row, std::size_t column) {
  const std::optional<double> number = parse_number(table.field(row, column));
  if (!number || !(*number >= 0 && *number < max_score_groups) || *number != std::floor(*number)) {
    refuse(table, row, column,
           fmt::format("a group from 0 (unprivileged), 1 (privileged) to {}", max_score_groups - 1));
  }
  return static_cast<std::int32_t>(*number);
}

double score_at(const Table& table, std::size_t row, std::size_t column) {
  const std::optional<double> number = parse_number(table.field(row, column));
  if (!number || !(*number >= 0 && *number <= 1)) {
    refuse(table, row, column, "a score from 0 to 1, the probability of the favourable label");
  }
  return *number;
}

}  // namespace

Scores parse_scores(std::string_view text, const std::string& source, LabelsAre labels) {
  CsvOptions options;
  options.trim_blanks = true;
  Scores result{{}, {}, {}, parse_csv(text, source, options), sha256(text)};
  const Table& table = result.table;
  const bool labelled = labels == LabelsAre::required || table.find_column("label");
  const std::size_t label = labelled ? only_column(table, source, "label") : 0;
  const std::size_t group = only_column(table, source, "group");
  const std::size_t score = only_column(table, source, "score");
  if (labelled) result.labels.reserve(table.rows());
  result.groups.reserve(table.rows());
  result.scores.reserve(table.rows());
  for (std::size_t row = 0; row < table.rows(); ++row) {
    if (labelled) result.labels.push_back(label_at(table, row, label));
    result.groups.push_back(group_at(table, row, group));
    result.scores.push_back(score_at(table, row, score));
  }
  return result;
}

Scores read_scores(const std::filesystem::path& path, LabelsAre labels) {
  return parse_scores(read_csv_bytes(path), path.string(), labels);
}

}  // namespace posthoc::data
