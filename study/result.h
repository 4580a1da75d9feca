#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "debias/decision_rule.h"
#include "debias/evaluation.h"
#include "fairness/counts.h"
#include "fairness/objective.h"
#include "study/study.h"

// What a study finds out, as its result store keeps it and its report reads it. A key says which unit of work it is,
// and everything but times is a function of the key and of the study's settings.

namespace posthoc::study {

/// One trained network.
struct NetworkKey {
  std::string data;  ///< the data set's name, or the file name of a CSV file
  std::string
      features;  ///< the first 12 digits of a SHA-256 of features and labels: tasks with the same share networks
  Architecture architecture;
  std::uint64_t seed = 0;

  /// The stem of its model files: "compas-0123456789ab-depth10-width32-dropout0.2-seed3".
  [[nodiscard]] std::string file_stem() const;
};

/// What a cell minimised.
struct ObjectiveKey {
  std::string measure;      ///< of bias, by its short name
  std::string performance;  ///< by its short name
  fairness::Objective::Kind kind = fairness::Objective::Kind::tradeoff;
  double weight = 0.75;  ///< lambda of a trade-off, epsilon of a constraint

  friend bool operator==(const ObjectiveKey&, const ObjectiveKey&) = default;
};

/// A protocol with the switches of `protocol_switches()` that are on, in that order.
struct ProtocolKey {
  std::string name;
  std::vector<std::string> switches;

  friend bool operator==(const ProtocolKey&, const ProtocolKey&) = default;
};

/// One method on one network, for one task and objective.
struct CellKey {
  std::string task;
  std::string data;
  std::string protected_attribute;
  ObjectiveKey objective;
  std::string method;  ///< its label in the study: the method's name unless the study gives another
  Architecture architecture;
  std::uint64_t seed = 0;
  ProtocolKey protocol;
};

/// A predictor on the validation or the test rows.
struct PartResult {
  fairness::GroupCounts counts{2};  ///< expected ones of a rule that randomises
  // Undefined ones have no value; `undefined` says why.
  std::optional<double> objective;
  std::optional<double> bias;         ///< the objective's measure, signed
  std::optional<double> performance;  ///< the objective's
  std::optional<double> accuracy;
  std::optional<double> balanced_accuracy;
  std::optional<double> spd;
  std::optional<double> eod;
  std::optional<double> aod;
  std::string undefined;                  ///< the first reason; empty if all are defined
  std::optional<std::string> degenerate;  ///< why the decisions hardly depend on the person, if they do not
  bool feasible = true;                   ///< false: the unfairness is above a constraint's epsilon
};

/// What a method did on one network.
struct CellResult {
  CellKey key;
  std::string method;  ///< its name in the table of methods
  PartResult valid;
  PartResult test;
  /// Of a rule that randomises: the decisions drawn once with the cell's seed, beside the expected ones above.
  std::optional<PartResult> valid_drawn;
  std::optional<PartResult> test_drawn;
  debias::DecisionRule rule;
  std::vector<std::string> notes;
  double seconds = 0.0;  ///< of the method alone, on one thread, without loading and evaluating
};

/// A trained network on one part: its loss and how well its scores and its decisions at 0.5 do.
struct NetworkPart {
  double loss = 0.0;  ///< mean binary cross-entropy
  double accuracy = 0.0;
  double auc = 0.0;
};

/// The weights of one epoch.
struct NetworkWeights {
  std::string file;  ///< in the store's folder `models`
  int epoch = 0;     ///< counted from 1
  NetworkPart valid;
  NetworkPart test;
};

/// How a network was trained.
struct NetworkResult {
  NetworkKey key;
  int epochs = 0;        ///< that were run
  bool learned = true;   ///< whether its validation loss is below that of a constant prediction
  NetworkWeights best;   ///< of the lowest validation loss
  NetworkWeights last;   ///< of the last epoch
  double seconds = 0.0;  ///< on one thread
};

/// `evaluation` as the store keeps it.
PartResult part_result(const debias::Evaluation& evaluation);

/// "base" for the paper's architecture, else what differs from it: "dropout 0.5", "width 64, depth 20".
std::string to_string(const Architecture& architecture);

}  // namespace posthoc::study
