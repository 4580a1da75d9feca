#include "study/store.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/ranges.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "study/store_json.h"
#include "study/study_file.h"

namespace posthoc::study {
namespace {

namespace fs = std::filesystem;

constexpr const char* kCells = "cells.jsonl";
constexpr const char* kStudy = "study.toml";
constexpr const char* kRun = "run.json";
constexpr const char* kLock = "lock";

struct Lines {
  std::map<std::string, Record> records;
  std::size_t sound_bytes = 0;  // up to the end of the last line that is a record
  std::string damage;           // why the last line is none; empty if it is one
};

void add(Record record, std::map<std::string, Record>& records) {
  const auto [place, is_new] = records.try_emplace(record.id(), record);
  require(is_new || place->second.result == record.result, "it repeats the {} of an earlier line with another result",
          record.kind);
}

// A last line may be cut off, because a run was killed; any other that is no record is damage of another kind.
Lines parse_lines(std::string_view text, const std::string& name) {
  Lines lines;
  for (std::size_t number = 1; lines.sound_bytes < text.size(); ++number) {
    const std::size_t end = text.find('\n', lines.sound_bytes);
    const std::string_view line =
        text.substr(lines.sound_bytes, end == std::string_view::npos ? end : end + 1 - lines.sound_bytes);
    try {
      add(parse_line(line), lines.records);
    } catch (const Error& error) {
      const bool last = lines.sound_bytes + line.size() == text.size();
      require(last, "{} line {} is damaged: {}; mend or delete that line", name, number, error.what());
      lines.damage = fmt::format("{} line {}, the last, is damaged: {}", name, number, error.what());
      return lines;
    }
    lines.sound_bytes += line.size();
  }
  return lines;
}

void require_store(const fs::path& folder) {
  std::error_code status;
  require(fs::exists(folder / kStudy, status), "{} holds no results of a study: there is no file {}", folder.string(),
          (folder / kStudy).string());
}

std::string read_if_there(const fs::path& path) {
  std::error_code status;
  return fs::exists(path, status) ? read_file(path) : "";
}

Json read_run(const fs::path& folder) {
  const std::string text = read_if_there(folder / kRun);
  if (text.empty()) return Json::object();
  return parse_object(text, (folder / kRun).string());
}

// Writes all of `bytes`, or throws with errno's reason.
void write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    require(written >= 0, "{}", std::strerror(errno));
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace

std::vector<Record> StoreContents::of_kind(std::string_view kind) const {
  std::vector<Record> found;
  for (const Record& record : others) {
    if (record.kind == kind) found.push_back(record);
  }
  return found;
}

StoreContents read_store(const fs::path& folder) {
  require_store(folder);
  StoreContents contents;
  contents.study = read_study(folder / kStudy);
  const Lines lines = parse_lines(read_if_there(folder / kCells), (folder / kCells).string());
  if (!lines.damage.empty()) contents.warnings.push_back(lines.damage + "; it is passed over");
  for (const auto& [id, record] : lines.records) {
    if (record.kind == "cell") {
      contents.cells.push_back(parse_cell(record));
    } else if (record.kind == "network") {
      contents.networks.push_back(parse_network(record));
    } else {
      contents.others.push_back(record);
    }
  }
  const Json run = read_run(folder);
  if (run.empty()) return contents;
  contents.wall_seconds = entry<double>(run, "wall_seconds");
  contents.peak_rss_bytes = entry<std::int64_t>(run, "peak_rss_bytes");
  contents.complete = entry<bool>(run, "complete");
  const Json runs = entry<Json>(run, "runs");
  if (!runs.empty()) contents.threads = entry<int>(runs.back(), "threads");
  return contents;
}

Store::Store(const fs::path& folder, const Study& study) : folder_(folder) {
  std::error_code status;
  fs::create_directories(models(), status);
  require(fs::is_directory(models()), "cannot write results to {}: {}", folder.string(),
          status ? status.message() : "it is no folder");
  try {
    lock();
    remove_cut_off_models();
    adopt_study(study);
    load();
  } catch (...) {
    if (file_ >= 0) ::close(file_);
    if (lock_file_ >= 0) ::close(lock_file_);
    throw;
  }
}

Store::~Store() {
  ::close(file_);
  ::close(lock_file_);  // which gives the lock back
}

void Store::lock() {
  const std::string path = (folder_ / kLock).string();
  lock_file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  require(lock_file_ >= 0, "cannot write {}: {}", path, std::strerror(errno));
  require(::flock(lock_file_, LOCK_EX | LOCK_NB) == 0,
          "another run is writing to {}; wait for its end, or give this one another folder", folder_.string());
}

// Temporary files of `write_file`, which a run that was killed has left. While the lock is held nobody else writes any.
void Store::remove_cut_off_models() {
  std::vector<fs::path> left;
  for (const fs::directory_entry& entry : fs::directory_iterator(models())) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with(".") && name.ends_with(".tmp")) left.push_back(entry.path());
  }
  std::error_code status;
  for (const fs::path& file : left) fs::remove(file, status);  // one that stays does no harm
}

