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
  char separator = ',';
};

struct Architecture {
  std::int64_t depth = 10;
  std::int64_t width = 32;
  double dropout = 0.2;
};

struct MethodChoice {
  std::string name;
  debias::MethodOptions options;  ///< those of the method of this name count
};

/// Where the code published with Savani et al. 2020 does something other than what the paper describes. All false is
/// the protocol `corrected`, all true `published`.
struct Protocol {
  bool equalized_odds_on_labels = false;       ///< fits and applies it on the true labels
  bool compas_unfavourable_scores = false;     ///< post-processing is given the other label's score
  bool random_keeps_last_trial = false;        ///< the weights of the last trial, not the best
  bool training_keeps_last_epoch = false;      ///< the weights of the last epoch, not the best
  bool adversarial_with_dropout = false;       ///< threshold and evaluation with dropout active
  bool calibrated_cost_weighted = false;       ///< instead of the false positive rate
  bool calibrated_mix_rates_as_found = false;  ///< outside [0, 1] too
  bool empty_cell_is_zero = false;             ///< a rate over no rows counts as 0
};

/// One row of the table of a protocol's switches.
struct ProtocolSwitch {
  std::string_view name;
  bool Protocol::*member;
};

std::span<const ProtocolSwitch> protocol_switches();

/// A grid of experiments: every task with every measure, method, seed and architecture.
struct Study {
  std::string name;
  std::vector<Task> tasks;
  std::vector<std::string> measures;  ///< of bias, by their short names
  std::string performance = "accuracy";
  double lambda = 0.75;
  fairness::ThresholdSearch threshold_search;
  std::vector<MethodChoice> methods;
  std::vector<std::uint64_t> seeds;  ///< at most 2^63 - 1, as TOML's integers are
  std::vector<Architecture> architectures;
  std::uint32_t split_seed = 101;
  int max_epochs = 1001;
  int patience = 100;
  Protocol protocol;
};

}  // namespace posthoc::study
