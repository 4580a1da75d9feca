#include "data/fetch.h"

#include <system_error>

#include "base/error.h"
#include "base/file.h"
#include "data/checksum.h"

namespace posthoc::data {
namespace fs = std::filesystem;

namespace {

// An archive may hold more than the file that is wanted.
constexpr std::uintmax_t max_archive_bytes = std::uintmax_t{64} << 20;

std::string published_bytes(const NamedFile& file, const DownloadLimits& limits) {
  if (file.archive_member.empty()) return download(file.url, file.bytes, limits);
  const std::string archive = download(file.url, max_archive_bytes, limits);
  return extract_zip_member(archive, file.archive_member, file.bytes, file.url);
}

// Where the program finds the file in these folders; empty if it does not.
fs::path found_in(const NamedDataset& dataset, const NamedFile& file, std::span<const fs::path> folders) {
  try {
    return locate(dataset.name, file.name, folders);
  } catch (const Error&) {
    return {};
  }
}

}  // namespace

std::optional<std::string> unpublished(const NamedFile& file, std::string_view bytes) {
  const std::string sum = sha256(bytes);
  if (sum == file.sha256) return std::nullopt;
  return fmt::format("its SHA-256 is {}, expected {} ({} bytes, expected {})", sum, file.sha256, bytes.size(),
                     file.bytes);
}

void fetch_file(const NamedFile& file, const fs::path& target, const DownloadLimits& limits) {
  const std::string bytes = published_bytes(file, limits);
  const auto difference = unpublished(file, bytes);
  require(!difference, "{} does not offer the published file {}: {}; nothing was written", file.url, file.name,
          difference.value_or(""));
  std::error_code status;
  if (target.has_parent_path()) fs::create_directories(target.parent_path(), status);
  require(!status, "cannot make the folder {}: {}", target.parent_path().string(), status.message());
  write_file(target, bytes);
}

NamedFile at_mirror(NamedFile file, const std::string& url) {
  if (url.ends_with(".zip")) {
    if (file.archive_member.empty()) file.archive_member = file.name;
    file.url = url;
  } else {
    file.archive_member.clear();
    file.url = url + (url.ends_with("/") ? "" : "/") + file.name;
  }
  return file;
}

std::vector<PlannedFetch> plan_fetch(const NamedDataset& dataset, const std::optional<fs::path>& data_dir,
                                     const Environment& environment) {
  std::vector<fs::path> folders = data_folders(data_dir, environment);
  const fs::path into = data_dir ? *data_dir : cache_folder(environment);
  if (data_dir) folders = {*data_dir};
  std::vector<PlannedFetch> plan;
  for (const NamedFile& file : dataset.files) {
    const fs::path target = into / dataset.name / file.name;
    const fs::path found = found_in(dataset, file, folders);
    if (!found.empty() && !unpublished(file, read_csv_bytes(found))) {
      plan.push_back({file, found, true});
      continue;
    }
    require(found.empty() || found == target,
            "data set {}: {} is not the published file and would be found before the downloaded one; remove it",
            dataset.name, found.string());
    require(!into.empty(),
            "data set {}: there is no cache folder; set $HOME or $XDG_CACHE_HOME, or name a folder with --data-dir",
            dataset.name);
    plan.push_back({file, target, false});
  }
  return plan;
}

}  // namespace posthoc::data
