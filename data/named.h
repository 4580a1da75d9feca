#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/csv.h"
#include "data/dataset.h"
#include "data/encoding.h"
#include "data/locate.h"
#include "data/synthetic.h"

namespace posthoc::data {

/// A file of a named data set.
struct NamedFile {
  std::string name;    ///< "adult.data"
  std::string sha256;  ///< of the published bytes; any other file is refused
  std::uintmax_t bytes = 0;
  std::int64_t skip_lines = 0;  ///< junk lines at its start
  std::string url;              ///< where the publisher offers it
  std::string archive_member;   ///< if `url` is a zip archive: the file's path in it
};

/// All there is to know about a named data set: what it is, where it comes from, how it is encoded.
struct NamedDataset {
  std::string name;
  std::string description;
  std::string source;
  std::string licence;
  std::string citation;
  std::vector<NamedFile> files;  ///< read in this order, one table; empty: generated
  CsvOptions csv;
  Encoding encoding;
};

/// The data sets known by name, alphabetically: adult, bank, compas, synthetic.
std::span<const NamedDataset> named_datasets();

/// The one called `name`. Throws `Error` that lists the known ones.
const NamedDataset& named_dataset(std::string_view name);

struct LoadOptions {
  /// The definition of the protected attribute whose values stand in the features; empty: the first.
  std::string protected_attribute;
  /// Further ones: the groups are then the intersections of all, see `encode`.
  std::vector<std::string> further_attributes;
  /// The raw label value to count as favourable instead of the data set's own.
  std::optional<std::string> favorable;
  /// A folder to search first; see `data_folders`.
  std::optional<std::filesystem::path> data_dir;
  Environment environment = Environment::of_process();
  /// For `synthetic` alone.
  SyntheticOptions synthetic;
};

/// Loads a named data set. Throws `Error` on an unknown name, attribute or label value, on a file
/// that is not found, and on one whose SHA-256 is not the published file's.
Dataset load(std::string_view name, const LoadOptions& options = {});

/// The recipes, one file each.
NamedDataset adult();
NamedDataset bank();
NamedDataset compas();

}  // namespace posthoc::data
