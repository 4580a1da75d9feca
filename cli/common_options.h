#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "fairness/objective.h"
#include "fairness/threshold.h"
#include "tensor/device.h"

namespace posthoc::cli {

using Json = nlohmann::ordered_json;

/// What every command is given: the arguments as typed and where to write.
struct Context {
  const std::vector<std::string>& arguments;
  std::ostream& out;
  std::ostream& err;
};

/// "posthoc 0.1.0"
std::string version();

/// The command as it stands in files: without the options that never change a result (--threads, --quiet and the names
/// of outputs), so that a result is the same bytes wherever it is written and on however many threads.
std::string recorded_command(const std::vector<std::string>& arguments);

/// A check for options that name an output: an empty name, most likely a shell variable that was never set, would lose
/// the result without a word. Returns the complaint, empty if there is none.
std::string require_named(const std::string& file);

/// --json, --quiet, --threads.
struct OutputOptions {
  std::string json;  ///< "" none, "-" standard output
  bool quiet = false;
  int threads = 0;  ///< 0: all cores

  void add_to(CLI::App& command);
  /// Applies --threads and checks that --json can be written. Call before any work.
  void begin() const;
  /// Where tables go: `err` when standard output carries the JSON; nowhere when quiet.
  [[nodiscard]] std::ostream* table(const Context& context) const;
  void write(const Json& json, const Context& context) const;
};

/// --device.
struct DeviceOption {
  std::string name = "cpu";

  void add_to(CLI::App& command);
  /// Throws `Error` if there is no such device. Call before any work.
  [[nodiscard]] Device device() const { return parse_device(name); }
};

/// --data and what describes it.
struct DataOptions {
  std::string data;
  std::vector<std::string> protected_attributes;  ///< as typed; `split_list` has the names
  std::optional<std::string> favorable;
  std::optional<std::string> data_dir;
  std::optional<std::uint32_t> split_seed;  ///< unset: the model file's, else 101
  // For a CSV file as --data.
  std::string label;
  // As typed, see `split_list`.
  std::vector<std::string> privileged;
  std::vector<std::string> categorical;
  std::vector<std::string> dropped;
  std::vector<std::string> missing;
  std::string separator = ",";
  // For synthetic.
  std::int64_t rows = 10000;
  std::int64_t features = 2;
  double bias = 0.2;
  std::uint64_t data_seed = 0;

  /// `required`: whether --data and --protected must be given.
  void add_to(CLI::App& command, bool required = true);
  /// Those that say what is in the data, without --data and the split.
  void add_description_to(CLI::App& command, bool protected_required);
};

/// --objective, --measure, --performance, --lambda, --epsilon, --threshold-search.
struct ObjectiveOptions {
  std::string measure = "spd";
  std::string performance = "accuracy";
  double lambda = 0.75;
  std::string kind = "tradeoff";
  double epsilon = 0.05;
  std::string threshold_search = "exact";

  void add_to(CLI::App& command);
  [[nodiscard]] fairness::Objective objective() const;
  [[nodiscard]] fairness::ThresholdSearch search() const;
};

/// The names in a table of named things, for an option's help: "spd, eod, aod".
template <typename Table>
std::string names_of(const Table& table) {
  std::string names;
  for (const auto& entry : table) names += (names.empty() ? "" : ", ") + std::string(entry.name);
  return names;
}

}  // namespace posthoc::cli
