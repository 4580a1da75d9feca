#include <filesystem>
#include <fmt/core.h>
#include <memory>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/progress_bar.h"
#include "cli/table.h"
#include "study/runner.h"
#include "study/status.h"
#include "study/store.h"
#include "study/study_file.h"

namespace posthoc::cli {
namespace {

struct RunOptions {
  OutputOptions output;
  std::string study;
  std::string folder;
  std::optional<std::string> data_dir;
};

// The progress of a run on a bar, whose time left is that of the runner.
class StudyBar {
 public:
  explicit StudyBar(ProgressBar& bar) : bar_(bar) {}

  void advance(const study::RunProgress& progress) {
    if (!begun_) bar_.begin("study", static_cast<std::int64_t>(progress.total));
    begun_ = true;
    bar_.estimate(progress.seconds_left);
    bar_.advance(1, progress.unit);
  }

 private:
  ProgressBar& bar_;
  bool begun_ = false;
};

void run(const RunOptions& options, const Context& context) {
  options.output.begin();
  const study::Study study = study::read_study(options.study);
  ProgressBar bar(context.err, stderr_is_terminal());
  StudyBar study_bar(bar);
  study::RunOptions run;
  run.base = std::filesystem::path(options.study).parent_path();
  if (options.data_dir) run.data_dir = *options.data_dir;
  run.command = recorded_command(context.arguments);
  run.version = version();
  if (!options.output.quiet) {
    run.progress = [&](const study::RunProgress& progress) { study_bar.advance(progress); };
    run.message = [&](const std::string& line) {
      bar.end();
      context.err << line << "\n";
    };
  }
  const study::RunSummary summary = study::run_study(study, options.folder, run);
  bar.end();
  if (std::ostream* out = options.output.table(context)) {
    *out << fmt::format("{}: {} units in {}, {} of them in this run of {:.1f} s; peak memory {:.0f} MB\n", study.name,
                        summary.units, options.folder, summary.done_now, summary.seconds,
                        static_cast<double>(summary.peak_rss_bytes) / 1e6);
  }
  options.output.write({{"version", version()},
                        {"command", run.command},
                        {"study", study.name},
                        {"units", summary.units},
                        {"done_before", summary.done_before},
                        {"done_now", summary.done_now},
                        {"seconds", summary.seconds},
                        {"peak_rss_bytes", summary.peak_rss_bytes}},
                       context);
}

struct StatusOptions {
  OutputOptions output;
  std::string folder;
};

void status(const StatusOptions& options, const Context& context) {
  options.output.begin();
  const study::StoreContents contents = study::read_store(options.folder);
  const std::vector<study::ExperimentStatus> experiments = study::status_of(contents);
  Json json = {{"version", version()},
               {"study", contents.study.name},
               {"complete", contents.complete},
               {"networks", contents.networks.size()},
               {"cells", contents.cells.size()},
               {"others", contents.others.size()},
               {"wall_seconds", contents.wall_seconds},
               {"peak_rss_bytes", contents.peak_rss_bytes},
               {"experiments", Json::array()},
               {"warnings", contents.warnings}};
  std::vector<std::vector<std::string>> rows;
  for (const study::ExperimentStatus& experiment : experiments) {
    rows.push_back({experiment.name, std::to_string(experiment.done), std::to_string(experiment.cells)});
    json["experiments"].push_back({{"name", experiment.name}, {"done", experiment.done}, {"cells", experiment.cells}});
  }
  if (std::ostream* out = options.output.table(context)) {
    *out << fmt::format("{}: {}; {} networks, {} cells, {} others, in {:.1f} s\n", contents.study.name,
                        contents.complete ? "complete" : "not complete", contents.networks.size(),
                        contents.cells.size(), contents.others.size(), contents.wall_seconds);
    *out << format_table({"experiment", "cells done", "of"}, rows);
    for (const std::string& warning : contents.warnings) *out << "warning: " << warning << "\n";
  }
  options.output.write(json, context);
}

void add_run(CLI::App& parent, const Context& context) {
  CLI::App* command = parent.add_subcommand("run", "Run a study, or what is left of it, into a folder of results");
  const auto options = std::make_shared<RunOptions>();
  command->add_option("study", options->study, "Study file (TOML)")->required()->type_name("FILE");
  command->add_option("-o,--output", options->folder, "Folder of the results; a run that was stopped goes on")
      ->required()
      ->type_name("FOLDER")
      ->check(require_named);
  command->add_option("--data-dir", options->data_dir, "Folder of the data files")->type_name("FOLDER");
  options->output.add_to(*command);
  command->footer("Example:\n  posthoc study run study/quick.toml -o results");
  command->callback([options, context] { run(*options, context); });
}

void add_status(CLI::App& parent, const Context& context) {
  CLI::App* command = parent.add_subcommand("status", "Show how far the run of a study is");
  const auto options = std::make_shared<StatusOptions>();
  command->add_option("results", options->folder, "Folder of the results")->required()->type_name("FOLDER");
  options->output.add_to(*command);
  command->footer("Example:\n  posthoc study status results");
  command->callback([options, context] { status(*options, context); });
}

}  // namespace

void add_study_command(CLI::App& app, const Context& context) {
  CLI::App* command = app.add_subcommand("study", "Run experiments over tasks, measures, methods and seeds");
  command->require_subcommand(1);
  command->footer(
      "Example:\n  posthoc study run study/quick.toml -o results\n  posthoc study status results\n  posthoc study "
      "report results");
  add_run(*command, context);
  add_status(*command, context);
  add_study_report_command(*command, context);
}

}  // namespace posthoc::cli