void Store::adopt_study(const Study& study) {
  std::error_code status;
  const fs::path path = folder_ / kStudy;
  if (fs::exists(path, status)) {
    const std::vector<std::string> changes = settings_that_differ(read_study(path), study);
    require(changes.empty(),
            "{} holds results of a study with other settings: {}; results under both would not be comparable: give "
            "another folder, or delete this one",
            folder_.string(), fmt::join(changes, "; "));
  } else {
    require(!fs::exists(folder_ / kCells, status), "{} holds a file {} but no {}: these are no results of a study",
            folder_.string(), kCells, kStudy);
  }
  const std::string text = to_toml(study);
  if (read_if_there(path) != text) write_file(path, text);
}

void Store::load() {
  const fs::path path = folder_ / kCells;
  const std::string text = read_if_there(path);
  Lines lines = parse_lines(text, path.string());
  file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  require(file_ >= 0, "cannot write {}: {}", path.string(), std::strerror(errno));
  if (!lines.damage.empty()) {
    const std::string aside = path.string() + ".damaged";
    write_file(aside, read_if_there(aside) + text.substr(lines.sound_bytes) + "\n");
    require(::ftruncate(file_, static_cast<off_t>(lines.sound_bytes)) == 0, "cannot write {}: {}", path.string(),
            std::strerror(errno));
    warnings_.push_back(fmt::format("{}; it is set aside in {}, and its work is done again", lines.damage, aside));
  }
  records_ = std::move(lines.records);
}

bool Store::has(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  return records_.contains(id);
}

Record Store::at(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = records_.find(id);
  require(found != records_.end(), "{} has no result of the {}", folder_.string(), id);
  return found->second;
}

std::size_t Store::size() const {
  const std::lock_guard lock(mutex_);
  return records_.size();
}

std::vector<Record> Store::records() const {
  const std::lock_guard lock(mutex_);
  std::vector<Record> records;
  for (const auto& [id, record] : records_) records.push_back(record);
  return records;
}

void Store::append(const Record& record) {
  const std::string line = to_line(record);
  const std::lock_guard lock(mutex_);
  if (records_.contains(record.id())) return;
  const off_t before = ::lseek(file_, 0, SEEK_END);
  try {
    write_all(file_, line);
    sync_now_and_then();
  } catch (const Error& error) {
    // What was written of the line goes away again; should even that fail, the next run sets it aside.
    const bool taken_back = ::ftruncate(file_, before) == 0;
    fail("cannot write {}: {}; the {} results in it are safe{}, and the same command goes on from there",
         (folder_ / kCells).string(), error.what(), records_.size(), taken_back ? "" : " but for a last line cut off");
  }
  records_.emplace(record.id(), record);
}

void Store::sync_now_and_then() {
  const auto now = std::chrono::steady_clock::now();
  if (synced_ && now - *synced_ < std::chrono::seconds(1)) return;
  require(::fdatasync(file_) == 0, "{}", std::strerror(errno));
  synced_ = now;
}

void Store::finish(const RunInfo& info) {
  const std::lock_guard lock(mutex_);
  std::string text;
  for (const auto& [id, record] : records_) text += to_line(record);
  const fs::path path = folder_ / kCells;
  if (read_file(path) != text) write_file(path, text);
  const int file = ::open(path.c_str(), O_RDWR | O_APPEND | O_CLOEXEC);
  require(file >= 0, "cannot write {}: {}", path.string(), std::strerror(errno));
  ::close(file_);
  file_ = file;

  Json run = read_run(folder_);
  const double seconds = run.contains("wall_seconds") ? entry<double>(run, "wall_seconds") : 0.0;
  const std::int64_t peak = run.contains("peak_rss_bytes") ? entry<std::int64_t>(run, "peak_rss_bytes") : 0;
  run["wall_seconds"] = seconds + info.wall_seconds;
  run["peak_rss_bytes"] = std::max(peak, info.peak_rss_bytes);
  run["complete"] = info.complete;
  run["runs"].push_back({{"command", info.command},
                         {"version", info.version},
                         {"threads", info.threads},
                         {"wall_seconds", info.wall_seconds},
                         {"peak_rss_bytes", info.peak_rss_bytes}});
  write_file(folder_ / kRun, run.dump(2) + "\n");
}

}  // namespace posthoc::study
