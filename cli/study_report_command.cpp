#include <filesystem>
#include <fmt/core.h>
#include <memory>

#include "cli/commands.h"
#include "study/report/study_report.h"

namespace posthoc::cli {
namespace {

struct ReportOptions {
  std::vector<std::string> stores;
  std::string folder;
  std::string docs;
  std::string commit;
  bool quiet = false;
};

// The command and what it was run with, for the page that a documentation keeps.
std::string made_by(const ReportOptions& options, const Context& context, const study::Results& results) {
  std::string text;
  for (const study::StoreContents& store : results.stores()) {
    text += fmt::format("study {}: {:.0f} s on {} threads, at most {} MB of memory\n", store.study.name,
                        store.wall_seconds, store.threads, store.peak_rss_bytes / 1'000'000);
  }
  text += recorded_command(context.arguments) + "\n" + version();
  if (!options.commit.empty()) text += "\ncommit " + options.commit;
  return text;
}

void report(const ReportOptions& options, const Context& context) {
  const std::vector<std::filesystem::path> stores(options.stores.begin(), options.stores.end());
  const study::Results results(stores);
  const study::StudyReport written = study::make_report(results);
  const std::filesystem::path folder = options.folder.empty() ? stores.front() : std::filesystem::path(options.folder);
  std::vector<std::string> notes;
  std::string file;
  if (options.docs.empty()) {
    notes = study::write_report(written, folder);
    file = (folder / "report.html").string();
  } else {
    notes = study::write_docs(written, options.docs, made_by(options, context, results));
    file = (std::filesystem::path(options.docs) / "README.md").string();
  }
  if (options.quiet) return;
  for (const std::string& missing : results.missing()) context.out << "missing: " << missing << "\n";
  for (const study::StoreContents& store : results.stores()) {
    for (const std::string& warning : store.warnings) context.out << "warning: " << warning << "\n";
  }
  for (const std::string& note : notes) context.out << note << "\n";
  for (const std::string& sentence : written.findings) context.out << "- " << sentence << "\n";
  context.out << "report: " << file << "\n";
}

}  // namespace

void add_study_report_command(CLI::App& study_command, const Context& context) {
  CLI::App* command =
      study_command.add_subcommand("report", "Write tables, figures and verdicts from the results of a study");
  const auto options = std::make_shared<ReportOptions>();
  command->add_option("results", options->stores, "Folder of the results; of several, all are read as one")
      ->required()
      ->type_name("FOLDER");
  command->add_option("-o,--output", options->folder, "Folder of the report; that of the results unless given")
      ->type_name("FOLDER")
      ->check(require_named);
  command
      ->add_option(
          "--docs", options->docs,
          "Write the part that a documentation keeps to this folder instead: a page in plain words, tables, figures")
      ->type_name("FOLDER")
      ->check(require_named);
  command->add_option("--commit", options->commit, "Commit of the program, for the page of --docs")->type_name("TEXT");
  command->add_flag("--quiet", options->quiet, "Print nothing");
  command->footer("Example:\n  posthoc study report results");
  command->callback([options, context] { report(*options, context); });
}

}  // namespace posthoc::cli
