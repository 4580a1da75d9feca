#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "data/download.h"
#include "data/named.h"

namespace posthoc::data {

/// How `bytes` differ from the published file, "its SHA-256 is ..., expected ... (9 bytes, expected 8)"; nothing if
/// they are that file.
std::optional<std::string> unpublished(const NamedFile& file, std::string_view bytes);

/// Downloads `file.url`, takes `file.archive_member` from it if it is a zip archive, and writes it to
/// `target`, whose folders are made. A file that is not the published one is refused, and then, as
/// on any failure, nothing is written and what was at `target` stays.
///
/// Throws `Error` as `download`, `extract_zip_member` and `write_file` do.
void fetch_file(const NamedFile& file, const std::filesystem::path& target, const DownloadLimits& limits = {});

/// The same file from a mirror: `url` is a folder that holds it under its name, or, if it ends with
/// ".zip", an archive that holds it under the publisher's path or under its name.
NamedFile at_mirror(NamedFile file, const std::string& url);

/// One file of a data set and what must be done for it.
struct PlannedFetch {
  NamedFile file;
  std::filesystem::path path;  ///< where it lies, or is to lie
  bool there = false;          ///< it lies there and is the published one
};

/// Which files of a named data set must be downloaded. With `data_dir`, it alone is looked in and
/// takes what is missing, in a folder of the data set's name; without, every place that
/// `data_folders` names is looked in, and the cache takes what is missing.
///
/// Throws `Error` if `data_dir` is no folder, if there is no cache folder, and if a file that is not
/// the published one lies where it would be found before the downloaded one.
std::vector<PlannedFetch> plan_fetch(const NamedDataset& dataset, const std::optional<std::filesystem::path>& data_dir,
                                     const Environment& environment);

}  // namespace posthoc::data
