#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "study/result.h"

namespace posthoc::study {

/// A line of a result store: one finished unit of work. docs/studies.md describes the format.
struct Record {
  std::string kind;    ///< "cell", "network", ...
  std::string key;     ///< JSON object in one line: which unit
  std::string result;  ///< JSON object in one line: what it found; a function of the key and the study's settings
  double seconds = 0.0;
  std::string version;  ///< of the program that found it

  /// What tells records apart and orders them.
  [[nodiscard]] std::string id() const { return kind + " " + key; }
};

// Typed records. The readers throw `Error` on a record of another kind or with an entry that is missing or of another
// type.
Record to_record(const CellResult& cell);
Record to_record(const NetworkResult& network);
CellResult parse_cell(const Record& record);
NetworkResult parse_network(const Record& record);

/// The ids of records by their keys, to see whether a unit is done.
std::string record_id(const CellKey& key);
std::string record_id(const NetworkKey& key);

/// A line as it stands in the file, with its line feed, and back. Throws `Error` on a line that is none.
std::string to_line(const Record& record);
Record parse_line(std::string_view line);

/// A store that is read only: what a report needs.
struct StoreContents {
  Study study;
  std::vector<CellResult> cells;  ///< in the order of their ids, as the others
  std::vector<NetworkResult> networks;
  std::vector<Record> others;         ///< of further kinds
  double wall_seconds = 0.0;          ///< of all runs together
  std::int64_t peak_rss_bytes = 0;    ///< the largest of all runs
  int threads = 0;                    ///< of the last run; 0 before its end
  bool complete = false;              ///< whether every unit of the study is there
  std::vector<std::string> warnings;  ///< a last line that is cut off, say; it is passed over

  [[nodiscard]] std::vector<Record> of_kind(std::string_view kind) const;
};

/// Reads a store, also while a run writes it. Throws `Error` unless the folder holds one, and on a line other than the
/// last that is no record, by its number.
StoreContents read_store(const std::filesystem::path& folder);

/// What a run says of itself; the store adds it up over runs.
struct RunInfo {
  std::string command;
  std::string version;
  int threads = 0;
  double wall_seconds = 0.0;
  std::int64_t peak_rss_bytes = 0;
  bool complete = false;
};

/// A store that a run writes: `cells.jsonl` with a line a record, `study.toml`, `run.json` and the folder `models`.
///
/// A record is in the file when `append` returns, so a run that is killed loses none and leaves at most one line cut
/// off, which the next one sets aside in `cells.jsonl.damaged`. The disk has it then too if a second has gone by since
/// the last time: were it asked for each of many short units, all threads would wait for it. So a machine that fails
/// may lose records of some moments, whose work is done again. `finish` leaves the records in the order of their ids,
/// so that the file does not depend on which unit ended first.
class Store {
 public:
  /// Creates the folder or goes on with the store in it. Throws `Error` if another run has it open, if the folder holds
  /// something else, if its study is another one (saying what differs), or on a damaged line that is not the last.
  Store(const std::filesystem::path& folder, const Study& study);
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  ~Store();

  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
  [[nodiscard]] std::filesystem::path models() const { return folder_ / "models"; }
  /// What the user has to know of how the store was found.
  [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }

  [[nodiscard]] bool has(const std::string& id) const;
  /// The record of this id. Throws `Error` if there is none.
  [[nodiscard]] Record at(const std::string& id) const;
  [[nodiscard]] std::size_t size() const;
  /// Records in the order of their ids.
  [[nodiscard]] std::vector<Record> records() const;

  /// Writes a record to the file. May be called from any thread. Throws `Error` if it cannot be written whole (a full
  /// disk, say); the file then is as it was before. A record that is there already is not written again.
  void append(const Record& record);

  /// Sorts the records and adds the run to `run.json`.
  void finish(const RunInfo& info);

 private:
  void lock();
  void remove_cut_off_models();
  void adopt_study(const Study& study);
  void load();

  void sync_now_and_then();

  std::filesystem::path folder_;
  std::vector<std::string> warnings_;
  mutable std::mutex mutex_;
  std::map<std::string, Record> records_;
  std::optional<std::chrono::steady_clock::time_point> synced_;  // when the disk was last asked to have the file
  int lock_file_ = -1;
  int file_ = -1;
};

}  // namespace posthoc::study
