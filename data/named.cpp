#include "data/named.h"

#include <fmt/format.h>
#include <utility>

#include "base/error.h"
#include "data/checksum.h"
#include "data/fetch.h"

namespace posthoc::data {
namespace {

NamedDataset synthetic() {
  NamedDataset entry;
  entry.name = "synthetic";
  entry.description =
      "Two Gaussian classes in the plane and a group that depends on the features, with a known "
      "statistical parity difference of the labels; any number of rows and noise features";
  entry.source = "generated";
  entry.licence = "none needed";
  entry.citation =
      "In the manner of M. B. Zafar, I. Valera, M. Gomez Rodriguez and K. P. Gummadi. Fairness "
      "Constraints: Mechanisms for Fair Classification. AISTATS 2017.";
  entry.encoding.protected_columns = {{"group", "group", {"1"}, std::nullopt}};
  entry.encoding.label = {"label", {"1", {}, "positive class"}, {"0", {}, "negative class"}};
  return entry;
}

// The first definition for an empty name; an unknown one is refused before any file is read.
std::string chosen_attribute(const NamedDataset& entry, const std::string& name) {
  std::vector<std::string> known;
  for (const ProtectedColumn& column : entry.encoding.protected_columns) {
    if (name.empty() || column.name == name) return column.name;
    known.push_back(column.name);
  }
  fail("data set {}: no protected attribute '{}'; it has {}", entry.name, name, fmt::join(known, ", "));
}

Dataset load_synthetic(const LabelColumn& label, const SyntheticOptions& options) {
  Dataset dataset = generate_synthetic(options);
  if (label.favorable.name == dataset.favorable_label) return dataset;
  for (std::uint8_t& value : dataset.labels) value = value == 0 ? 1 : 0;
  std::swap(dataset.favorable_label, dataset.unfavorable_label);
  dataset.favorable_meaning = label.favorable.meaning;
  return dataset;
}

// A file's bytes, which are the published ones or an error.
std::string verified_bytes(const NamedDataset& entry, const NamedFile& file, const std::filesystem::path& path) {
  std::string bytes = read_csv_bytes(path);
  const auto difference = unpublished(file, bytes);
  require(!difference, "data set {}: {} is not the published file: {}; replace it by the one from {}", entry.name,
          path.string(), difference.value_or(""), file.url);
  return bytes;
}

Table read_file_of(const NamedDataset& entry, const NamedFile& file, const LoadOptions& options,
                   std::vector<SourceFile>& sources) {
  const auto path = locate(entry.name, file.name, data_folders(options.data_dir, options.environment));
  const std::string bytes = verified_bytes(entry, file, path);
  sources.push_back({path.string(), file.sha256});
  CsvOptions csv = entry.csv;
  csv.skip_lines = file.skip_lines;
  return parse_csv(bytes, path.string(), csv);
}

std::string joint_checksum(const std::vector<SourceFile>& sources) {
  if (sources.size() == 1) return sources[0].sha256;
  std::string sums;
  for (const SourceFile& source : sources) sums += (sums.empty() ? "" : "\n") + source.sha256;
  return sha256(sums);
}

}  // namespace

std::span<const NamedDataset> named_datasets() {
  static const std::vector<NamedDataset> entries = {adult(), bank(), compas(), synthetic()};
  return entries;
}

const NamedDataset& named_dataset(std::string_view name) {
  std::vector<std::string_view> known;
  for (const NamedDataset& entry : named_datasets()) {
    if (entry.name == name) return entry;
    known.emplace_back(entry.name);
  }
  fail("no data set is called '{}'; the named ones are {}", name, fmt::join(known, ", "));
}

Dataset load(std::string_view name, const LoadOptions& options) {
  const NamedDataset& entry = named_dataset(name);
  const std::string chosen = chosen_attribute(entry, options.protected_attribute);
  for (const std::string& other : options.further_attributes) static_cast<void>(chosen_attribute(entry, other));
  Encoding encoding = entry.encoding;
  if (options.favorable) encoding.label = with_favorable(encoding.label, *options.favorable);
  if (entry.files.empty()) {
    require(options.further_attributes.empty(), "data set {}: it has one protected attribute, {}", entry.name, chosen);
    return load_synthetic(encoding.label, options.synthetic);
  }

  std::vector<SourceFile> sources;
  Table table = read_file_of(entry, entry.files[0], options, sources);
  for (std::size_t i = 1; i < entry.files.size(); ++i) {
    table.append(read_file_of(entry, entry.files[i], options, sources));
  }
  Dataset dataset = encode(table, encoding, chosen, options.further_attributes);
  dataset.encoding.csv = entry.csv;
  dataset.name = entry.name;
  dataset.checksum = joint_checksum(sources);
  dataset.sources = std::move(sources);
  return dataset;
}

}  // namespace posthoc::data
