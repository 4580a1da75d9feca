#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "study/report/moments.h"
#include "study/result.h"
#include "study/store.h"

namespace posthoc::study {

/// A cell and where it stands: "cells.jsonl:12".
struct Entry {
  CellResult cell;
  std::string source;
};

/// A trained network and where it stands.
struct NetworkEntry {
  NetworkResult network;
  std::string source;
};

/// The same method, task, objective, architecture and protocol on several networks.
struct Group {
  CellKey key;                        ///< its seed is that of the first network
  std::string method;                 ///< its name in the table of methods
  std::string protocol;               ///< `protocol_label`
  std::vector<const Entry*> entries;  ///< of the seeds that a study names for all its work, in their order
  /// Of seeds that an experiment alone names: more networks, asked whether a difference is one of the draw.
  std::vector<const Entry*> further;
};

/// The group with the further networks among its own.
Group with_further(const Group& group);

/// A number of a cell, if it is defined.
using Select = std::function<std::optional<double>(const CellResult&)>;

/// Numbers of a group's networks.
struct Sample {
  std::vector<std::uint64_t> seeds;
  std::vector<double> values;
  std::vector<std::string> sources;  ///< where each value stands
  std::size_t undefined = 0;         ///< networks for which it has no value
  std::size_t left_out = 0;          ///< networks whose result is degenerate, if those do not count

  [[nodiscard]] bool empty() const { return values.empty(); }
  [[nodiscard]] std::optional<Moments> moments() const;
  /// "cells.jsonl:12 13 19", the lines of each store together.
  [[nodiscard]] std::string source() const;
};

/// Which networks count in a sample.
enum class Degenerate { counts, left_out };

Sample sample(const Group& group, const Select& select, Degenerate degenerate = Degenerate::counts);

// What a report asks of a cell's test rows.
std::optional<double> test_objective(const CellResult& cell);
std::optional<double> test_bias(const CellResult& cell);
std::optional<double> test_accuracy(const CellResult& cell);
std::optional<double> test_balanced_accuracy(const CellResult& cell);

/// Whether a method's choice hardly depends on the person, on the rows it was made on or on those it is judged on.
bool is_degenerate(const CellResult& cell);

/// The protocols that reports speak of; any other has a switch or more turned.
inline constexpr const char* kPublished = "published";
inline constexpr const char* kCorrected = "corrected";

/// "published" if every switch is on, "corrected" if none is; else what is turned: "corrected+NAME",
/// "published-NAME", by whichever is nearer.
std::string protocol_label(const ProtocolKey& protocol);

/// The finished work of one or more stores, in groups.
class Results {
 public:
  /// Reads stores. Throws `Error` unless each folder holds one with a cell, as `read_store` does, and if two hold
  /// different results of one cell.
  explicit Results(std::span<const std::filesystem::path> stores);
  Results(const Results&) = delete;
  Results& operator=(const Results&) = delete;

  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }
  [[nodiscard]] const std::vector<Group>& groups() const { return groups_; }
  [[nodiscard]] const std::vector<NetworkEntry>& networks() const { return networks_; }
  /// Whether a study names the seed for all its work, not for one experiment alone.
  [[nodiscard]] bool is_own_seed(std::uint64_t seed) const;
  [[nodiscard]] const std::vector<StoreContents>& stores() const { return stores_; }
  /// Records of further kinds, with where each stands.
  [[nodiscard]] std::vector<std::pair<Record, std::string>> others(std::string_view kind) const;

  // Everything that occurs, in the order of the studies.
  [[nodiscard]] const std::vector<Task>& tasks() const { return tasks_; }
  [[nodiscard]] const std::vector<std::string>& methods() const { return methods_; }  ///< labels
  [[nodiscard]] const std::vector<Architecture>& architectures() const { return architectures_; }
  [[nodiscard]] const std::vector<ObjectiveKey>& objectives() const { return objectives_; }
  [[nodiscard]] const std::vector<std::string>& protocols() const { return protocols_; }  ///< labels

  /// The group, or null.
  [[nodiscard]] const Group* find(const std::string& task, const ObjectiveKey& objective, const std::string& method,
                                  const Architecture& architecture, const std::string& protocol) const;

  [[nodiscard]] bool has_protocol(const std::string& label) const;
  /// The objectives of this kind, in order.
  [[nodiscard]] std::vector<ObjectiveKey> objectives(fairness::Objective::Kind kind) const;
  /// The architecture that most figures show: the paper's if it occurs, else the first.
  [[nodiscard]] const Architecture& main_architecture() const;
  /// What the studies ask for that is not there, a line each; empty if all is.
  [[nodiscard]] std::vector<std::string> missing() const;

 private:
  void read(const std::filesystem::path& folder, std::size_t stores);
  void add(Entry entry);
  void make_groups();
  void list_what_occurs();

  std::vector<StoreContents> stores_;
  std::vector<Entry> entries_;
  std::map<std::string, std::size_t> places_;  // of entries, by the ids of their records
  std::vector<NetworkEntry> networks_;
  std::vector<std::pair<Record, std::string>> others_;
  std::vector<Group> groups_;
  std::vector<Task> tasks_;
  std::vector<std::string> methods_;
  std::vector<Architecture> architectures_;
  std::vector<ObjectiveKey> objectives_;
  std::vector<std::string> protocols_;
};

/// "0.75 |SPD| + 0.25 (1 - accuracy)", or "1 - balanced accuracy where |SPD| <= 0.05".
std::string formula(const ObjectiveKey& objective);

/// The measure as part of a file's name, with performance and weight where these are not the paper's.
std::string objective_id(const ObjectiveKey& objective);

}  // namespace posthoc::study
