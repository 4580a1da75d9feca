#include <algorithm>
#include <fmt/core.h>
#include <memory>

#include "base/error.h"
#include "base/file.h"
#include "cli/commands.h"
#include "cli/decisions.h"
#include "cli/json_blocks.h"
#include "cli/table.h"
#include "cli/task.h"
#include "data/checksum.h"
#include "data/csv.h"
#include "data/show.h"

namespace posthoc::cli {
namespace {

struct Options {
  OutputOptions output;
  DataOptions data;
  const CLI::Option* separator = nullptr;
  std::string model;
  std::string input;
  std::string decisions;
  std::string unknown = "error";
  std::string prefix;
  std::int64_t skip_lines = 0;
  std::uint64_t seed = 0;
  DeviceOption device;
};

// All that turns a row of text into a decision.
struct Predictor {
  std::shared_ptr<nn::Mlp> model;
  data::RowEncoding encoding;
  data::Scaler scaler;
  debias::DecisionRule rule;
};

// As the model file itself has it.
Predictor from_model_file(const Options& options) {
  ModelFile file = load_model(options.model);
  const ModelMetadata& metadata = file.metadata;
  require(metadata.encoding && metadata.scaler,
          "{} does not say how rows become features; name the data set that it was trained on with --data and "
          "--protected",
          options.model);
  require(metadata.rule.has_value(),
          "{} holds no decision rule; name the data set that it was trained on with --data and --protected",
          options.model);
  const std::vector<std::string> names = data::feature_names(*metadata.encoding);
  require(static_cast<std::int64_t>(names.size()) == file.model->inputs() &&
              metadata.scaler->features() == names.size() &&
              (metadata.feature_names.empty() || metadata.feature_names == names),
          "{}: its encoding makes {} features, which are not those of its network ({}) or its scaler ({})",
          options.model, names.size(), file.model->inputs(), metadata.scaler->features());
  return {file.model, *metadata.encoding, *metadata.scaler, *metadata.rule};
}

// As the data set has it that the model was trained on.
Predictor from_data(const Options& options) {
  require(!options.data.protected_attributes.empty(), "--data {} needs --protected ATTRIBUTE too", options.data.data);
  DataOptions data = options.data;
  if (is_named(data.data)) data.separator = ",";  // then it is the input's
  const auto task = load_task(data, options.model, options.device.device());
  const debias::DecisionRule rule =
      task->metadata.rule ? *task->metadata.rule : default_rule(task->valid, fairness::make_objective("spd"), {});
  return {task->model, task->dataset.encoding, task->prepared.scaler, rule};
}

// A data set without a header has its columns' names from elsewhere; a new file may have them in its first line.
data::Table parse_input(const std::string& bytes, const std::string& file, const data::RowEncoding& encoding,
                        const data::CsvOptions& csv) {
  data::CsvOptions with_header = csv;
  with_header.header = true;
  data::Table table = data::parse_csv(bytes, file, with_header);
  if (csv.header) return table;
  const std::vector<std::string> needed = data::needed_columns(encoding, false);
  const bool named = std::all_of(needed.begin(), needed.end(),
                                 [&](const std::string& name) { return table.find_column(name).has_value(); });
  return named ? table : data::parse_csv(bytes, file, csv);
}

struct Applied {
  data::Table table;
  char separator;
  std::string checksum;
  std::vector<double> scores;
  std::vector<std::int32_t> groups;  // empty: not known
  Decisions decisions;
};

std::vector<double> score_rows(const Predictor& predictor, const Tensor& features) {
  std::vector<std::int64_t> rows(static_cast<std::size_t>(features.size(0)));
  for (std::size_t row = 0; row < rows.size(); ++row) rows[row] = static_cast<std::int64_t>(row);
  const Tensor standardised = predictor.scaler.transform(features, rows);
  const nn::Mlp& model = *predictor.model;
  return nn::scores(*predictor.model, standardised.to(model.options().dtype).to(model.device()));
}

Applied apply_to(const Predictor& predictor, const Options& options) {
  data::CsvOptions csv = predictor.encoding.csv;
  csv.skip_lines = options.skip_lines;
  if (options.separator->count() > 0) {
    csv.separator = csv_dialect(options.data).separator;
    csv.trim_blanks = csv_dialect(options.data).trim_blanks;
  }
  const std::string bytes = data::read_csv_bytes(options.input);
  data::Table table = parse_input(bytes, options.input, predictor.encoding, csv);
  require(table.rows() > 0, "{}: it has no rows", options.input);
  require_free_names(table, {"score", "favourable_probability", "decision"}, options.prefix);
  const data::EncodedRows rows = data::encode_new_rows(
      table, predictor.encoding, options.unknown == "ignore" ? data::UnknownValue::ignore : data::UnknownValue::refuse);
  require(!rows.groups.empty() || ignores_groups(predictor.rule),
          "{}: the model's decision rule looks at groups, so it needs the columns {}", options.input,
          data::show_list(data::needed_columns(predictor.encoding, true), 30));
  std::vector<double> scores = score_rows(predictor, rows.features);
  Decisions decisions = decide_rows(predictor.rule, scores, rows.groups, options.seed, table);
  return {std::move(table), csv.separator, data::sha256(bytes), std::move(scores), rows.groups, std::move(decisions)};
}

// The columns to add. A column of the input that is the groups already stands for itself.
std::vector<data::AddedColumn> added_columns(const Applied& applied, const std::string& prefix) {
  std::vector<data::AddedColumn> columns = {{prefix + "score", {}}};
  for (const double score : applied.scores) columns[0].fields.push_back(fmt::format("{}", score));
  if (!applied.groups.empty()) {
    data::AddedColumn group{prefix + "group", {}};
    for (const std::int32_t id : applied.groups) group.fields.push_back(std::to_string(id));
    const auto present = applied.table.find_column(group.name);
    bool same = present.has_value();
    for (std::size_t row = 0; same && row < group.fields.size(); ++row) {
      same = applied.table.field(row, *present) == group.fields[row];
    }
    if (!same) {
      require_free_names(applied.table, {"group"}, prefix);
      columns.push_back(std::move(group));
    }
  }
  for (data::AddedColumn& column : columns_of(applied.decisions, prefix)) columns.push_back(std::move(column));
  return columns;
}

struct Selected {
  std::string name;
  std::size_t rows = 0;
  std::size_t favourable = 0;
};

// All rows, then each group.
std::vector<Selected> selected(const Applied& applied) {
  std::vector<Selected> counts = {{"all", 0, 0}};
  const auto count = [&](std::size_t at, std::size_t row) {
    while (counts.size() <= at) counts.push_back({fmt::format("group {}", counts.size() - 1), 0, 0});
    ++counts[at].rows;
    counts[at].favourable += applied.decisions.decisions[row];
  };
  for (std::size_t row = 0; row < applied.scores.size(); ++row) {
    count(0, row);
    if (!applied.groups.empty()) count(static_cast<std::size_t>(applied.groups[row]) + 1, row);
  }
  return counts;
}

void print_selected(std::ostream& out, const std::vector<Selected>& counts) {
  std::vector<std::vector<std::string>> lines;
  for (const Selected& count : counts) {
    const std::string rate =
        count.rows == 0
            ? "undefined"
            : fmt::format("{:.4f}", static_cast<double>(count.favourable) / static_cast<double>(count.rows));
    lines.push_back({count.name, std::to_string(count.rows), std::to_string(count.favourable), rate});
  }
  out << format_table({"", "rows", "favourable", "selection rate"}, lines);
}

Json result_json(const Options& options, const Predictor& predictor, const Applied& applied,
                 const std::vector<Selected>& counts, const Context& context) {
  Json json = provenance_json(context, options.seed);
  json["model"] = options.model;
  json["input"] = {{"file", options.input}, {"sha256", applied.checksum}, {"n", applied.scores.size()}};
  json["rule"] = rule_json(predictor.rule);
  json["n"] = counts[0].rows;
  json["favourable"] = counts[0].favourable;
  json["groups"] = Json::array();
  for (std::size_t k = 1; k < counts.size(); ++k) {
    json["groups"].push_back({{"group", k - 1}, {"n", counts[k].rows}, {"favourable", counts[k].favourable}});
  }
  return json;
}

void apply(const Options& options, const Context& context) {
  options.output.begin();
  require_writable(options.decisions);
  require_not_input(options.decisions, {options.input, options.model});
  const Device device = options.device.device();
  const Predictor predictor = options.data.data.empty() ? from_model_file(options) : from_data(options);
  predictor.model->to(device);
  const Applied applied = apply_to(predictor, options);
  write_file(options.decisions, data::to_csv(applied.table, added_columns(applied, options.prefix), applied.separator));
  const std::vector<Selected> counts = selected(applied);
  if (std::ostream* out = options.output.table(context)) {
    *out << fmt::format("{}: {} rows, decided by {}, rule {}\n", options.input, applied.scores.size(), options.model,
                        debias::to_string(predictor.rule));
    print_selected(*out, counts);
    *out << "decisions: " << options.decisions << "\n";
  }
  options.output.write(result_json(options, predictor, applied, counts, context), context);
}

}  // namespace

void add_apply_command(CLI::App& app, const Context& context) {
  CLI::App* command = app.add_subcommand("apply", "Score new rows with a model file and decide by its rule");
  const auto options = std::make_shared<Options>();
  command->add_option("--model", options->model, "Model file")->required()->type_name("FILE");
  command->add_option("--input", options->input, "CSV file of new rows; their label is not needed")
      ->required()
      ->type_name("FILE");
  command->add_option("-o,--output", options->decisions, "CSV file to write: the input with scores and decisions")
      ->required()
      ->type_name("FILE")
      ->check(require_named);
  command
      ->add_option("--unknown", options->unknown,
                   "Values that the model was not trained on: error, or ignore (no such category; not privileged)")
      ->check(CLI::IsMember({"error", "ignore"}));
  command->add_option("--skip-lines", options->skip_lines, "Lines of the input to pass over before anything else")
      ->check(CLI::NonNegativeNumber);
  command->add_option("--prefix", options->prefix, "What the names of the columns that are added begin with");
  command->add_option("--seed", options->seed, "Seed of decisions that are drawn")->check(CLI::NonNegativeNumber);
  options->data.add_to(*command, false);
  CLI::Option* data = command->get_option("--data");
  for (const char* name : {"--split-seed", "--protected", "--favorable", "--data-dir", "--label", "--privileged",
                           "--categorical", "--drop", "--missing", "--rows", "--features", "--bias", "--data-seed"}) {
    command->get_option(name)->needs(data);
  }
  options->separator = command->get_option("--separator");
  options->device.add_to(*command);
  options->output.add_to(*command);
  command->footer(
      "A model file that posthoc wrote says itself how rows become features; for another, --data and --protected name\n"
      "the data set that it was trained on. --separator is the input's, if it is not that of the model's data.\n"
      "Added are score, group (where the protected columns are there), favourable_probability and decision.\n"
      "Example:\n  posthoc apply --model out.safetensors --input new.csv -o decisions.csv");
  command->callback([options, context] { apply(*options, context); });
}

}  // namespace posthoc::cli
