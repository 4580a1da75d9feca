#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace posthoc::data {

/// The environment variables that say where data files lie; unset and empty are the same.
struct Environment {
  std::string posthoc_data;    ///< POSTHOC_DATA: a folder of data files
  std::string xdg_cache_home;  ///< XDG_CACHE_HOME: the user's caches
  std::string home;            ///< HOME

  /// Those of this process: the only place in the library that reads the environment.
  static Environment of_process();
};

/// The user's cache of data files, $XDG_CACHE_HOME/posthoc or ~/.cache/posthoc; empty if neither
/// variable is set.
std::filesystem::path cache_folder(const Environment& environment);

/// Where data files are looked for, in this order: `data_dir`, $POSTHOC_DATA, ./data,
/// ../shared/data, the cache. Throws `Error` if `data_dir` is given and is no folder.
std::vector<std::filesystem::path> data_folders(const std::optional<std::filesystem::path>& data_dir,
                                                const Environment& environment);

/// The first of `<folder>/<dataset>/<file>` and `<folder>/<file>` that exists, folder by folder.
/// Throws `Error` that says where it looked and what to do.
std::filesystem::path locate(const std::string& dataset, const std::string& file,
                             std::span<const std::filesystem::path> folders);

}  // namespace posthoc::data
