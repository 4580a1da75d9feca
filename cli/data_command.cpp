#include <fmt/core.h>
#include <memory>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/table.h"
#include "cli/task.h"
#include "data/locate.h"
#include "data/named.h"
#include "data/synthetic.h"

namespace posthoc::cli {
namespace {

struct Options {
  OutputOptions output;
  DataOptions data;
};

// "generated", the folder of the first file, or "not found".
std::string place_of(const data::NamedDataset& named, const std::vector<std::filesystem::path>& folders) {
  if (named.files.empty()) return "generated";
  try {
    std::string place;
    for (const data::NamedFile& file : named.files) {
      place = data::locate(named.name, file.name, folders).parent_path().string();
    }
    return place;
  } catch (const Error&) {
    return "not found";
  }
}

void list(const Options& options, const Context& context) {
  options.output.begin();
  std::optional<std::filesystem::path> data_dir;
  if (options.data.data_dir) data_dir = *options.data.data_dir;
  const auto folders = data::data_folders(data_dir, data::Environment::of_process());
  std::vector<std::vector<std::string>> rows;
  Json json = Json::array();
  for (const data::NamedDataset& named : data::named_datasets()) {
    const std::string place = place_of(named, folders);
    rows.push_back({named.name, place, named.description});
    json.push_back({{"name", named.name}, {"description", named.description}, {"found", place != "not found"}});
  }
  if (std::ostream* out = options.output.table(context)) {
    for (const auto& row : rows) *out << fmt::format("{:<10}  {}\n{:<10}  {}\n", row[0], row[2], "", row[1]);
  }
  options.output.write(json, context);
}

Json attribute_json(const data::Dataset& dataset, const data::ProtectedAttribute& attribute) {
  double count[2] = {0, 0};
  double favourable[2] = {0, 0};
  for (std::size_t i = 0; i < attribute.groups.size(); ++i) {
    const auto group = static_cast<std::size_t>(attribute.groups[i]);
    count[group] += 1;
    favourable[group] += dataset.labels[i];
  }
  Json groups = Json::array();
  for (const int group : {0, 1}) {
    groups.push_back({{"group", group},
                      {"n", static_cast<std::int64_t>(count[group])},
                      {"base_rate", count[group] > 0 ? Json(favourable[group] / count[group]) : Json()}});
  }
  return {{"name", attribute.name}, {"description", attribute.description}, {"groups", groups}};
}

Json describe_json(const data::Dataset& dataset) {
  Json attributes = Json::array();
  for (const auto& attribute : dataset.protected_attributes) attributes.push_back(attribute_json(dataset, attribute));
  return {{"version", version()},
          {"name", dataset.name},
          {"rows", dataset.rows()},
          {"rows_read", dataset.counts.read},
          {"rows_filtered", dataset.counts.filtered},
          {"rows_with_missing_values", dataset.counts.incomplete},
          {"features", dataset.feature_names.size()},
          {"feature_names", dataset.feature_names},
          {"label", dataset.label_name},
          {"favorable", dataset.favorable_label},
          {"favorable_meaning", dataset.favorable_meaning},
          {"protected", attributes},
          {"sha256", dataset.checksum}};
}

void print_description(std::ostream& out, const Json& json) {
  const auto text = [&](const char* key) { return json[key].get<std::string>(); };
  const auto number = [&](const char* key) { return json[key].get<std::int64_t>(); };
  out << fmt::format("{}: {} rows, {} features\n", text("name"), number("rows"), number("features"));
  out << fmt::format("  {} rows read, {} left out by the data set's filter, {} dropped for missing values\n",
                     number("rows_read"), number("rows_filtered"), number("rows_with_missing_values"));
  out << fmt::format("  favourable: {} = {} ({})\n", text("label"), text("favorable"), text("favorable_meaning"));
  for (const Json& attribute : json["protected"]) {
    out << fmt::format("  protected {}: {}\n", attribute["name"].get<std::string>(),
                       attribute["description"].get<std::string>());
    for (const Json& group : attribute["groups"]) {
      out << fmt::format(
          "    group {} ({}): {} rows, favourable label {}\n", group["group"].get<int>(),
          group["group"].get<int>() == 0 ? "unprivileged" : "privileged", group["n"].get<std::int64_t>(),
          group["base_rate"].is_null() ? "undefined" : fmt::format("{:.4f}", group["base_rate"].get<double>()));
    }
  }
  out << fmt::format("  SHA-256 {}\n", text("sha256"));
}

void describe(const Options& options, const Context& context) {
  options.output.begin();
  const data::NamedDataset& named = data::named_dataset(options.data.data);
  const data::Dataset dataset = load_dataset(options.data);
  Json json = describe_json(dataset);
  json["description"] = named.description;
  json["source"] = named.source;
  json["licence"] = named.licence;
  json["citation"] = named.citation;
  if (std::ostream* out = options.output.table(context)) {
    print_description(*out, json);
    *out << "  " << named.description << "\n";
    if (!named.source.empty()) *out << fmt::format("  source: {}; licence: {}\n", named.source, named.licence);
  }
  options.output.write(json, context);
}

}  // namespace

void add_data_command(CLI::App& app, const Context& context) {
  CLI::App* command = app.add_subcommand("data", "The named data sets");
  command->require_subcommand(1);
  command->footer("Example:\n  posthoc data describe synthetic");
  const auto options = std::make_shared<Options>();

  CLI::App* list_command = command->add_subcommand("list", "Their names, and where their files were found");
  options->output.add_to(*list_command);
  list_command->add_option("--data-dir", options->data.data_dir, "Folder to look in first")->type_name("DIR");
  list_command->footer("Example:\n  posthoc data list");
  list_command->callback([options, context] { list(*options, context); });

  CLI::App* describe_command = command->add_subcommand("describe", "Rows, features, labels and groups of one");
  describe_command->add_option("name", options->data.data, "Name of the data set")->type_name("NAME")->required();
  options->output.add_to(*describe_command);
  describe_command->add_option("--protected", options->data.protected_attribute, "Protected attribute");
  describe_command->add_option("--favorable", options->data.favorable, "Label value that counts as favourable");
  describe_command->add_option("--data-dir", options->data.data_dir, "Folder to look in first")->type_name("DIR");
  describe_command->footer("Example:\n  posthoc data describe synthetic");
  describe_command->callback([options, context] { describe(*options, context); });

  add_data_fetch_command(*command, context);
}

}  // namespace posthoc::cli
