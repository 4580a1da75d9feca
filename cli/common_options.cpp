#include "cli/common_options.h"

#include <algorithm>
#include <array>

#include "base/error.h"
#include "base/file.h"
#include "base/threads.h"
#include "data/named.h"

namespace posthoc::cli {

std::string version() { return std::string("posthoc ") + POSTHOC_VERSION; }

std::string recorded_command(const std::vector<std::string>& arguments) {
  struct Unrecorded {
    std::string_view name;
    bool takes_value;
  };
  constexpr std::array<Unrecorded, 7> unrecorded = {{{"--threads", true},
                                                     {"--json", true},
                                                     {"-o", true},
                                                     {"--output", true},
                                                     {"--report", true},
                                                     {"--docs", true},
                                                     {"--quiet", false}}};
  std::string command = "posthoc";
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if (argument.starts_with("-o") && argument.size() > 2) continue;  // -oFILE
    const std::string name = argument.substr(0, argument.find('='));
    const auto* found = std::find_if(unrecorded.begin(), unrecorded.end(),
                                     [&](const Unrecorded& option) { return option.name == name; });
    if (found != unrecorded.end()) {
      if (found->takes_value && name == argument) ++i;
      continue;
    }
    const bool plain = argument.find_first_of(" \t\n'\"\\$*") == std::string::npos && !argument.empty();
    command += plain ? " " + argument : " '" + argument + "'";
  }
  return command;
}

std::string require_named(const std::string& file) { return file.empty() ? "the file name is empty" : ""; }

void OutputOptions::add_to(CLI::App& command) {
  command.add_option("--json", json, "Write the result as JSON to a file, or to standard output with -")
      ->type_name("FILE")
      ->check(require_named);
  command.add_flag("--quiet", quiet, "No table and no progress");
  command.add_option("--threads", threads, "Threads to use; never changes a result (default: all cores)")
      ->check(CLI::Range(1, 1024));
}

void OutputOptions::begin() const {
  if (threads > 0) set_threads(threads);
  if (!json.empty() && json != "-") require_writable(json);
}

std::ostream* OutputOptions::table(const Context& context) const {
  if (quiet) return nullptr;
  return json == "-" ? &context.err : &context.out;
}

void OutputOptions::write(const Json& result, const Context& context) const {
  if (json.empty()) return;
  const std::string text = result.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
  if (json != "-") return write_file(json, text);
  context.out << text << std::flush;
  require(context.out.good(), "cannot write the JSON to standard output");
}

void DeviceOption::add_to(CLI::App& command) {
  command
      .add_option("--device", name,
                  "Where the network is computed: cpu, cuda, cuda:N, or auto (cuda if there is one, else cpu); results "
                  "of devices differ by rounding")
      ->type_name("DEVICE");
}

void DataOptions::add_to(CLI::App& command, bool required) {
  command.add_option("--data", data, "Data set (" + names_of(data::named_datasets()) + ") or a CSV file with a header")
      ->type_name("DATA")
      ->required(required);
  command.add_option("--split-seed", split_seed, "Seed of the 60/20/20 split (default: the model file's, else 101)")
      ->check(CLI::NonNegativeNumber);
  add_description_to(command, required);
}

void DataOptions::add_description_to(CLI::App& command, bool protected_required) {
  // One value an option, so that what follows is not swallowed; repeated options add up.
  const auto add_list = [&](const char* name, std::vector<std::string>& values, const char* help) {
    return command.add_option(name, values, help)->allow_extra_args(false)->type_name("A[,B...]");
  };
  add_list("--protected", protected_attributes,
           "Protected attribute, or its column in a CSV file; several form the groups of their intersections")
      ->required(protected_required);
  command.add_option("--favorable", favorable, "Label value that counts as favourable");
  command.add_option("--data-dir", data_dir, "Folder to look for named data in first")->type_name("DIR");
  const char* csv = "CSV file (in a list, a comma that belongs to a name or value is written \\,)";
  command.add_option("--label", label, "Column of the label")->group(csv);
  add_list("--privileged", privileged,
           "Privileged values of the protected column, or for numbers one of >=25, <60, 25..60 (25 to below 60); with "
           "several columns COLUMN=VALUE[,VALUE], once each")
      ->group(csv);
  add_list("--categorical", categorical, "Columns to encode one-hot beside those of text")->group(csv);
  add_list("--drop", dropped, "Columns to leave out")->group(csv);
  add_list("--missing", missing, "Markers of a missing value, such as ?, beside the usual NA, nan, null, ...")
      ->group(csv);
  command.add_option("--separator", separator, "Character between fields, or tab")->group(csv);
  const char* synthetic = "Synthetic data";
  command.add_option("--rows", rows, "Rows")->group(synthetic);
  command.add_option("--features", features, "Features")->group(synthetic);
  command.add_option("--bias", bias, "P(favourable | privileged) - P(favourable | unprivileged)")->group(synthetic);
  command.add_option("--data-seed", data_seed, "Seed")->check(CLI::NonNegativeNumber)->group(synthetic);
}

namespace {

std::string names_of(fairness::Measure::Kind kind) {
  std::string names;
  for (const fairness::Measure& measure : fairness::measures()) {
    if (measure.kind == kind) names += (names.empty() ? "" : ", ") + std::string(measure.name);
  }
  return names;
}

}  // namespace

void ObjectiveOptions::add_to(CLI::App& command) {
  using Kind = fairness::Measure::Kind;
  command
      .add_option("--objective", kind,
                  "tradeoff: least lambda |bias| + (1 - lambda) (1 - performance); constrained: best performance with "
                  "|bias| at most epsilon")
      ->check(CLI::IsMember({"tradeoff", "constrained"}));
  command.add_option("--measure", measure, "Bias measure: " + names_of(Kind::bias))->type_name("MEASURE");
  command.add_option("--performance", performance, "Performance measure: " + names_of(Kind::performance))
      ->type_name("PERFORMANCE");
  const CLI::Option* of_tradeoff =
      command.add_option("--lambda", lambda, "Weight of |bias| in a trade-off")->check(CLI::Range(0.0, 1.0));
  const CLI::Option* of_constrained =
      command.add_option("--epsilon", epsilon, "Largest |bias| of a constrained objective, below 1")
          ->check(CLI::Range(0.0, 1.0));
  command.add_option("--threshold-search", threshold_search, "exact, grid501, grid1001")->type_name("SEARCH");
  // Either would be ignored without a word. Parsing completes before the command's own callback.
  command.parse_complete_callback([this, of_tradeoff, of_constrained] {
    const bool constrained = kind == "constrained";
    if (constrained && of_tradeoff->count() > 0) {
      throw CLI::ValidationError("--lambda belongs to --objective tradeoff; the constrained objective has --epsilon",
                                 CLI::ExitCodes::ExcludesError);
    }
    if (!constrained && of_constrained->count() > 0) {
      throw CLI::ValidationError("--epsilon belongs to --objective constrained; the trade-off has --lambda",
                                 CLI::ExitCodes::ExcludesError);
    }
  });
}

fairness::Objective ObjectiveOptions::objective() const {
  if (kind == "constrained") return fairness::make_constrained_objective(measure, performance, epsilon);
  return fairness::make_objective(measure, performance, lambda);
}

fairness::ThresholdSearch ObjectiveOptions::search() const {
  return fairness::parse_threshold_search(threshold_search);
}

}  // namespace posthoc::cli
