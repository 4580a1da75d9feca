#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "data/columns.h"
#include "data/csv.h"
#include "data/dataset.h"

namespace posthoc::data {

/// A protected column of a file and who is privileged by it: its values, or for a column of numbers one interval as
/// `parse_interval` takes it.
struct ProtectedChoice {
  std::string column;
  std::vector<std::string> privileged;
};

/// What a file must be told about to become a data set.
struct CsvDatasetOptions {
  CsvOptions csv;
  std::string label;                               ///< column of the label
  std::string favorable;                           ///< its favourable value; every other value is unfavourable
  std::vector<ProtectedChoice> protected_columns;  ///< they stay features, as 0/1; several: their intersections
  std::vector<std::string> categorical;            ///< one-hot encoded beside those found by themselves
  std::vector<std::string> dropped;                ///< columns to leave out
  std::vector<std::string> missing;                ///< markers of a missing value beside the usual ones
};

/// Reads any file of separated values as a data set. A column whose values are all numbers is numeric, one without any
/// number is categorical, as is one that is listed; one with both is refused, because a stray text would otherwise turn
/// numbers into categories.
///
/// Throws `Error` as `read_csv` and `encode` do; and on a column name that is empty or occurs twice, an option that
/// names a column twice, an infinite number, a column without values, and a categorical column of more than
/// `max_categories` values.
Dataset load_csv_dataset(const std::filesystem::path& path, const CsvDatasetOptions& options);

/// A file of which nothing is known but its dialect.
struct CsvDescription {
  std::size_t rows = 0;
  std::string sha256;
  std::vector<ColumnSummary> columns;
};

/// What the columns of a file are, without a label or protected attribute. Throws `Error` as `read_csv` does.
CsvDescription describe_csv(const std::filesystem::path& path, const CsvOptions& options,
                            const std::vector<std::string>& missing);

}  // namespace posthoc::data
