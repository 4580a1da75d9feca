#include "cli/method_options.h"

#include <algorithm>
#include <cmath>
#include <fmt/core.h>
#include <limits>
#include <optional>

#include "data/encoding.h"
#include "debias/method.h"

namespace posthoc::cli {
namespace {

constexpr const char* kAccuracy = "accuracy";

// The complaint about a threshold of equalized odds, empty if there is none.
std::string check_odds_threshold(const std::string& text) {
  const std::optional<double> number = data::parse_number(text);
  if (text == kAccuracy || (number && *number > 0.0 && *number <= 1.0)) return "";
  return fmt::format("expected a number above 0, up to 1, or '{}', got '{}'", kAccuracy, text);
}

}  // namespace

std::vector<std::string> methods_of_scores() {
  std::vector<std::string> names;
  for (const debias::MethodEntry& entry : debias::methods()) {
    if (!entry.needs_model) names.emplace_back(entry.name);
  }
  return names;
}

double at_or_above(double value) { return std::nextafter(value, -std::numeric_limits<double>::infinity()); }

template <typename T>
CLI::Option* MethodFlags::add(CLI::App& command, const char* method, const std::string& name, T& value,
                              const char* help) {
  CLI::Option* option = command.add_option("--" + name, value, help)->group(std::string("Method ") + method);
  std::string key = name.substr(name.find('-') + 1);
  // "reject-option" and "equalized-odds" are two words.
  if (name.starts_with(std::string(method) + "-")) key = name.substr(std::string_view(method).size() + 1);
  std::replace(key.begin(), key.end(), '-', '_');
  flags_.push_back({method, key, option, [&value] { return Json(value); }});
  return option;
}

void MethodFlags::add_to(CLI::App& command) {
  debias::RandomOptions& random = options_.random;
  add(command, "random", "random-trials", random.trials, "Perturbed copies to try");
  add(command, "random", "random-sigma", random.sigma, "Standard deviation of the factors");
  add(command, "random", "random-original", random.include_original,
      "Whether the unperturbed model takes part too, as trial 0");

  debias::LayerwiseOptions& layerwise = options_.layerwise;
  add(command, "layerwise", "layerwise-calls", layerwise.calls, "Evaluations of the objective a layer");
  add(command, "layerwise", "layerwise-initial-points", layerwise.initial_points,
      "Of them at random, before there is a surrogate");
  add(command, "layerwise", "layerwise-box", layerwise.box,
      "Half the width of the search box, in standard deviations of a tensor");
  add(command, "layerwise", "layerwise-local-share", layerwise.local_share,
      "Share of the later points that are neighbours of the best one, 0 to 1; the surrogate chooses the others");
  add(command, "layerwise", "layerwise-candidates", layerwise.candidates,
      "Random points among which the surrogate chooses the next");
  add(command, "layerwise", "layerwise-beta", layerwise.beta, "Weight of the deviation in the lower confidence bound");
  add(command, "layerwise", "layerwise-acquisition", acquisition_,
      "How the next point is chosen: lcb (lower confidence bound), ei (expected improvement)")
      ->check(CLI::IsMember({"lcb", "ei"}));
  add(command, "layerwise", "layerwise-batch-norm", layerwise.batch_norm,
      "Whether a layer's batch normalisation is searched with it");

  debias::AdversarialOptions& adversarial = options_.adversarial;
  add(command, "adversarial", "adversarial-rounds", adversarial.rounds, "Rounds of critic and actor steps");
  add(command, "adversarial", "adversarial-critic-steps", adversarial.critic_steps, "Steps of the critic a round");
  add(command, "adversarial", "adversarial-actor-steps", adversarial.actor_steps, "Steps of the network a round");
  add(command, "adversarial", "adversarial-batch", adversarial.batch, "Rows of a minibatch");
  add(command, "adversarial", "adversarial-learning-rate", adversarial.learning_rate, "Adam's, of both networks");
  add_of_scores_to(command);
}

void MethodFlags::add_of_scores_to(CLI::App& command) {
  const bool scores_alone = flags_.empty();
  // Scores from elsewhere are taken as AIF360 takes them.
  if (scores_alone) odds_threshold_ = "0.5";
  add(command, "reject-option", "reject-option-mode", mode_,
      "exact (every pair of thresholds that the scores distinguish) or grid (AIF360's)")
      ->check(CLI::IsMember({"exact", "grid"}));
  add(command, "reject-option", "reject-option-metric-bound", options_.reject_option.metric_bound,
      "Largest |bias| that a rule may have");
  add(command, "equalized-odds", "equalized-odds-threshold", odds_threshold_,
      "The decisions that are kept or turned are score >= NUMBER; accuracy: the threshold of the best validation "
      "accuracy")
      ->type_name("NUMBER|accuracy")
      ->check(CLI::Validator(check_odds_threshold, ""));
  flags_.back().value = [this] {
    return odds_threshold_ == kAccuracy ? Json(kAccuracy) : Json(data::parse_number(odds_threshold_).value());
  };
  add(command, "calibrated-equalized-odds", "calibrated-cost", cost_,
      "Which generalised rates are made equal: fpr, fnr, weighted")
      ->check(CLI::IsMember({"fpr", "fnr", "weighted"}));
}

void MethodFlags::require_of(std::string_view method) const {
  if (method == "all") return;
  for (const Flag& flag : flags_) {
    if (flag.option->count() == 0 || flag.method == method) continue;
    throw CLI::ValidationError(
        fmt::format("{} belongs to --method {}, and --method is {}", flag.option->get_name(), flag.method, method),
        CLI::ExitCodes::ExcludesError);
  }
}

debias::MethodOptions MethodFlags::options() const {
  using Acquisition = debias::LayerwiseOptions::Acquisition;
  using Mode = debias::RejectOptionOptions::Mode;
  using Cost = debias::CalibratedOptions::Cost;
  debias::MethodOptions options = options_;
  options.layerwise.acquisition =
      acquisition_ == "ei" ? Acquisition::expected_improvement : Acquisition::lower_confidence_bound;
  options.reject_option.mode = mode_ == "grid" ? Mode::grid : Mode::exact;
  if (odds_threshold_ != kAccuracy) {
    options.equalized_odds.threshold = at_or_above(data::parse_number(odds_threshold_).value());
  }
  options.calibrated.cost = cost_ == "fnr" ? Cost::fnr : cost_ == "weighted" ? Cost::weighted : Cost::fpr;
  return options;
}

Json MethodFlags::json_of(std::string_view method) const {
  Json json;
  for (const Flag& flag : flags_) {
    if (flag.method == method) json[flag.key] = flag.value();
  }
  return json;
}

}  // namespace posthoc::cli
