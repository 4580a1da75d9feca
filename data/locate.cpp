#include "data/locate.h"

#include <cstdlib>
#include <fmt/format.h>
#include <system_error>

#include "base/error.h"

namespace posthoc::data {
namespace fs = std::filesystem;

Environment Environment::of_process() {
  const auto variable = [](const char* name) {
    const char* value = std::getenv(name);
    return std::string(value != nullptr ? value : "");
  };
  return {variable("POSTHOC_DATA"), variable("XDG_CACHE_HOME"), variable("HOME")};
}

fs::path cache_folder(const Environment& environment) {
  if (!environment.xdg_cache_home.empty()) return fs::path(environment.xdg_cache_home) / "posthoc";
  if (!environment.home.empty()) return fs::path(environment.home) / ".cache" / "posthoc";
  return {};
}

std::vector<fs::path> data_folders(const std::optional<fs::path>& data_dir, const Environment& environment) {
  std::vector<fs::path> folders;
  if (data_dir) {
    std::error_code status;
    require(fs::is_directory(*data_dir, status), "data folder {}: no such folder", data_dir->string());
    folders.push_back(*data_dir);
  }
  if (!environment.posthoc_data.empty()) folders.emplace_back(environment.posthoc_data);
  folders.emplace_back("data");
  folders.emplace_back("../shared/data");
  const fs::path cache = cache_folder(environment);
  if (!cache.empty()) folders.push_back(cache);
  return folders;
}

fs::path locate(const std::string& dataset, const std::string& file, std::span<const fs::path> folders) {
  std::vector<std::string> tried;
  for (const fs::path& folder : folders) {
    for (const fs::path& path : {folder / dataset / file, folder / file}) {
      std::error_code status;
      if (fs::is_regular_file(path, status)) return path;
      tried.push_back(path.string());
    }
  }
  fail("data set {}: cannot find {}; looked for {}; put it there, or name its folder with --data-dir or $POSTHOC_DATA",
       dataset, file, fmt::join(tried, ", "));
}

}  // namespace posthoc::data
