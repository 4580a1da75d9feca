#include <fmt/core.h>
#include <memory>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/json_blocks.h"
#include "data/fetch.h"

namespace posthoc::cli {
namespace {

struct Options {
  OutputOptions output;
  std::string name;
  std::optional<std::string> data_dir;
  std::string url;
};

void fetch(const Options& options, const Context& context) {
  options.output.begin();
  const data::NamedDataset& named = data::named_dataset(options.name);
  std::optional<std::filesystem::path> data_dir;
  if (options.data_dir) data_dir = *options.data_dir;
  std::ostream* out = options.output.table(context);
  if (out != nullptr && named.files.empty()) *out << named.name << " is generated; there is nothing to download\n";
  Json files = Json::array();
  for (auto& [file, path, there] : data::plan_fetch(named, data_dir, data::Environment::of_process())) {
    if (!options.url.empty()) file = data::at_mirror(file, options.url);
    if (!there) {
      if (out != nullptr) context.err << fmt::format("{}: downloading {}\n", file.name, file.url) << std::flush;
      data::fetch_file(file, path);
    }
    if (out != nullptr) {
      *out << fmt::format("{}: {} ({} bytes, {})\n", file.name, path.string(), file.bytes,
                          there ? "was already there, checksum right; nothing downloaded" : "checksum right");
    }
    files.push_back({{"name", file.name},
                     {"path", path.string()},
                     {"bytes", file.bytes},
                     {"sha256", file.sha256},
                     {"url", file.url},
                     {"downloaded", !there}});
  }
  options.output.write({{"version", version()},
                        {"command", recorded_command(context.arguments)},
                        {"name", named.name},
                        {"files", files}},
                       context);
}

}  // namespace

void add_data_fetch_command(CLI::App& data_command, const Context& context) {
  CLI::App* command = data_command.add_subcommand("fetch", "Download the files of one and check their SHA-256");
  const auto options = std::make_shared<Options>();
  command->add_option("name", options->name, "Name of the data set")->type_name("NAME")->required();
  command
      ->add_option("--data-dir", options->data_dir,
                   "Folder that takes the files, in one of the data set's name (default: the user's cache)")
      ->type_name("DIR");
  command
      ->add_option("--url", options->url,
                   "Mirror to use instead of the publisher: a folder with the files, or a .zip that holds them")
      ->check([](const std::string& url) { return url.empty() ? std::string("the address is empty") : std::string(); });
  options->output.add_to(*command);
  command->footer(
      "What is there already is not downloaded again. A file that is not byte by byte the published one is refused.\n"
      "Example:\n  posthoc data fetch adult");
  command->callback([options, context] { fetch(*options, context); });
}

}  // namespace posthoc::cli
