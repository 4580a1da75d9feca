#include <cmath>
#include <fmt/format.h>
#include <limits>
#include <memory>

#include "base/error.h"
#include "cli/audit_table.h"
#include "cli/commands.h"
#include "cli/json_blocks.h"
#include "data/scores.h"

namespace posthoc::cli {
namespace {

static_assert(data::max_score_groups == fairness::kMaxGroups, "a scores file may hold as many groups as an audit");

struct Options {
  OutputOptions output;
  std::string scores;
  double threshold = 0.5;
  double level = 0.95;
  std::string interval = "percentile";
  std::string strata = "group";
  int resamples = 2000;
  std::uint64_t seed = 0;
  std::vector<std::string> group_names;
  int min_group = 30;
};

fairness::BootstrapOptions bootstrap_options(const Options& options) {
  fairness::BootstrapOptions bootstrap;
  bootstrap.resamples = options.resamples;
  bootstrap.level = options.level;
  bootstrap.method = fairness::parse_interval_method(options.interval);
  bootstrap.strata = fairness::parse_strata(options.strata);
  bootstrap.seed = options.seed;
  if (options.resamples > 0) fairness::validate(bootstrap);
  return bootstrap;
}

std::string_view drawn_rows(fairness::Strata strata) {
  if (strata == fairness::Strata::none) return "all rows together";
  return strata == fairness::Strata::group ? "rows within their groups" : "rows within their groups and labels";
}

void require_group_names(const Options& options, std::size_t groups) {
  const std::size_t names = options.group_names.size();
  require(names == 0 || names == groups, "--group-names: expected {} names, one for each group of {}, got {}", groups,
          options.scores, names);
}

Json result_json(const Options& options, const fairness::Audit& audit, const std::string& checksum,
                 const std::optional<std::string>& degenerate, const std::vector<fairness::MeasureInterval>& intervals,
                 const std::vector<std::string>& warnings, const Context& context) {
  Json json = provenance_json(context, options.seed);
  json["data"] = {{"file", options.scores}, {"sha256", checksum}};
  json["n"] = std::llround(audit.counts.total().n());
  json["threshold"] = options.threshold;
  json["decision"] = "score >= threshold";
  json.update(measured_json(audit));
  put_statistics(audit, json);
  for (std::size_t g = 0; g < options.group_names.size(); ++g) json["groups"][g]["name"] = options.group_names[g];
  json["degenerate"] = degenerate.has_value();
  if (degenerate) json["degenerate_reason"] = *degenerate;
  put_intervals(intervals, json);
  json["interval"] = Json::object();
  put_bootstrap(bootstrap_options(options), json["interval"]);
  json["warnings"] = warnings;
  return json;
}

void audit(const Options& options, const Context& context) {
  options.output.begin();
  require(options.threshold >= 0 && options.threshold <= 1, "--threshold: expected a number from 0 to 1, got {}",
          options.threshold);  // CLI11 lets nan through
  const fairness::BootstrapOptions bootstrap = bootstrap_options(options);
  const data::Scores scores = data::read_scores(options.scores);
  const fairness::Outcomes outcomes{scores.scores, scores.labels, scores.groups};
  // The library decides by >; >= is > at the next lower number.
  const double below = std::nextafter(options.threshold, -std::numeric_limits<double>::infinity());
  const fairness::Audit audit = fairness::audit(outcomes, below);
  require_group_names(options, audit.groups.size());
  std::vector<fairness::MeasureInterval> intervals;
  if (options.resamples > 0) intervals = fairness::bootstrap(audit.counts, outcomes, bootstrap);
  const auto degenerate = fairness::near_constant(audit.counts);
  const auto warnings = small_group_warnings(audit, options.min_group, options.group_names);

  if (std::ostream* out = options.output.table(context)) {
    *out << fmt::format("{}: {} rows, {} groups; favourable decision: score >= {} (as AIF360 decides)\n\n",
                        options.scores, outcomes.size(), audit.groups.size(), options.threshold);
    print_audit(*out, audit, intervals, options.group_names);
    if (!intervals.empty()) {
      *out << fmt::format("intervals: {} bootstrap, {} resamples of {}, seed {}\n", options.interval, options.resamples,
                          drawn_rows(bootstrap.strata), options.seed);
    }
    if (degenerate) *out << "degenerate: " << *degenerate << "\n";
    for (const std::string& warning : warnings) *out << "warning: " << warning << "\n";
  }
  options.output.write(result_json(options, audit, scores.checksum, degenerate, intervals, warnings, context), context);
}

}  // namespace

void add_audit_command(CLI::App& app, const Context& context) {
  CLI::App* command = app.add_subcommand("audit", "Measure the fairness of any classifier's scores");
  const auto options = std::make_shared<Options>();
  command->add_option("--scores", options->scores, "CSV file with the columns label, group, score")
      ->required()
      ->type_name("FILE");
  command->add_option("--threshold", options->threshold, "Decisions are favourable where score >= threshold")
      ->check(CLI::Range(0.0, 1.0));
  command->add_option("--level", options->level, "Confidence level of the intervals");
  command->add_option("--interval", options->interval, "Bootstrap interval: percentile, bca")
      ->check(CLI::IsMember({"percentile", "bca"}));
  command
      ->add_option(
          "--strata", options->strata,
          "What keeps its number of rows in every resample: group, group-and-label (rows chosen by label), none")
      ->check(CLI::IsMember({"group", "group-and-label", "none"}));
  command->add_option("--resamples", options->resamples, "Bootstrap resamples; 0: no intervals")
      ->check(CLI::NonNegativeNumber);
  command->add_option("--seed", options->seed, "Seed of the resamples")->check(CLI::NonNegativeNumber);
  command->add_option("--group-names", options->group_names, "What groups 0, 1, ... are called, with commas")
      ->delimiter(',')
      ->type_name("NAME,...");
  command->add_option("--min-group", options->min_group, "Warn of groups with fewer rows of either label")
      ->check(CLI::NonNegativeNumber);
  options->output.add_to(*command);
  command->footer(
      "In the file, label is 1 (favourable) or 0, group 0 (unprivileged), 1 (privileged) or more, and score the\n"
      "probability of the favourable label. Other columns are ignored.\n"
      "Example:\n  posthoc audit --scores scores.csv --group-names women,men");
  command->callback([options, context] { audit(*options, context); });
}

}  // namespace posthoc::cli
