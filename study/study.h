#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "debias/method.h"
#include "fairness/threshold.h"

namespace posthoc::study {

/// Decisions about the people of one data set, with one protected attribute.
struct Task {
  std::string name;                      ///< of the task, in results
  std::string data;                      ///< a named data set, or the path of a CSV file
  std::string protected_attribute;       ///< of a named data set; of a CSV file, the column
  std::optional<std::string> favorable;  ///< label value; unset: the named data set's own
  // Of a CSV file alone.
  std::string label;
  std::vector<std::string> privileged;
  std::vector<std::string> categorical;
  std::vector<std::string> dropped;
  std::vector<std::string> missing;  ///< markers of a missing value beside the usual ones
  char separator = ',';
  bool optional = false;  ///< passed over with a message where its data files are not found
};

struct Architecture {
  std::int64_t depth = 10;
  std::int64_t width = 32;
  double dropout = 0.2;

  friend bool operator==(const Architecture&, const Architecture&) = default;
};

/// A method with its options, under a label of its own, so that a study can have one method several times.
struct MethodChoice {
  std::string label;  ///< in results; the method's name unless the study gives another
  std::string name;
  debias::MethodOptions options;       ///< those of the method of this name count
  bool calibrated_cost_given = false;  ///< whether the study names the cost of calibrated equalized odds
};

/// Where the code published with Savani et al. 2020 does something other than what the paper describes. All false is
/// the protocol `corrected`, all true `published`.
struct Protocol {
  bool equalized_odds_on_labels = false;    ///< fits and applies it on the true labels
  bool compas_unfavourable_scores = false;  ///< post-processing is given the other label's score
  /// The original weights with the threshold of the best trial, unless the last trial is the best.
  bool random_keeps_original_weights = false;
  bool random_without_original = false;        ///< the unperturbed network is no trial
  bool training_keeps_last_epoch = false;      ///< the weights of the last epoch, not the best
  bool adversarial_keeps_last_round = false;   ///< not the best
  bool adversarial_with_dropout = false;       ///< threshold and evaluation in training mode, dropout active
  bool calibrated_cost_weighted = false;       ///< where the study names no cost, instead of the false positive rate
  bool calibrated_mix_rates_as_found = false;  ///< outside [0, 1] too, which decides as the nearer end does
  bool empty_cell_is_zero = false;             ///< a rate over no rows counts as 0
  /// Thresholds on linspace(0, 1, 1001) for `default` and `adversarial`, else 501, compared in float32; AIF360's grid
  /// for the reject option.
  bool searches_on_grids = false;

  friend bool operator==(const Protocol&, const Protocol&) = default;
};

/// One row of the table of a protocol's switches.
struct ProtocolSwitch {
  std::string_view name;
  bool Protocol::*member;
};

std::span<const ProtocolSwitch> protocol_switches();

/// "corrected", "published", and what is between them by what differs from the nearer one: "corrected+SWITCH",
/// "published-SWITCH-SWITCH".
std::string to_string(const Protocol& protocol);

/// The reverse; "corrected" and "published" followed by any number of "+SWITCH" and "-SWITCH". Throws `Error` that
/// names the known switches.
Protocol parse_protocol(std::string_view text);

/// A grid: every task with every measure, method, seed, architecture and protocol.
struct Experiment {
  std::string name;
  std::vector<std::string> tasks;     ///< by name
  std::vector<std::string> measures;  ///< of bias, by their short names
  std::vector<std::string> methods;   ///< by label
  std::vector<std::uint64_t> seeds;
  std::vector<Architecture> architectures;
  std::vector<Protocol> protocols;
  fairness::Objective::Kind objective = fairness::Objective::Kind::tradeoff;
  double weight = 0.75;  ///< lambda of a trade-off, epsilon of a constraint
  std::string performance = "accuracy";
};

/// Other classifiers on the rows of some tasks (study/classifier.h). Without tasks there are none.
struct ClassifierComparison {
  std::vector<std::string> tasks;  ///< by name
  std::vector<std::uint64_t> seeds;
};

/// How the bias of a network answers to random perturbations of its weights is measured (study/sensitivity.h).
struct SensitivityOptions {
  std::int64_t trials = 1000;   ///< that the linear models learn from; in [10, 20000]
  std::int64_t held_out = 250;  ///< further ones that they are judged by; likewise
  std::int64_t gradients = 64;  ///< further ones whose gradients are averaged; even, in [2, 20000]
  double sigma = 0.1;           ///< of the perturbation; in (0, 1000]
};

/// The same of the study's first architecture, for some tasks. Without tasks nothing is measured.
struct SensitivityExperiment {
  std::vector<std::string> tasks;  ///< by name
  std::vector<std::uint64_t> seeds;
  SensitivityOptions options;
};

/// What is to be found out. A cell that several experiments ask for is one.
struct Study {
  std::string name;
  std::vector<Task> tasks;
  std::vector<MethodChoice> methods;
  // What an experiment has that does not say otherwise.
  std::vector<std::string> measures;  ///< of bias, by their short names
  std::string performance = "accuracy";
  double lambda = 0.75;
  std::vector<std::uint64_t> seeds;  ///< at most 2^63 - 1, as TOML's integers are
  std::vector<Architecture> architectures;
  Protocol protocol;
  // For all of them.
  fairness::ThresholdSearch threshold_search;
  std::uint32_t split_seed = 101;
  int max_epochs = 1001;
  int patience = 100;
  std::vector<Experiment> experiments;  ///< one of everything, "all", if the file has none
  ClassifierComparison classifiers;
  SensitivityExperiment sensitivity;

  /// Of this name or label. Throws `Error` if there is none.
  [[nodiscard]] const Task& task(std::string_view task_name) const;
  [[nodiscard]] const MethodChoice& method(std::string_view label) const;
};

}  // namespace posthoc::study
