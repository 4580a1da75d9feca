#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "data/csv.h"
#include "data/dataset.h"

namespace posthoc::data {

/// What a file must be told about to become a data set.
struct CsvDatasetOptions {
  CsvOptions csv;
  std::string label;                     ///< column of the label
  std::string favorable;                 ///< its favourable value; every other value is unfavourable
  std::string protected_column;          ///< column of the protected attribute, which stays a feature, as 0/1
  std::vector<std::string> privileged;   ///< its privileged values
  std::vector<std::string> categorical;  ///< one-hot encoded beside those found by themselves
  std::vector<std::string> dropped;      ///< columns to leave out
  std::vector<std::string> missing;      ///< markers of a missing value beside the usual ones
};

/// Reads any file of separated values as a data set. A column is categorical if it is listed, or if one of its values
/// is neither missing nor a number. Throws `Error` as `read_csv` and `encode` do.
Dataset load_csv_dataset(const std::filesystem::path& path, const CsvDatasetOptions& options);

}  // namespace posthoc::data
